// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/diffraction_pane.h"

#include "app/pages/display_controls.h"
#include "app/pages/scans/statistics_dialog.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/virtual_detector.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace dispersa {
namespace {

/// A detector of that kind which suits the pattern: a disc around the beam, a ring outside it.
Shape suitableDetector(ShapeKind kind, PatternShape pattern, ImagePoint beam)
{
    const double edge = std::min(pattern.height, pattern.width);
    switch (kind) {
    case ShapeKind::Rectangle:
        return rectangleShape({beam.y - edge / 10, beam.x - edge / 10}, {beam.y + edge / 10, beam.x + edge / 10});
    case ShapeKind::Circle:
        return circleShape(beam, edge / 10);
    case ShapeKind::Annulus:
        return annulusShape(beam, edge / 5, edge / 2.5);
    case ShapeKind::Point:
    case ShapeKind::Polygon:
        break;
    }
    return pointShape(beam);
}

QString detectorName(ShapeKind kind)
{
    switch (kind) {
    case ShapeKind::Point:
        return DiffractionPane::tr("Point");
    case ShapeKind::Rectangle:
        return DiffractionPane::tr("Rectangle");
    case ShapeKind::Circle:
        return DiffractionPane::tr("Circle");
    case ShapeKind::Annulus:
        return DiffractionPane::tr("Annulus");
    case ShapeKind::Polygon:
        return DiffractionPane::tr("Polygon");
    }
    return {};
}

std::vector<MapPtr> shared(DetectorMaps maps, std::optional<double> step_nm)
{
    std::vector<MapPtr> result;
    for (ElementMap& map : maps) {
        map.scanStep_nm = step_nm;
        result.push_back(std::make_shared<const ElementMap>(std::move(map)));
    }
    return result;
}

} // namespace

DiffractionPane::DiffractionPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_messages(messages), m_view(new PatternView(this)), m_caption(new QLabel(this)),
      m_sourceBox(new QComboBox(this)), m_detectorBox(new QComboBox(this)), m_modeBox(new QComboBox(this)),
      m_statisticsButton(new QToolButton(this)), m_tasks(tasks), m_patternJob(tasks, QStringLiteral("scans.pattern"), this),
      m_virtualJob(tasks, QStringLiteral("scans.virtual"), this), m_beamJob(tasks, QStringLiteral("scans.beam"), this)
{
    m_view->setObjectName(QStringLiteral("scans_pattern"));
    m_view->setAccessibleName(tr("Diffraction pattern"));
    m_view->setColorMap(ColorMap::Inferno);
    m_caption->setObjectName(QStringLiteral("pattern_caption"));
    m_caption->setTextFormat(Qt::PlainText);
    m_caption->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_sourceBox->setObjectName(QStringLiteral("pattern_source_box"));
    m_sourceBox->setAccessibleName(tr("Pattern"));
    m_sourceBox->setToolTip(tr("The pattern at the probe marker, or the mean or the maximum of every pixel over the whole "
                               "scan, or over the region if there is one"));
    m_sourceBox->addItem(tr("At probe"), int(Source::AtProbe));
    m_sourceBox->addItem(tr("Mean"), int(Source::Mean));
    m_sourceBox->addItem(tr("Maximum"), int(Source::Maximum));
    m_statisticsButton->setObjectName(QStringLiteral("statistics_button"));
    m_statisticsButton->setText(tr("Statistics…"));
    m_statisticsButton->setAccessibleName(tr("Statistics of the scan"));
    m_statisticsButton->setToolTip(tr("Minimum, maximum, mean, sum, saturated and missing values of the whole scan"));

    auto* head = new QHBoxLayout;
    head->addWidget(new QLabel(tr("<b>Diffraction</b>"), this));
    head->addWidget(m_sourceBox);
    head->addWidget(m_caption, 1);
    head->addWidget(m_statisticsButton);
    auto* controls = new QHBoxLayout;
    controls->addWidget(makeScalingBox(*m_view, DisplayScaling::Log, this));
    controls->addWidget(makeAutorangeBox(*m_view, this));
    controls->addWidget(makeReciprocalUnitBox(*m_view, this));
    controls->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 0, 6, 0);
    layout->addLayout(head);
    layout->addLayout(controls);
    layout->addLayout(makeDetectorRow());
    layout->addWidget(m_view, 1);

    connect(m_sourceBox, &QComboBox::activated, this, &DiffractionPane::chooseSource);
    connect(m_statisticsButton, &QToolButton::clicked, this, &DiffractionPane::showStatistics);
    connect(m_detectorBox, &QComboBox::activated, this, &DiffractionPane::chooseDetector);
    connect(m_modeBox, &QComboBox::activated, this, &DiffractionPane::requestVirtualImage);
    connect(m_view, &PatternView::detectorChanged, this, &DiffractionPane::requestVirtualImage);
    connect(m_view, &PatternView::detectorEdited, this, &DiffractionPane::requestVirtualImage);
    connect(m_view, &ImageView::cursorMoved, this, &DiffractionPane::tellCursor);
    connect(m_view, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
}

