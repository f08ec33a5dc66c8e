// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/map_preview.h"

#include "app/pages/map_export.h"
#include "app/text/error_text.h"
#include "app/text/readout_text.h"
#include "widgets/palette.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {
namespace {

constexpr int histogramHeight_px = 150;

Region regionOf(const Shape& shape, ScanShape grid)
{
    const int y = std::clamp(int(std::lround(shape.corner.y)), 0, grid.height - 1);
    const int x = std::clamp(int(std::lround(shape.corner.x)), 0, grid.width - 1);
    const int lastY = std::clamp(int(std::lround(shape.opposite.y)), y, grid.height - 1);
    const int lastX = std::clamp(int(std::lround(shape.opposite.x)), x, grid.width - 1);
    return {y, x, lastY - y + 1, lastX - x + 1};
}

} // namespace

MapPreviewPane::MapPreviewPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_messages(messages), m_strip(new MapStrip(this)), m_before(new MapView(this)),
      m_after(new MapView(this)), m_beforeCaption(new QLabel(this)), m_afterCaption(new QLabel(this)),
      m_histogram(new HistogramView(this)), m_job(tasks, QStringLiteral("prepare.map"), this)
{
    m_strip->setObjectName(QStringLiteral("prepare_maps"));
    m_before->setObjectName(QStringLiteral("prepare_map_before"));
    m_before->setAccessibleName(tr("Map before the step"));
    m_after->setObjectName(QStringLiteral("prepare_map_after"));
    m_after->setAccessibleName(tr("Map after the step"));
    m_histogram->setObjectName(QStringLiteral("prepare_map_histogram"));
    m_histogram->setAccessibleName(tr("Histogram of the map before and after the step"));
    m_histogram->setNames(tr("before"), tr("after"));
    m_histogram->setFixedHeight(histogramHeight_px);
    auto* grid = new QGridLayout;
    grid->addWidget(m_beforeCaption, 0, 0);
    grid->addWidget(m_afterCaption, 0, 1);
    grid->addWidget(m_before, 1, 0);
    grid->addWidget(m_after, 1, 1);
    grid->setRowStretch(1, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_strip);
    layout->addLayout(grid, 1);
    layout->addWidget(m_histogram);

    connect(m_strip, &MapStrip::currentChanged, this, &MapPreviewPane::request);
    connect(m_before, &MapView::cropChanged, this, &MapPreviewPane::cropChanged);
    connect(m_before, &MapView::cropEdited, this, &MapPreviewPane::cropEdited);
    connect(m_before, &ImageView::shapeDrawn, this, [this](const Shape& shape) {
        if (m_preview.before && shape.kind == ShapeKind::Rectangle)
            Q_EMIT cropEdited(regionOf(shape, m_preview.before->shape));
    });
    connect(m_before, &ImageView::cursorMoved, this, [this](int y, int x, double) { tellCursor(y, x); });
    connect(m_before, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
    for (MapView* view : {m_before, m_after})
        connect(view, &ImageView::dataExportRequested, this, [this, view] {
            if (view->map())
                exportMapWithDialog(this, *view->map(), QString::fromStdString(m_scan ? m_scan->entry.name : ""),
                                    m_messages);
        });
}

void MapPreviewPane::setScan(OpenedScanPtr scan, const QString& placeholder)
{
    const bool other = scan != m_scan;
    m_scan = std::move(scan);
    for (MapView* view : {m_before, m_after})
        view->setPlaceholder(m_scan ? tr("This scan has no maps.") : placeholder);
    if (!other)
        return;
    m_strip->setMaps(m_scan ? m_scan->maps : std::vector<MapPtr>());
    request();
}

void MapPreviewPane::show(PrepareStep step, const MapFilterOptions& filter, const std::optional<Region>& crop)
{
    const bool again = filter != m_filter || step != m_step;
    m_step = step;
    m_filter = filter;
    m_crop = crop;
    if (again)
        request();
    else
        present();
}

void MapPreviewPane::startDrawingCrop()
{
    m_before->startDrawing(ShapeKind::Rectangle, categoryColor(0));
    m_before->setFocus();
    Q_EMIT readout(tr("Draw the crop on the left map; Escape cancels."));
}

void MapPreviewPane::request()
{
    const MapPtr map = m_strip->current();
    if (!map) {
        m_job.cancel();
        m_preview = {};
        present();
        return;
    }
    m_job.run<MapPreview>(
        [map, filter = m_filter](const ProgressSink&, std::stop_token) { return previewFilter(map, filter); },
        [this](Result<MapPreview> preview) {
            if (preview) {
                m_preview = std::move(*preview);
            } else {
                m_preview = {};
                m_before->setPlaceholder(errorText(preview.error()));
            }
            present();
        });
}

void MapPreviewPane::present()
{
    const bool cropping = m_step == PrepareStep::Crop;
    m_link.clear();
    if (!m_preview.before) {
        m_before->setMap(nullptr);
        m_after->setMap(nullptr);
        m_beforeCaption->clear();
        m_afterCaption->clear();
        m_histogram->setValues({});
        return;
    }
    if (cropping)
        return presentCropped();
    m_before->setCropEditable(false);
    m_before->setCrop(m_crop);
    m_before->setMap(m_preview.before);
    m_after->setMap(m_preview.after);
    m_after->setCrop(m_crop);
    // The same colours on both sides, or smoothing would look like a change of composition.
    const ValueRange range = percentileRange(m_preview.before->values);
    m_before->setRange(range);
    m_after->setRange(range);
    m_link.add(m_before);
    m_link.add(m_after);
    m_beforeCaption->setText(tr("<b>Before</b>  as measured"));
    m_afterCaption->setText(tr("<b>After</b>  filtered"));
    m_histogram->setValues(m_preview.before->values, m_preview.after->values);
    m_histogram->setLabel(mapLabel(*m_preview.before));
}

void MapPreviewPane::presentCropped()
{
    const ElementMap& whole = *m_preview.after;
    m_before->setRange(std::nullopt);
    m_after->setRange(std::nullopt);
    m_before->setMap(m_preview.after);
    m_before->setCrop(m_crop);
    m_before->setCropEditable(m_crop.has_value());
    m_after->setCrop(std::nullopt);
    const bool fits = !m_crop || m_crop->fitsInto(whole.shape);
    m_beforeCaption->setText(tr("<b>Before</b>  the whole map, filtered"));
    if (!fits) {
        m_after->setPlaceholder(
            tr("The crop does not fit this map of %1.").arg(QString::fromStdString(toText(whole.shape))));
        m_after->setMap(nullptr);
        m_afterCaption->clear();
        return;
    }
    const auto part = std::make_shared<const ElementMap>(cropped(whole, m_crop.value_or(wholeRegion(whole.shape))));
    m_after->setMap(part);
    m_afterCaption->setText(tr("<b>After</b>  %1 px").arg(QString::fromStdString(toText(part->shape))));
    m_histogram->setValues(whole.values, part->values);
    m_histogram->setLabel(mapLabel(whole));
}

void MapPreviewPane::tellCursor(int y, int x)
{
    if (m_scan && m_preview.before)
        Q_EMIT readout(scanReadout({y, x}, m_scan->calibration, m_scan->maps));
}

} // namespace dispersa
