// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect step; see inspect_page.h.
#include "app/pages/inspect/inspect_page.h"

#include "app/document/study_document.h"
#include "app/figures/anomaly.h"
#include "app/pages/inspect/map_pane.h"
#include "app/pages/inspect/pattern_pane.h"
#include "app/pages/inspect/profile_pane.h"
#include "app/pages/inspect/region_panel.h"
#include "app/pages/inspect/region_patterns.h"
#include "app/tasks/message_log.h"
#include "app/text/error_text.h"
#include "core/prepare/virtual_detector.h"
#include "widgets/display_scaling.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {

InspectPage::InspectPage(PageContext context, QWidget* parent)
    : Page(context, parent), m_patterns(new RegionPatterns(context.tasks, this)),
      m_virtualJob(context.tasks, QStringLiteral("inspect/virtual"), this), m_stack(new QStackedWidget(this))
{
    setObjectName("inspect_page");
    m_stack->addWidget(makeEmpty());
    m_stack->addWidget(makeContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_map, &MapPane::readout, this, &Page::readout);
    connect(m_map, &MapPane::disagreementWanted, this, &InspectPage::findDisagreement);
    connect(m_patternPane, &PatternPane::readout, this, &Page::readout);
    connect(m_patternPane, &PatternPane::detectorChosen, this, &InspectPage::makeVirtualImage);
    connect(m_patternPane, &PatternPane::unitChanged, this, [this] {
        m_profile->setQPixel(m_scan.qPixel_invA(), m_patternPane->reciprocalUnit() == ReciprocalUnit::Q);
    });
    connect(m_patterns, &RegionPatterns::failed, this,
            [this](const Error& error) { messages().addError(error, QString::fromStdString(m_scan.name)); });
    connect(&m_regions, &RegionList::changed, this, &InspectPage::refreshPatterns);
    connect(&m_regions, &RegionList::changed, this, &Page::statusChanged);
    connect(&m_regions, &RegionList::currentChanged, this, &InspectPage::refreshPatterns);
    connect(&m_regions, &RegionList::shapeChanged, this, &InspectPage::refreshPatterns);
    const auto changed = [this] {
        if (isVisible())
            refresh();
        Q_EMIT statusChanged();
    };
    connect(&document(), &StudyDocument::changed, this, [this, changed](StudyPart part) {
        if (part == StudyPart::Everything) {
            m_regions.clear();
            m_virtualImages.clear();
        }
        changed();
    });
    connect(&document(), &StudyDocument::scanOpened, this, changed);
    connect(&document(), &StudyDocument::currentScanChanged, this, changed);
    connect(&document(), &StudyDocument::currentRunChanged, this, changed);
    refresh();
}

InspectPage::~InspectPage() = default;

QWidget* InspectPage::makeEmpty()
{
    auto* empty =
        new QLabel(tr("<p><b>Nothing to inspect yet.</b></p><p>Open a scan to draw regions on its maps and see "
                      "their diffraction.</p><p><a href=\"scans\">Go to Scans</a></p>"));
    empty->setObjectName("inspect_empty");
    empty->setAlignment(Qt::AlignCenter);
    connect(empty, &QLabel::linkActivated, this, [this] { Q_EMIT stepRequested(Step::Scans); });
    return empty;
}

QWidget* InspectPage::makeContent()
{
    m_scanBox = new QComboBox;
    m_scanBox->setObjectName("inspect_scan");
    m_scanBox->setAccessibleName(tr("Scan"));
    m_scanBox->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_note = new QLabel;
    m_note->setObjectName("inspect_note");
    m_note->setWordWrap(true);
    connect(m_note, &QLabel::linkActivated, this, [this] { Q_EMIT stepRequested(Step::Train); });
    connect(m_scanBox, &QComboBox::activated, this,
            [this] { document().setCurrentScan(m_scanBox->currentText().toStdString()); });
    m_map = new MapPane({document(), tasks(), messages()}, m_regions, this);
    m_profile = new ProfilePane(*m_patterns, messages(), this);
    m_patternPane = new PatternPane(*m_patterns, m_profile, this);
    m_panel = new RegionPanel(m_regions, this);

    auto* left = new QWidget;
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(8, 6, 0, 6);
    auto* head = new QHBoxLayout;
    head->addWidget(new QLabel(tr("Scan")));
    head->addWidget(m_scanBox);
    head->addWidget(m_note, 1);
    leftLayout->addLayout(head);
    leftLayout->addWidget(m_map, 1);
    auto* middle = new QWidget;
    auto* middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins(0, 6, 0, 6);
    middleLayout->addWidget(m_patternPane);
    auto* edge = new QWidget;
    auto* edgeLayout = new QVBoxLayout(edge);
    edgeLayout->setContentsMargins(0, 6, 8, 6);
    edgeLayout->addWidget(m_panel);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(left);
    splitter->addWidget(middle);
    splitter->addWidget(edge);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 5);
    splitter->setStretchFactor(2, 0);
    splitter->setSizes({330, 560, 270});
    return splitter;
}

void InspectPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    refresh();
}

void InspectPage::fillScans()
{
    const QSignalBlocker blocker(m_scanBox);
    m_scanBox->clear();
    for (const StudyScan& scan : document().study().scans)
        if (document().opened(scan.name))
            m_scanBox->addItem(QString::fromStdString(scan.name));
    const int current = m_scanBox->findText(QString::fromStdString(document().currentScan()));
    m_scanBox->setCurrentIndex(std::max(0, current));
}

void InspectPage::refresh()
{
    fillScans();
    m_stack->setCurrentIndex(m_scanBox->count() > 0 ? 1 : 0);
    if (m_scanBox->count() == 0) {
        m_scan = {};
        m_patterns->setScan(nullptr, {});
        return;
    }
    const std::string name = m_scanBox->currentText().toStdString();
    if (name != m_scan.name)
        m_patternPane->setDetector(std::nullopt);
    m_scan = inspectedScan(document(), name);
    for (const MapPtr& image : m_virtualImages[name])
        if (m_scan.crop.fitsInto(image->shape))
            m_scan.virtualImages.push_back(std::make_shared<const ElementMap>(cropped(*image, m_scan.crop)));
    if (!m_scan.run)
        m_note->setText(tr("No run yet: measured maps only. <a href=\"train\">Train</a>"));
    else if (document().isOutOfDate(*m_scan.run))
        m_note->setText(tr("The run is out of date. <a href=\"train\">Train again</a>"));
    else
        m_note->setText(m_scan.result ? QString() : tr("The run does not hold this scan: measured maps only."));
    m_map->setScan(m_scan);
    m_panel->setScan(m_scan);
    m_patternPane->setQPixel(m_scan.qPixel_invA());
    m_profile->setQPixel(m_scan.qPixel_invA(), m_patternPane->reciprocalUnit() == ReciprocalUnit::Q);
    if (!isVisible())
        return; // reading patterns waits until they are looked at
    m_patterns->setScan(m_scan.diffraction(), m_scan.crop);
    refreshPatterns();
}

void InspectPage::refreshPatterns()
{
    const InspectedRegion* region = m_regions.currentRegion();
    m_patternPane->setRegionName(region ? region->name : QString());
    m_profile->setRegion(region ? region->name : QString(), region ? region->color : QColor());
    std::vector<ScanPoint> pixels;
    const ScanPtr scan = m_scan.diffraction();
    if (region && scan)
        pixels = shapePixels(region->shape, scan->scanShape().height, scan->scanShape().width);
    m_patterns->setRegion(std::move(pixels));
}

void InspectPage::makeVirtualImage(const Shape& detector)
{
    const ScanPtr scan = m_scan.diffraction();
    if (!scan)
        return;
    const QString text = m_patternPane->detectorText(detector);
    m_note->setText(tr("Computing the dark field of %1 …").arg(text));
    m_virtualJob.run<ElementMap>(
        [scan, detector](const ProgressSink& progress, std::stop_token stop) {
            return virtualImage(*scan, detector, progress, stop);
        },
        [this, name = m_scan.name, text](Result<ElementMap> image) { takeVirtualImage(name, text, std::move(image)); });
}

void InspectPage::takeVirtualImage(const std::string& scan, const QString& text, Result<ElementMap> image)
{
    if (!image) {
        messages().addError(image.error(), QString::fromStdString(scan));
        m_note->setText(image.error().code == ErrorCode::Cancelled ? QString() : errorText(image.error()));
        return;
    }
    image->quantity = tr("virtual DF %1").arg(text).toStdString();
    auto& images = m_virtualImages[scan];
    std::erase_if(images, [&](const MapPtr& old) { return old->quantity == image->quantity; });
    const std::string quantity = image->quantity;
    images.push_back(std::make_shared<const ElementMap>(std::move(*image)));
    if (scan != m_scan.name)
        return;
    refresh();
    m_map->showQuantity(quantity);
}

void InspectPage::findDisagreement()
{
    const auto anomaly = m_scan.result ? findAnomaly(*m_scan.result) : std::nullopt;
    if (!anomaly) {
        m_note->setText(tr("This scan has no map both measured and predicted."));
        return;
    }
    const ImagePoint centre{double(anomaly->place.y + m_scan.crop.y), double(anomaly->place.x + m_scan.crop.x)};
    m_regions.add(circleShape(centre, anomaly->radius_px),
                  tr("%1 %2 σ").arg(QString::fromStdString(anomaly->quantity)).arg(numberText(anomaly->deviation, 1)));
    m_map->showQuantity(anomaly->quantity);
}

StepStatus InspectPage::status() const
{
    if (!document().firstOpened())
        return {StepState::Empty, {}, tr("Open a scan first.")};
    const int count = int(m_regions.regions().size());
    return {count > 0 ? StepState::Done : StepState::Ready,
            count > 0 ? tr("%n region(s)", nullptr, count) : tr("ready"),
            {}};
}

} // namespace dispersa
