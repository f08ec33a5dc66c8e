// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare_page.h"

#include "app/document/study_document.h"
#include "app/pages/prepare/alignment_card.h"
#include "app/pages/prepare/alignment_preview.h"
#include "app/pages/prepare/ellipse_card.h"
#include "app/pages/prepare/map_preview.h"
#include "app/pages/prepare/map_steps.h"
#include "app/pages/prepare/pattern_preview.h"
#include "app/pages/prepare/pattern_steps.h"
#include "app/pages/prepare/ring_measurement.h"
#include "app/pages/wheel_guard.h"
#include "app/text/error_text.h"
#include "core/learn/recipe.h"
#include "core/workflow/map_alignment.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace dispersa {
namespace {

constexpr int stepsWidth_px = 340;

} // namespace

PreparePage::PreparePage(PageContext context, QWidget* parent)
    : Page(context, parent), m_stack(new QStackedWidget(this)), m_alignment(new AlignmentDraft(context, this))
{
    setObjectName(QStringLiteral("page_prepare"));
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(makeSteps());
    split->addWidget(makePreviews());
    split->setStretchFactor(0, 0);
    split->setStretchFactor(1, 1);
    split->setSizes({stepsWidth_px + 20, 900});
    m_stack->addWidget(makeHint());
    m_stack->addWidget(split);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_stack);

    for (StepCard* card : m_cards)
        connect(card, &StepCard::chosen, this, &PreparePage::choose);
    connect(m_crop, &CropCard::drawRequested, m_maps, &MapPreviewPane::startDrawingCrop);
    connect(m_maps, &MapPreviewPane::cropChanged, this,
            [this](const Region& crop) { document().setCrop(crop, m_gesture); });
    connect(m_maps, &MapPreviewPane::cropEdited, this, [this](const Region& crop) {
        document().setCrop(crop, m_gesture);
        ++m_gesture;
    });
    connect(m_maps, &MapPreviewPane::readout, this, &Page::readout);
    connect(m_patterns, &PatternPreviewPane::readout, this, &Page::readout);
    connectRings();
    connect(m_scans, &QComboBox::activated, this,
            [this] { document().setCurrentScan(m_scans->currentText().toStdString()); });
    connect(&document(), &StudyDocument::changed, this, &PreparePage::refresh);
    connect(&document(), &StudyDocument::currentScanChanged, this, &PreparePage::refresh);
    connect(&document(), &StudyDocument::scanOpened, this, &PreparePage::refresh);
    choose(m_step);
    refresh();
}

void PreparePage::connectRings()
{
    // One ring for both cards and both patterns.
    const auto setRing = [this](double radius) {
        m_ellipse->setRing(radius);
        m_calibration->setRing(radius);
        m_patterns->setRing(radius);
    };
    connect(m_patterns, &PatternPreviewPane::ringPicked, this, setRing);
    connect(m_ellipse, &EllipseCard::ringChanged, this, setRing);
    connect(m_calibration, &CalibrationCard::ringChanged, this, setRing);
    auto* rings = new RingMeasurement(document(), tasks(), messages(), this);
    connect(rings, &RingMeasurement::measured, this, setRing);
    connect(rings, &RingMeasurement::running, m_ellipse, &EllipseCard::setMeasuring);
    connect(rings, &RingMeasurement::running, m_calibration, &CalibrationCard::setMeasuring);
    connect(m_ellipse, &EllipseCard::measureRequested, rings, &RingMeasurement::measureEllipse);
    connect(m_calibration, &CalibrationCard::calibrateRequested, rings, &RingMeasurement::calibrate);
}