QLayout* DiffractionPane::makeDetectorRow()
{
    m_detectorBox->setObjectName(QStringLiteral("detector_box"));
    m_detectorBox->setAccessibleName(tr("Detector shape"));
    m_detectorBox->setToolTip(tr("Shape of the virtual detector. Its image of the scan appears as the map “virtual”; "
                                 "drag the shape to move it."));
    m_detectorBox->addItem(tr("None"), -1);
    for (const ShapeKind kind : {ShapeKind::Point, ShapeKind::Rectangle, ShapeKind::Circle, ShapeKind::Annulus})
        m_detectorBox->addItem(detectorName(kind), int(kind));
    m_modeBox->setObjectName(QStringLiteral("detector_mode_box"));
    m_modeBox->setAccessibleName(tr("Detector mode"));
    m_modeBox->setToolTip(tr("What the detector makes of the values inside it: their sum, the largest, or where their centre "
                             "of mass lies from the direct beam, in detector pixels"));
    m_modeBox->addItem(tr("Integrating"), int(DetectorMode::Integrating));
    m_modeBox->addItem(tr("Maximum"), int(DetectorMode::Maximum));
    m_modeBox->addItem(tr("Centre of Mass"), int(DetectorMode::CentreOfMass));
    auto* label = new QLabel(tr("&Detector"), this);
    label->setBuddy(m_detectorBox);
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(m_detectorBox);
    row->addWidget(m_modeBox);
    row->addStretch();
    return row;
}

DiffractionPane::Source DiffractionPane::source() const
{
    return Source(m_sourceBox->currentData().toInt());
}

DetectorMode DiffractionPane::mode() const
{
    return DetectorMode(m_modeBox->currentData().toInt());
}

void DiffractionPane::setScan(OpenedScanPtr scan, const QString& placeholder)
{
    if (scan == m_scan && scan)
        return;
    const bool sameSize = m_scan && scan && m_scan->diffraction && scan->diffraction &&
                          m_scan->diffraction->patternShape() == scan->diffraction->patternShape();
    m_scan = std::move(scan);
    m_patternJob.cancel();
    m_virtualJob.cancel();
    m_beamJob.cancel();
    m_beam.reset();
    Q_EMIT virtualProgress(100);
    Q_EMIT virtualImagesChanged({}, 1);
    const bool patterns = m_scan && m_scan->diffraction;
    for (QWidget* control : {static_cast<QWidget*>(m_sourceBox), static_cast<QWidget*>(m_detectorBox),
                             static_cast<QWidget*>(m_modeBox), static_cast<QWidget*>(m_statisticsButton)})
        control->setEnabled(patterns);
    m_view->setPlaceholder(m_scan && !patterns ? tr("This scan has maps but no diffraction patterns.") : placeholder);
    m_view->setQPixel(m_scan ? m_scan->calibration.qPixel_invA : std::nullopt);
    m_view->setBeamCentre(std::nullopt);
    if (!patterns) {
        m_view->clearPattern();
        m_caption->clear();
        return;
    }
    if (!sameSize)
        m_view->setDetector(std::nullopt);
    if (!m_view->detector())
        m_detectorBox->setCurrentIndex(0);
    findBeam();
    requestPattern();
    if (m_view->detector())
        requestVirtualImage();
}

