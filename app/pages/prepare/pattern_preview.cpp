// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/pattern_preview.h"

#include "app/pages/display_controls.h"
#include "app/text/error_text.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr int lowerHeight_px = 190;
constexpr int whereWidth_px = 200;
constexpr int residualsWidth_px = 240;
constexpr std::size_t mostRings = 300; ///< around bad pixels; more would hide the pattern

bool measuresRings(PrepareStep step)
{
    return step == PrepareStep::Ellipse || step == PrepareStep::Calibration;
}

} // namespace

PatternPreviewPane::PatternPreviewPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_messages(messages), m_where(new MapView(this)), m_histogram(new HistogramView(this)),
      m_residuals(new MapView(this)), m_findings(new QLabel(this)), m_job(tasks, QStringLiteral("prepare.pattern"), this)
{
    auto* sides = new QHBoxLayout;
    sides->addWidget(makeSide(QStringLiteral("before"), m_before, m_beforeCaption, m_beforeScaling), 1);
    sides->addWidget(makeSide(QStringLiteral("after"), m_after, m_afterCaption, m_afterScaling), 1);
    m_where->setObjectName(QStringLiteral("prepare_where"));
    m_where->setAccessibleName(tr("Place of the previewed pattern"));
    m_where->setToolTip(tr("Drag the marker to preview another pattern"));
    m_where->setMarkerMovable(true);
    m_where->setColorBarVisible(false);
    m_where->setFixedSize(whereWidth_px, lowerHeight_px);
    m_histogram->setObjectName(QStringLiteral("prepare_pattern_histogram"));
    m_histogram->setAccessibleName(tr("Histogram of the pattern after the step"));
    m_histogram->setLogCounts(true);
    m_histogram->setFixedHeight(lowerHeight_px);
    m_residuals->setObjectName(QStringLiteral("prepare_descan_residuals"));
    m_residuals->setAccessibleName(tr("Distance of the direct beam from the fitted descan, over the scan"));
    m_residuals->setToolTip(tr("Each square is one of the patterns the descan was fitted to. A pattern in the residuals is "
                               "wandering that the surface does not follow."));
    m_residuals->setFixedHeight(lowerHeight_px);
    m_residuals->setMinimumWidth(residualsWidth_px);
    m_residuals->setColorBarVisible(true);
    m_residuals->hide();
    m_findings->setObjectName(QStringLiteral("prepare_findings"));
    m_findings->setWordWrap(true);
    m_findings->hide();
    auto* lower = new QHBoxLayout;
    lower->addWidget(m_where);
    lower->addWidget(m_residuals, 1);
    lower->addWidget(m_histogram, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(sides, 1);
    layout->addWidget(m_findings);
    layout->addLayout(lower);
    connect(m_where, &ImageView::markerMoved, this, [this](ScanPoint point) {
        m_point = point;
        request();
    });
}

QWidget* PatternPreviewPane::makeSide(const QString& name, PatternView*& view, QLabel*& caption, QComboBox*& scaling)
{
    auto* side = new QWidget(this);
    view = new PatternView(side);
    view->setObjectName(QStringLiteral("prepare_pattern_") + name);
    view->setAccessibleName(name == QLatin1String("before") ? tr("Pattern before the step")
                                                            : tr("Pattern after the step"));
    view->setColorMap(ColorMap::Inferno);
    caption = new QLabel(side);
    auto* head = new QHBoxLayout;
    head->addWidget(caption, 1);
    scaling = makeScalingBox(*view, DisplayScaling::Log, side);
    head->addWidget(scaling);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(head);
    layout->addWidget(view, 1);
    connect(view, &ImageView::cursorMoved, this, [this](int y, int x, double value) {
        Q_EMIT readout(std::isfinite(value) ? tr("Detector y %1  x %2 | %3").arg(y).arg(x).arg(value, 0, 'g', 5)
                                            : tr("Detector y %1  x %2").arg(y).arg(x));
    });
    connect(view, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
    connect(view, &ImageView::clicked, this, [this, view](ImagePoint point) {
        pick(*view, view == m_after ? m_afterBin : 1, point);
    });
    return side;
}

void PatternPreviewPane::setScan(OpenedScanPtr scan, const QString& placeholder)
{
    const bool other = scan != m_scan;
    // A scan opened again for another calibration has the same patterns.
    if (!m_scan || !scan || m_scan->entry.diffraction != scan->entry.diffraction)
        m_plan.reset();
    m_scan = std::move(scan);
    const bool patterns = m_scan && m_scan->diffraction;
    for (PatternView* view : {m_before, m_after})
        view->setPlaceholder(m_scan && !patterns ? tr("This scan has no diffraction patterns.") : placeholder);
    if (!other)
        return;
    m_job.cancel();
    m_findings->hide();
    m_residuals->hide();
    m_before->clearPattern();
    m_after->clearPattern();
    MapPtr where;
    if (patterns) {
        const ScanShape shape = m_scan->diffraction->scanShape();
        if (!wholeRegion(shape).contains(m_point) || m_point == ScanPoint{})
            m_point = {shape.height / 2, shape.width / 2};
        where = m_scan->map("HAADF");
        for (const MapPtr& map : m_scan->maps)
            if (!where && map->shape == shape)
                where = map;
        if (!where || where->shape != shape) {
            ElementMap grid = emptyMap("", MapUnit::Arbitrary, shape);
            std::fill(grid.values.begin(), grid.values.end(), 0.0F);
            where = std::make_shared<const ElementMap>(std::move(grid));
        }
    }
    m_where->setMap(where);
    m_where->setTitle(tr("Pattern at"));
    m_where->setMarker(where ? std::optional(m_point) : std::nullopt);
    request();
}

void PatternPreviewPane::show(PrepareStep step, const DiffractionOptions& options, const std::optional<Region>& crop)
{
    if (step == m_step && options == m_options && crop == m_crop)
        return;
    // The network's input is shown as the network gets it; a logarithm on top would hide what the step does.
    if ((step == PrepareStep::Scaling) != (m_step == PrepareStep::Scaling)) {
        const auto shown = step == PrepareStep::Scaling ? DisplayScaling::Linear : DisplayScaling::Log;
        m_afterScaling->setCurrentIndex(m_afterScaling->findData(int(shown)));
    }
    m_step = step;
    m_options = options;
    m_crop = crop;
    request();
}

void PatternPreviewPane::request()
{
    if (!m_scan || !m_scan->diffraction)
        return;
    if (!m_plan || needsOtherPlan(m_plan->options, m_options)) {
        m_residuals->hide();
        m_findings->setText(tr("Examining the scan…"));
        m_findings->show();
    }
    const ScanShape shape = m_scan->diffraction->scanShape();
    const Region region = m_crop && m_crop->fitsInto(shape) ? *m_crop : wholeRegion(shape);
    m_job.run<PatternPreview>(
        [scan = m_scan->diffraction, point = m_point, options = m_options, step = m_step, region, plan = m_plan](
            const ProgressSink&, std::stop_token stop) {
            return previewPattern(*scan, point, options, step, region, plan, stop);
        },
        [this, step = m_step](Result<PatternPreview> preview) { present(preview, step); });
}

void PatternPreviewPane::present(const Result<PatternPreview>& preview, PrepareStep step)
{
    if (!m_scan)
        return;
    if (!preview) {
        m_before->setPlaceholder(errorText(preview.error()));
        m_before->clearPattern();
        m_after->clearPattern();
        m_findings->hide();
        m_messages.addError(preview.error(), QString::fromStdString(m_scan->entry.name));
        return;
    }
    m_plan = preview->plan;
    m_shownStep = step;
    m_afterBin = preview->after.bin;
    const auto& q = m_scan->calibration.qPixel_invA;
    const auto fill = [&](PatternView& view, const PatternImage& image, ImagePoint beam) {
        view.setPattern(image.shape, image.values);
        view.setQPixel(q ? std::optional(*q * image.bin) : std::nullopt);
        view.setBeamCentre(ImagePoint{(beam.y + 0.5) / image.bin - 0.5, (beam.x + 0.5) / image.bin - 0.5});
    };
    const PatternShape raw = m_scan->diffraction->patternShape();
    const ImagePoint middle{double(raw.height / 2), double(raw.width / 2)};
    const bool centred = m_options.centre != CentreKind::None;
    const bool centredBefore = centred && step > PrepareStep::Centre && step != PrepareStep::Calibration;
    const bool centredAfter = centred && step != PrepareStep::BadPixels;
    fill(*m_before, preview->before, centredBefore ? middle : preview->beamCentre);
    fill(*m_after, preview->after, centredAfter ? middle : preview->beamCentre);
    m_beforeCaption->setText(tr("<b>Before</b>  %1 px").arg(QString::fromStdString(toText(preview->before.shape))));
    m_afterCaption->setText(tr("<b>After</b>  %1 px").arg(QString::fromStdString(toText(preview->after.shape))));
    m_histogram->setValues(*preview->after.values);
    m_histogram->setLabel(preview->scaled ? tr("Network input") : tr("Counts after the step"));
    presentFindings();
    drawOverlays();
}

void PatternPreviewPane::presentFindings()
{
    QString text;
    if (m_shownStep == PrepareStep::BadPixels && m_plan->options.repairsPixels()) {
        const auto hot = std::count_if(m_plan->badPixels.begin(), m_plan->badPixels.end(),
                                       [](const BadPixel& pixel) { return pixel.kind == BadPixelKind::Hot; });
        text = m_plan->badPixels.empty()
                   ? tr("The detector has no hot and no dead pixels.")
                   : tr("Found in the scan: %1 hot and %2 dead pixels, each with a ring around it.")
                         .arg(hot)
                         .arg(std::int64_t(m_plan->badPixels.size()) - hot);
        if (const auto& saturation = m_plan->sampleSaturation)
            text += QLatin1Char(' ') + tr("<b>Saturated:</b> in the patterns looked at, %L1 values are at the detector's "
                                          "ceiling of %L2.")
                                           .arg(saturation->values)
                                           .arg(saturation->ceiling, 0, 'f', 0);
    }
    const bool fit = m_shownStep == PrepareStep::Centre && m_options.fitsDescan() && m_plan->descan;
    if (fit) {
        text = tr("Fitted to %L1 patterns; %L2 lie off the surface and have no weight. Median residual %3 px.")
                   .arg(m_plan->descan->samples().size())
                   .arg(m_plan->descan->outliers())
                   .arg(m_plan->descan->medianResidual_px(), 0, 'f', 3);
        m_residuals->setMap(descanResiduals(*m_plan));
        m_residuals->setTitle(tr("Residuals of the descan"));
        m_residuals->setColorBarLabel(tr("distance (px)"));
    }
    m_residuals->setVisible(fit);
    m_findings->setText(text);
    m_findings->setVisible(!text.isEmpty());
}

void PatternPreviewPane::drawOverlays()
{
    std::vector<OverlayShape> before;
    std::vector<OverlayShape> after;
    const auto ring = [](ImagePoint centre, double radius) {
        return OverlayShape{circleShape(centre, radius), QColor(0, 220, 255), {}, false};
    };
    if (m_shownStep == PrepareStep::BadPixels && m_plan && m_scan && m_scan->diffraction) {
        const int width = m_scan->diffraction->patternShape().width;
        for (std::size_t i = 0; i < std::min(mostRings, m_plan->badPixels.size()); ++i) {
            const std::int32_t pixel = m_plan->badPixels[i].pixel;
            before.push_back(ring({double(pixel / width), double(pixel % width)}, 3));
        }
        after = before;
    } else if (measuresRings(m_shownStep) && m_ring_px > 0 && m_before->hasImage()) {
        before.push_back(ring(m_before->beamCentre(), m_ring_px));
        after.push_back(ring(m_after->beamCentre(), m_ring_px / m_afterBin));
    }
    m_before->setShapes(std::move(before));
    m_after->setShapes(std::move(after));
}

void PatternPreviewPane::pick(const PatternView& view, int bin, ImagePoint point)
{
    if (!measuresRings(m_shownStep) || !view.hasImage())
        return;
    const ImagePoint beam = view.beamCentre();
    Q_EMIT ringPicked(std::hypot(point.y - beam.y, point.x - beam.x) * bin);
}

void PatternPreviewPane::setRing(double radius_px)
{
    m_ring_px = radius_px;
    drawOverlays();
}

} // namespace dispersa
