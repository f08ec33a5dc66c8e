// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/pattern_steps.h"

#include "app/pages/prepare/ellipse_card.h"
#include "core/learn/recipe.h"
#include "core/prepare/pattern_preparation.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <initializer_list>

namespace dispersa {
namespace {

constexpr double usualMask_px = 12;

} // namespace

PatternSteps::PatternSteps(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_origin(new QLabel(this)),
      m_useRecipe(new QPushButton(tr("Use the recipe's"), this)), m_sigmas(new QDoubleSpinBox(this)),
      m_precision(new QComboBox(this)), m_descan(new QComboBox(this)), m_radius(new QDoubleSpinBox(this)),
      m_edge(new QDoubleSpinBox(this)), m_factor(new QSpinBox(this)), m_scale(new QComboBox(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* title = new QHBoxLayout;
    title->addWidget(new QLabel(tr("<b>Diffraction patterns</b>"), this));
    title->addStretch();
    m_useRecipe->setObjectName(QStringLiteral("use_recipe_preparation"));
    m_useRecipe->setToolTip(tr("Forget these settings and prepare patterns as the recipe recommends"));
    title->addWidget(m_useRecipe);
    layout->addLayout(title);
    m_origin->setObjectName(QStringLiteral("preparation_origin"));
    m_origin->setWordWrap(true);
    layout->addWidget(m_origin);

    makePixelsCard();
    makeCentreCard();
    m_ellipse = new EllipseCard(document, this);
    m_cards.push_back(m_ellipse);
    makeMaskCard();
    m_bin = addCard(PrepareStep::Bin, true);
    m_factor->setObjectName(QStringLiteral("bin_factor"));
    m_factor->setAccessibleName(tr("Bin"));
    m_factor->setRange(1, 16);
    m_bin->row()->addWidget(new QLabel(tr("Factor"), m_bin));
    m_bin->row()->addWidget(m_factor);
    m_bin->row()->addStretch();
    m_scaling = addCard(PrepareStep::Scaling, false);
    m_scale->setObjectName(QStringLiteral("network_scaling"));
    m_scale->setAccessibleName(tr("Scaling of the network's input"));
    m_scale->addItem(tr("Linear"), int(Scaling::Linear));
    m_scale->addItem(tr("Square Root"), int(Scaling::SquareRoot));
    m_scale->addItem(tr("Log"), int(Scaling::Log));
    m_scaling->row()->addWidget(m_scale);
    m_scaling->row()->addStretch();
    for (QWidget* field : std::initializer_list<QWidget*>{m_sigmas, m_precision, m_descan, m_radius, m_edge, m_factor,
                                                          m_scale})
        for (StepCard* card : m_cards)
            if (card->isAncestorOf(field))
                field->installEventFilter(card);
    for (StepCard* card : m_cards)
        layout->addWidget(card);

    connect(m_bin, &StepCard::switched, this, [this](bool on) {
        change([on](auto& options) { options.bin = on ? 2 : 1; });
        ++m_gesture;
    });
    connect(m_factor, &QSpinBox::valueChanged, this,
            [this](int bin) { change([bin](auto& options) { options.bin = bin; }); });
    connect(m_scale, &QComboBox::activated, this, [this] {
        change([this](auto& options) { options.scaling = Scaling(m_scale->currentData().toInt()); });
        ++m_gesture;
    });
    for (QAbstractSpinBox* field : std::initializer_list<QAbstractSpinBox*>{m_sigmas, m_radius, m_edge, m_factor})
        connect(field, &QAbstractSpinBox::editingFinished, this, [this] { ++m_gesture; });
    connect(m_useRecipe, &QPushButton::clicked, this, [this] { m_document.setDiffraction(std::nullopt); });
    connect(&document, &StudyDocument::changed, this, &PatternSteps::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &PatternSteps::refresh);
    refresh();
}

StepCard* PatternSteps::addCard(PrepareStep step, bool hasSwitch)
{
    auto* card = new StepCard(step, hasSwitch, this);
    m_cards.push_back(card);
    return card;
}

void PatternSteps::makePixelsCard()
{
    m_pixels = addCard(PrepareStep::BadPixels, true);
    m_sigmas->setObjectName(QStringLiteral("bad_pixel_sigmas"));
    m_sigmas->setAccessibleName(tr("How far a bad pixel stands apart, in standard deviations"));
    m_sigmas->setToolTip(tr("Smaller finds more pixels, and in the end sound ones"));
    m_sigmas->setRange(3, 1000);
    m_sigmas->setDecimals(1);
    m_sigmas->setSuffix(tr(" σ"));
    m_sigmas->setKeyboardTracking(false); // each value examines the scan
    m_pixels->row()->addWidget(new QLabel(tr("Apart by"), m_pixels));
    m_pixels->row()->addWidget(m_sigmas);
    m_pixels->row()->addStretch();
    connect(m_pixels, &StepCard::switched, this, [this](bool on) {
        change([on](auto& options) { options.badPixels = on ? BadPixels::Repair : BadPixels::Keep; });
        ++m_gesture;
    });
    connect(m_sigmas, &QDoubleSpinBox::valueChanged, this,
            [this](double sigmas) { change([sigmas](auto& options) { options.badPixel_sigmas = sigmas; }); });
}

void PatternSteps::makeCentreCard()
{
    m_centre = addCard(PrepareStep::Centre, true);
    m_precision->setObjectName(QStringLiteral("centre_precision"));
    m_precision->setAccessibleName(tr("Precision of centring"));
    m_precision->addItem(tr("Whole pixels"), int(CentreKind::CentreOfMass));
    m_precision->addItem(tr("Sub-pixel"), int(CentreKind::SubPixel));
    m_precision->setItemData(0, tr("Counts stay as measured; up to half a pixel of drift is left"), Qt::ToolTipRole);
    m_precision->setItemData(1, tr("Bilinear: counts are shared among neighbours and conserved"), Qt::ToolTipRole);
    m_descan->setObjectName(QStringLiteral("centre_descan"));
    m_descan->setAccessibleName(tr("Descan: where the beam of a pattern is taken from"));
    m_descan->setToolTip(tr("Where the beam of a pattern is taken from: found in each by itself, or from a surface "
                            "fitted over the scan"));
    m_descan->addItem(tr("Each by itself"), int(DescanModel::None));
    m_descan->addItem(tr("Constant"), int(DescanModel::Constant));
    m_descan->addItem(tr("Plane"), int(DescanModel::Plane));
    m_descan->addItem(tr("Parabola"), int(DescanModel::Parabola));
    m_descan->addItem(tr("Parabola and rows"), int(DescanModel::Rows));
    m_descan->setItemData(m_descan->count() - 1,
                          tr("For a beam that jumps from scan row to scan row, which no smooth surface follows"),
                          Qt::ToolTipRole);
    m_centre->row()->addWidget(m_precision);
    m_centre->row()->addWidget(new QLabel(tr("Descan"), m_centre));
    m_centre->row()->addWidget(m_descan);
    m_centre->row()->addStretch();
    connect(m_centre, &StepCard::switched, this, [this](bool on) {
        const auto kind = on ? CentreKind(m_precision->currentData().toInt()) : CentreKind::None;
        change([kind](auto& options) { options.centre = kind; });
        ++m_gesture;
    });
    connect(m_precision, &QComboBox::activated, this, [this] {
        change([this](auto& options) { options.centre = CentreKind(m_precision->currentData().toInt()); });
        ++m_gesture;
    });
    connect(m_descan, &QComboBox::activated, this, [this] {
        change([this](auto& options) { options.descan = DescanModel(m_descan->currentData().toInt()); });
        ++m_gesture;
    });
}

void PatternSteps::makeMaskCard()
{
    m_mask = addCard(PrepareStep::BeamMask, true);
    m_radius->setObjectName(QStringLiteral("beam_mask_radius"));
    m_radius->setAccessibleName(tr("Radius of the beam mask"));
    m_edge->setObjectName(QStringLiteral("beam_mask_edge"));
    m_edge->setAccessibleName(tr("Width of the beam mask's soft edge"));
    m_edge->setToolTip(tr("Outside the radius; 0 is a hard edge"));
    for (QDoubleSpinBox* field : {m_radius, m_edge}) {
        field->setRange(0, 10000);
        field->setDecimals(1);
        field->setSuffix(tr(" px"));
    }
    m_mask->row()->addWidget(new QLabel(tr("Radius"), m_mask));
    m_mask->row()->addWidget(m_radius);
    m_mask->row()->addWidget(new QLabel(tr("Edge"), m_mask));
    m_mask->row()->addWidget(m_edge);
    m_mask->row()->addStretch();
    connect(m_mask, &StepCard::switched, this, [this](bool on) {
        change([on](auto& options) {
            options.beamMask_px = on ? usualMask_px : 0;
            if (!on)
                options.beamMaskEdge_px = 0;
        });
        ++m_gesture;
    });
    connect(m_radius, &QDoubleSpinBox::valueChanged, this,
            [this](double radius) { change([radius](auto& options) { options.beamMask_px = radius; }); });
    connect(m_edge, &QDoubleSpinBox::valueChanged, this,
            [this](double edge) { change([edge](auto& options) { options.beamMaskEdge_px = edge; }); });
}

void PatternSteps::change(const std::function<void(DiffractionOptions&)>& edit)
{
    DiffractionOptions options = diffractionInUse(m_document.study(), m_document.detectorShape());
    edit(options);
    m_document.setDiffraction(options, m_gesture);
}

void PatternSteps::refresh()
{
    const Study& study = m_document.study();
    const DiffractionOptions options = diffractionInUse(study, m_document.detectorShape());
    const QSignalBlocker radiusBlocker(m_radius);
    const QSignalBlocker factorBlocker(m_factor);
    const QSignalBlocker sigmasBlocker(m_sigmas);
    const QSignalBlocker edgeBlocker(m_edge);
    m_pixels->setOn(options.repairsPixels());
    m_sigmas->setValue(options.badPixel_sigmas);
    m_sigmas->setEnabled(options.repairsPixels());
    const bool centred = options.centre != CentreKind::None;
    m_centre->setOn(centred);
    m_precision->setEnabled(centred);
    if (centred)
        m_precision->setCurrentIndex(m_precision->findData(int(options.centre)));
    m_descan->setEnabled(centred);
    m_descan->setCurrentIndex(m_descan->findData(int(options.descan)));
    m_mask->setOn(options.masksBeam());
    m_radius->setValue(options.beamMask_px);
    m_radius->setEnabled(options.masksBeam());
    m_edge->setValue(options.beamMaskEdge_px);
    m_edge->setEnabled(options.masksBeam());
    m_bin->setOn(options.bin > 1);
    m_factor->setValue(options.bin);
    m_factor->setEnabled(options.bin > 1);
    m_scale->setCurrentIndex(m_scale->findData(int(options.scaling)));

    Study asRecommended = study;
    asRecommended.diffraction.reset();
    const bool own = options != diffractionInUse(asRecommended, m_document.detectorShape());
    m_useRecipe->setVisible(own);
    m_origin->setText(own ? tr("Settings of this study.")
                          : tr("As the recipe “%1” recommends. Change a step to use settings of your own.")
                                .arg(QString::fromStdString(study.recipe.name)));
    const OpenedScanPtr opened = m_document.firstOpened();
    if (!opened || !opened->diffraction) {
        m_mask->setNote({});
        m_bin->setNote({});
        return;
    }
    const auto& q = opened->calibration.qPixel_invA;
    m_mask->setNote(q && options.beamMask_px > 0 ? tr("q < %1 1/Å").arg(*q * options.beamMask_px, 0, 'f', 3)
                                                 : QString());
    const PatternShape raw = opened->diffraction->patternShape();
    m_bin->setNote(options.bin > 1 ? tr("%1 becomes %2 pixels")
                                         .arg(QString::fromStdString(toText(raw)),
                                              QString::fromStdString(toText(preparedShape(raw, options.bin))))
                                   : QString());
}

} // namespace dispersa