QWidget* PreparePage::makeHint()
{
    auto* hint = new QWidget(this);
    auto* text = new QLabel(tr("There is nothing to prepare yet: the study has no scans."), hint);
    auto* link = new QPushButton(tr("Go to Scans"), hint);
    link->setObjectName(QStringLiteral("prepare_go_to_scans"));
    connect(link, &QPushButton::clicked, this, [this] { Q_EMIT stepRequested(Step::Scans); });
    auto* layout = new QVBoxLayout(hint);
    layout->addStretch(2);
    layout->addWidget(text, 0, Qt::AlignHCenter);
    layout->addWidget(link, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    return hint;
}

QWidget* PreparePage::makeSteps()
{
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 6, 0);
    layout->setSpacing(4);
    auto* scope = new QLabel(tr("These steps apply to all scans of the study, in this order."), content);
    scope->setWordWrap(true);
    layout->addWidget(scope);
    auto* patterns = new PatternSteps(document(), content);
    layout->addWidget(patterns);
    layout->addSpacing(6);
    layout->addWidget(new QLabel(tr("<b>Maps</b>"), content));
    auto* alignment = new AlignmentCard(*m_alignment, content);
    layout->addWidget(alignment);
    auto* filter = new FilterCard(document(), content);
    layout->addWidget(filter);
    m_crop = new CropCard(document(), content);
    layout->addWidget(m_crop);
    layout->addSpacing(6);
    layout->addWidget(new QLabel(tr("<b>Sizes</b>"), content));
    auto* calibration = new CalibrationCard(document(), content);
    layout->addWidget(calibration);
    layout->addStretch();
    m_ellipse = patterns->ellipse();
    m_calibration = calibration;
    m_cards = patterns->cards();
    m_cards.insert(m_cards.end(), {alignment, filter, m_crop, calibration});

    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("prepare_steps"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    new WheelGuard(*scroll);
    scroll->setMinimumWidth(std::max(stepsWidth_px, content->minimumSizeHint().width()) +
                            scroll->verticalScrollBar()->sizeHint().width());
    return scroll;
}

QWidget* PreparePage::makePreviews()
{
    auto* side = new QWidget(this);
    m_title = new QLabel(side);
    m_title->setObjectName(QStringLiteral("prepare_title"));
    QFont font = m_title->font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setBold(true);
    m_title->setFont(font);
    m_explanation = new QLabel(side);
    m_explanation->setWordWrap(true);
    m_scans = new QComboBox(side);
    m_scans->setObjectName(QStringLiteral("prepare_scan"));
    m_scans->setAccessibleName(tr("Scan of the preview"));
    m_scans->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* scanLabel = new QLabel(tr("Preview on &scan"), side);
    scanLabel->setBuddy(m_scans);
    auto* head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(scanLabel);
    head->addWidget(m_scans);
    m_previews = new QStackedWidget(side);
    m_patterns = new PatternPreviewPane(tasks(), messages(), m_previews);
    m_maps = new MapPreviewPane(tasks(), messages(), m_previews);
    m_previews->addWidget(m_patterns);
    m_previews->addWidget(m_maps);
    auto* alignment = new AlignmentPane(*m_alignment, messages(), m_previews);
    connect(alignment, &AlignmentPane::readout, this, &Page::readout);
    m_previews->addWidget(alignment);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(6, 0, 0, 0);
    layout->addLayout(head);
    layout->addWidget(m_explanation);
    layout->addWidget(m_previews, 1);
    return side;
}

void PreparePage::choose(PrepareStep step)
{
    m_step = step;
    for (StepCard* card : m_cards)
        card->setChosen(card->step() == step);
    m_title->setText(prepareStepTitle(step));
    m_explanation->setText(prepareStepText(step));
    m_previews->setCurrentIndex(step == PrepareStep::Alignment ? 2 : isPatternStep(step) ? 0 : 1);
    showPreview();
}

void PreparePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_alignment->isNeeded())
        choose(PrepareStep::Alignment);
    else
        showPreview();
}

void PreparePage::hideEvent(QHideEvent* event)
{
    m_alignment->setActive(false);
    Page::hideEvent(event);
}

void PreparePage::refresh()
{
    m_stack->setCurrentIndex(document().isEmpty() ? 0 : 1);
    refreshScans();
    const OpenedScanPtr opened = document().opened(document().currentScan());
    const auto error = document().openError(document().currentScan());
    const QString placeholder = error ? errorText(*error) : tr("Opening the scan…");
    m_patterns->setScan(opened, placeholder);
    m_maps->setScan(opened, placeholder);
    showPreview();
    Q_EMIT statusChanged();
}

void PreparePage::refreshScans()
{
    const QSignalBlocker blocker(m_scans);
    m_scans->clear();
    for (const StudyScan& scan : document().study().scans)
        m_scans->addItem(QString::fromStdString(scan.name));
    m_scans->setCurrentText(QString::fromStdString(document().currentScan()));
}

void PreparePage::showPreview()
{
    const Study& study = document().study();
    m_alignment->setActive(m_step == PrepareStep::Alignment && isVisible());
    if (m_step == PrepareStep::Alignment)
        return;
    const StudyScan* scan = study.scan(document().currentScan());
    if (isPatternStep(m_step))
        m_patterns->show(m_step, diffractionInUse(study, document().detectorShape()),
                         scan && scan->crop ? scan->crop : study.crop);
    else
        m_maps->show(m_step, study.mapFilter, study.crop);
}

StepStatus PreparePage::status() const
{
    if (document().isEmpty())
        return {StepState::Empty, {}, tr("There is nothing to prepare: open scans first.")};
    const Study& study = document().study();
    for (const StudyScan& scan : study.scans) {
        const OpenedScanPtr opened = document().opened(scan.name);
        if (!opened || scan.role == ScanRole::Ignore)
            continue;
        if (opened->obstacle && isMendedByAlignment(*opened->obstacle))
            return {StepState::OutOfDate, tr("align maps"),
                    tr("The maps and the patterns of scan %1 differ in size. Align the maps.")
                        .arg(QString::fromStdString(scan.name))};
        const Region crop = study.cropOf(scan, opened->shape());
        if (!crop.fitsInto(opened->shape()))
            return {StepState::OutOfDate, tr("crop too large"),
                    tr("The crop (%1) does not fit into scan %2 of %3. Make it smaller.")
                        .arg(QString::fromStdString(toText(crop)), QString::fromStdString(scan.name),
                             QString::fromStdString(toText(opened->shape())))};
    }
    return {StepState::Ready,
            study.crop ? tr("crop %1").arg(QString::fromStdString(toText(study.crop->shape()))) : QString(),
            {}};
}

} // namespace dispersa