void DiffractionPane::findBeam()
{
    m_beamJob.run<ImagePoint>(
        [scan = m_scan->diffraction](const ProgressSink&, std::stop_token) {
            return typicalBeamCentre(*scan, wholeRegion(scan->scanShape()));
        },
        [this](Result<ImagePoint> centre) {
            if (!centre)
                return;
            m_beam = *centre;
            m_view->setBeamCentre(*centre);
            if (mode() == DetectorMode::CentreOfMass)
                requestVirtualImage(); // it counts from there
        });
}

void DiffractionPane::setProbe(ScanPoint probe)
{
    m_probe = probe;
    if (source() == Source::AtProbe)
        requestPattern();
}

void DiffractionPane::setRegion(const std::optional<Shape>& region)
{
    m_region = region;
    if (region && source() == Source::AtProbe) {
        m_sourceBox->setCurrentIndex(m_sourceBox->findData(int(Source::Mean)));
        m_sourceByRegion = true;
    } else if (!region && m_sourceByRegion) {
        m_sourceBox->setCurrentIndex(m_sourceBox->findData(int(Source::AtProbe)));
        m_sourceByRegion = false;
    }
    requestPattern();
}

void DiffractionPane::chooseSource()
{
    m_sourceByRegion = false; // what a person chose stays
    m_patternJob.cancel();    // it may read the whole scan
    requestPattern();
}

void DiffractionPane::requestPattern()
{
    if (!m_scan || !m_scan->diffraction)
        return;
    if (source() != Source::AtProbe)
        return requestCombined(source() == Source::Mean ? PatternStatistic::Mean : PatternStatistic::Maximum);
    const ScanPtr scan = m_scan->diffraction;
    const ScanShape shape = scan->scanShape();
    const ScanPoint probe{std::clamp(m_probe.y, 0, shape.height - 1), std::clamp(m_probe.x, 0, shape.width - 1)};
    m_patternJob.run<std::vector<float>>(
        [scan, probe](const ProgressSink&, std::stop_token) { return scan->pattern(probe); },
        [this, probe](Result<std::vector<float>> pattern) {
            m_caption->setText(tr("y %1, x %2").arg(probe.y).arg(probe.x));
            showPattern(pattern);
        });
}

void DiffractionPane::requestCombined(PatternStatistic statistic)
{
    const ScanPtr scan = m_scan->diffraction;
    std::vector<ScanPoint> pixels;
    if (m_region)
        pixels = shapePixels(*m_region, scan->scanShape().height, scan->scanShape().width);
    const int count = int(pixels.empty() ? scan->availablePatterns() : std::int64_t(pixels.size()));
    if (pixels.empty())
        m_caption->setText(tr("reading %n pattern(s)…", nullptr, count));
    m_patternJob.run<std::vector<float>>(
        [scan, pixels = std::move(pixels), statistic](const ProgressSink& sink, std::stop_token stop) {
            return combinedPattern(*scan, pixels, statistic, sink, stop);
        },
        [this, count](Result<std::vector<float>> pattern) {
            m_caption->setText(tr("of %n pattern(s)", nullptr, count));
            showPattern(pattern);
        });
}

