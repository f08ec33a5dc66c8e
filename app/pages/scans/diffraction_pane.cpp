// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/diffraction_pane.h"

#include "app/pages/display_controls.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/virtual_detector.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr int detectorPause_ms = 120;

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

} // namespace

DiffractionPane::DiffractionPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_messages(messages), m_view(new PatternView(this)), m_caption(new QLabel(this)),
      m_detectorBox(new QComboBox(this)), m_patternJob(tasks, QStringLiteral("scans.pattern"), this),
      m_virtualJob(tasks, QStringLiteral("scans.virtual"), this), m_beamJob(tasks, QStringLiteral("scans.beam"), this)
{
    m_view->setObjectName(QStringLiteral("scans_pattern"));
    m_view->setAccessibleName(tr("Diffraction pattern"));
    m_view->setColorMap(ColorMap::Inferno);
    m_caption->setObjectName(QStringLiteral("pattern_caption"));
    m_caption->setTextFormat(Qt::PlainText);
    m_caption->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);

    auto* title = new QLabel(tr("<b>Diffraction</b>"), this);
    auto* detectorLabel = new QLabel(tr("&Detector"), this);
    detectorLabel->setBuddy(m_detectorBox);
    auto* head = new QHBoxLayout;
    head->addWidget(title);
    head->addWidget(m_caption, 1);
    head->addWidget(detectorLabel);
    head->addWidget(m_detectorBox);
    auto* controls = new QHBoxLayout;
    controls->addWidget(makeScalingBox(*m_view, DisplayScaling::Log, this));
    controls->addWidget(makeAutorangeBox(*m_view, this));
    controls->addWidget(makeReciprocalUnitBox(*m_view, this));
    controls->addStretch();
    m_detectorBox->setObjectName(QStringLiteral("detector_box"));
    m_detectorBox->setAccessibleName(tr("Detector shape"));
    m_detectorBox->setToolTip(tr("Shape of the virtual detector. Its image of the scan appears as the map “virtual”; "
                                 "drag the shape to move it."));
    m_detectorBox->addItem(tr("None"), -1);
    for (const ShapeKind kind : {ShapeKind::Point, ShapeKind::Rectangle, ShapeKind::Circle, ShapeKind::Annulus})
        m_detectorBox->addItem(detectorName(kind), int(kind));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 0, 6, 0);
    layout->addLayout(head);
    layout->addLayout(controls);
    layout->addWidget(m_view, 1);

    m_detectorPause.setSingleShot(true);
    m_detectorPause.setInterval(detectorPause_ms);
    connect(&m_detectorPause, &QTimer::timeout, this, &DiffractionPane::requestVirtualImage);
    connect(m_detectorBox, &QComboBox::activated, this, &DiffractionPane::chooseDetector);
    connect(m_view, &PatternView::detectorChanged, &m_detectorPause, qOverload<>(&QTimer::start));
    connect(m_view, &PatternView::detectorEdited, &m_detectorPause, qOverload<>(&QTimer::start));
    connect(m_view, &ImageView::cursorMoved, this, &DiffractionPane::tellCursor);
    connect(m_view, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
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
    Q_EMIT virtualImageChanged(nullptr);
    const bool patterns = m_scan && m_scan->diffraction;
    m_detectorBox->setEnabled(patterns);
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
            if (centre)
                m_view->setBeamCentre(*centre);
        });
}

void DiffractionPane::setProbe(ScanPoint probe)
{
    m_probe = probe;
    if (!m_region)
        requestPattern();
}

void DiffractionPane::setRegion(const std::optional<Shape>& region)
{
    m_region = region;
    requestPattern();
}

void DiffractionPane::requestPattern()
{
    if (!m_scan || !m_scan->diffraction)
        return;
    const ScanPtr scan = m_scan->diffraction;
    const ScanShape shape = scan->scanShape();
    std::vector<ScanPoint> pixels;
    if (m_region)
        pixels = shapePixels(*m_region, shape.height, shape.width);
    const ScanPoint probe{std::clamp(m_probe.y, 0, shape.height - 1), std::clamp(m_probe.x, 0, shape.width - 1)};
    const QString caption = pixels.empty() ? tr("at y %1, x %2").arg(probe.y).arg(probe.x)
                                           : tr("mean of %n pattern(s)", nullptr, int(pixels.size()));
    m_patternJob.run<std::vector<float>>(
        [scan, pixels = std::move(pixels), probe](const ProgressSink& sink, std::stop_token stop) {
            return pixels.empty() ? scan->pattern(probe)
                                  : combinedPattern(*scan, pixels, PatternStatistic::Mean, sink, stop);
        },
        [this, caption](Result<std::vector<float>> pattern) {
            m_caption->setText(caption);
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
    if (kind < 0 || !m_scan || !m_scan->diffraction) {
        m_view->setDetector(std::nullopt);
        Q_EMIT virtualImageChanged(nullptr);
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
    m_virtualJob.cancel(); // it reads the whole scan: the one that runs is not worth waiting for
    m_virtualJob.run<ElementMap>(
        [scan = m_scan->diffraction, detector = *detector](const ProgressSink& sink, std::stop_token stop) {
            return virtualImage(*scan, detector, sink, stop);
        },
        [this](Result<ElementMap> image) {
            if (!image) {
                m_messages.addError(image.error(), QString::fromStdString(m_scan ? m_scan->entry.name : ""));
                return;
            }
            image->quantity = "virtual"; // grey, as every virtual image
            if (m_scan)
                image->scanStep_nm = m_scan->calibration.scanStep_nm;
            Q_EMIT virtualImageChanged(std::make_shared<const ElementMap>(std::move(*image)));
        });
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
