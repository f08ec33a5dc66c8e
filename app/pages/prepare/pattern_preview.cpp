// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/pattern_preview.h"

#include "app/pages/display_controls.h"
#include "app/text/error_text.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {
namespace {

constexpr int lowerHeight_px = 190;
constexpr int whereWidth_px = 200;

} // namespace

PatternPreviewPane::PatternPreviewPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_messages(messages), m_where(new MapView(this)), m_histogram(new HistogramView(this)),
      m_job(tasks, QStringLiteral("prepare.pattern"), this)
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
    auto* lower = new QHBoxLayout;
    lower->addWidget(m_where);
    lower->addWidget(m_histogram, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(sides, 1);
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
    return side;
}

void PatternPreviewPane::setScan(OpenedScanPtr scan, const QString& placeholder)
{
    const bool other = scan != m_scan;
    m_scan = std::move(scan);
    const bool patterns = m_scan && m_scan->diffraction;
    for (PatternView* view : {m_before, m_after})
        view->setPlaceholder(m_scan && !patterns ? tr("This scan has no diffraction patterns.") : placeholder);
    if (!other)
        return;
    m_job.cancel();
    m_beamCentre.reset();
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

void PatternPreviewPane::show(PrepareStep step, const DiffractionOptions& options)
{
    if (step == m_step && options == m_options)
        return;
    // The network's input is shown as the network gets it; a logarithm on top would hide what the step does.
    if ((step == PrepareStep::Scaling) != (m_step == PrepareStep::Scaling)) {
        const auto shown = step == PrepareStep::Scaling ? DisplayScaling::Linear : DisplayScaling::Log;
        m_afterScaling->setCurrentIndex(m_afterScaling->findData(int(shown)));
    }
    m_step = step;
    m_options = options;
    request();
}

void PatternPreviewPane::request()
{
    if (!m_scan || !m_scan->diffraction)
        return;
    m_job.run<PatternPreview>(
        [scan = m_scan->diffraction, point = m_point, options = m_options, step = m_step, beam = m_beamCentre](
            const ProgressSink&, std::stop_token) { return previewPattern(*scan, point, options, step, beam); },
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
        m_messages.addError(preview.error(), QString::fromStdString(m_scan->entry.name));
        return;
    }
    m_beamCentre = preview->beamCentre;
    const auto& q = m_scan->calibration.qPixel_invA;
    const auto fill = [&](PatternView& view, const PatternImage& image, ImagePoint beam) {
        view.setPattern(image.shape, image.values);
        view.setQPixel(q ? std::optional(*q * image.bin) : std::nullopt);
        view.setBeamCentre(ImagePoint{(beam.y + 0.5) / image.bin - 0.5, (beam.x + 0.5) / image.bin - 0.5});
    };
    const PatternShape raw = m_scan->diffraction->patternShape();
    const ImagePoint middle{double(raw.height / 2), double(raw.width / 2)};
    const bool centred = m_options.centre != CentreKind::None;
    const bool centredBefore = centred && step != PrepareStep::Centre && step != PrepareStep::Calibration;
    fill(*m_before, preview->before, centredBefore ? middle : preview->beamCentre);
    fill(*m_after, preview->after, centred ? middle : preview->beamCentre);
    m_beforeCaption->setText(tr("<b>Before</b>  %1 px").arg(QString::fromStdString(toText(preview->before.shape))));
    m_afterCaption->setText(tr("<b>After</b>  %1 px").arg(QString::fromStdString(toText(preview->after.shape))));
    m_histogram->setValues(*preview->after.values);
    m_histogram->setLabel(preview->scaled ? tr("Network input") : tr("Counts after the step"));
}

} // namespace dispersa