void DiffractionPane::showPattern(const Result<std::vector<float>>& pattern)
{
    if (!m_scan || !m_scan->diffraction)
        return;
    if (pattern) {
        m_view->setPattern(m_scan->diffraction->patternShape(), *pattern);
    } else {
        m_view->setPlaceholder(tr("This pattern cannot be read; see the messages."));
        m_view->clearPattern();
        m_messages.addError(pattern.error(), QString::fromStdString(m_scan->entry.name));
    }
}

void DiffractionPane::chooseDetector()
{
    const int kind = m_detectorBox->currentData().toInt();
    m_virtualJob.cancel();
    Q_EMIT virtualProgress(100);
    if (kind < 0 || !m_scan || !m_scan->diffraction) {
        m_view->setDetector(std::nullopt);
        Q_EMIT virtualImagesChanged({}, 1);
        return;
    }
    m_view->setDetector(suitableDetector(ShapeKind(kind), m_scan->diffraction->patternShape(), m_view->beamCentre()));
    requestVirtualImage();
}

void DiffractionPane::requestVirtualImage()
{
    const auto detector = m_view->detector();
    if (!detector || !m_scan || !m_scan->diffraction)
        return;
    PassRequest request;
    request.detectors.push_back({*detector, mode(), m_beam, m_scan->calibration.qrRotation_deg.value_or(0)});
    m_virtualJob.run<VirtualImages>(
        [scan = m_scan->diffraction, step_nm = m_scan->calibration.scanStep_nm,
         request](const std::function<void(VirtualImages)>& show, std::stop_token stop) -> Result<VirtualImages> {
            // Reports and rounds come from several threads, and only the newest part is shown: each part tells all.
            std::mutex mutex;
            VirtualImages soFar{{}, 1, 0};
            const auto progress = [&](const Progress& now) {
                const std::lock_guard lock(mutex);
                const int percent = now.total > 0 ? int(100 * now.done / now.total) : 0;
                if (percent > soFar.percent) {
                    soFar.percent = percent;
                    show(soFar);
                }
            };
            auto result = runScanPass(*scan, request, progress, stop, [&](std::vector<DetectorMaps> maps, int step) {
                const std::lock_guard lock(mutex);
                soFar.maps = shared(std::move(maps.front()), step_nm);
                soFar.step = step;
                show(soFar);
            });
            if (!result)
                return fail(std::move(result.error()));
            return VirtualImages{shared(std::move(result->detectors.front()), step_nm), 1, 100};
        },
        [this](VirtualImages images) { showVirtualImages(images); },
        [this](Result<VirtualImages> images) {
            if (images) {
                showVirtualImages(*images);
                return;
            }
            Q_EMIT virtualProgress(100);
            m_messages.addError(images.error(), QString::fromStdString(m_scan ? m_scan->entry.name : ""));
        });
}

void DiffractionPane::showVirtualImages(const VirtualImages& images)
{
    Q_EMIT virtualProgress(images.percent);
    if (!images.maps.empty())
        Q_EMIT virtualImagesChanged(images.maps, images.step);
}

void DiffractionPane::showStatistics()
{
    if (!m_scan || !m_scan->diffraction)
        return;
    auto* dialog = new StatisticsDialog(m_tasks, m_scan->diffraction, QString::fromStdString(m_scan->entry.name), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

void DiffractionPane::tellCursor(int y, int x, double value)
{
    QString text = tr("Detector y %1  x %2").arg(y).arg(x);
    if (m_scan && m_scan->calibration.qPixel_invA) {
        const bool big = m_view->reciprocalUnit() == ReciprocalUnit::Q;
        const double length = m_view->reciprocalLength({double(y), double(x)});
        text += QStringLiteral(" | ") + (big ? tr("Q %1 1/Å (2π/d)") : tr("q %1 1/Å (1/d)")).arg(length, 0, 'f', 3);
    }
    if (std::isfinite(value))
        text += QStringLiteral(" | ") + tr("%1 counts").arg(value, 0, 'g', 5);
    Q_EMIT readout(text);
}

} // namespace dispersa
