// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/scan_pane.h"

#include "app/text/readout_text.h"
#include "widgets/palette.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {
namespace {

constexpr int progressHeight_px = 4;
constexpr int feltWait_ms = 250;

bool fits(ScanPoint point, ScanShape shape)
{
    return wholeRegion(shape).contains(point);
}

} // namespace

ScanPane::ScanPane(QWidget* parent)
    : QWidget(parent), m_view(new MapView(this)), m_strip(new MapStrip(this)), m_regionBox(new QComboBox(this)),
      m_progress(new QProgressBar(this))
{
    m_view->setObjectName(QStringLiteral("scans_map"));
    m_view->setAccessibleName(tr("Map of the scan"));
    m_view->setMarkerMovable(true);
    m_view->setColorBarVisible(true);
    m_regionBox->setObjectName(QStringLiteral("region_box"));
    m_regionBox->setAccessibleName(tr("Region"));
    m_regionBox->setToolTip(tr("Draw a region to see its mean pattern instead of the pattern at the marker"));
    m_regionBox->addItem(tr("None"), -1);
    m_regionBox->addItem(tr("Rectangle"), int(ShapeKind::Rectangle));
    m_regionBox->addItem(tr("Circle"), int(ShapeKind::Circle));
    m_regionBox->addItem(tr("Polygon"), int(ShapeKind::Polygon));

    m_progress->setObjectName(QStringLiteral("virtual_progress"));
    m_progress->setAccessibleName(tr("Part of the scan that the virtual image rests on"));
    m_progress->setRange(0, 100);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(progressHeight_px);
    QSizePolicy steady = m_progress->sizePolicy();
    steady.setRetainSizeWhenHidden(true); // the map stays where it is
    m_progress->setSizePolicy(steady);
    m_progress->hide();
    m_waiting.setSingleShot(true);
    m_waiting.setInterval(feltWait_ms);
    connect(&m_waiting, &QTimer::timeout, this, [this] { m_progress->show(); });

    auto* head = new QHBoxLayout;
    head->addWidget(new QLabel(tr("<b>Scan</b>"), this));
    head->addStretch();
    auto* regionLabel = new QLabel(tr("Re&gion"), this);
    regionLabel->setBuddy(m_regionBox);
    head->addWidget(regionLabel);
    head->addWidget(m_regionBox);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 0, 0, 0);
    layout->addLayout(head);
    layout->addWidget(m_strip);
    layout->addWidget(m_progress);
    layout->addWidget(m_view, 1);

    connect(m_strip, &MapStrip::currentChanged, this, &ScanPane::showMap);
    connect(m_view, &ImageView::markerMoved, this, [this](ScanPoint marker) {
        m_marker = marker;
        Q_EMIT markerMoved(marker);
        tellCursor(marker.y, marker.x);
    });
    connect(m_regionBox, &QComboBox::activated, this, &ScanPane::chooseRegion);
    connect(m_view, &ImageView::shapeDrawn, this, [this](const Shape& shape) { setRegion(shape); });
    connect(m_view, &ImageView::drawingCancelled, this, [this] {
        if (!m_region)
            m_regionBox->setCurrentIndex(0);
    });
    const auto edited = [this](int, const Shape& shape) {
        m_region = shape;
        Q_EMIT regionChanged(m_region);
    };
    connect(m_view, &ImageView::shapeChanged, this, edited);
    connect(m_view, &ImageView::shapeEdited, this, edited);
    connect(m_view, &ImageView::cursorMoved, this, [this](int y, int x, double) { tellCursor(y, x); });
    connect(m_view, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
    connect(m_view, &ImageView::dataExportRequested, this, &ScanPane::dataExportRequested);
}

void ScanPane::setScan(OpenedScanPtr scan, const QString& placeholder)
{
    const ScanShape before = m_scan ? m_scan->shape() : ScanShape{};
    const bool newScan = !m_scan || !scan || m_scan->entry.name != scan->entry.name;
    m_scan = std::move(scan);
    m_view->setPlaceholder(m_scan ? tr("This scan has no map. Choose a detector shape to see a virtual image.")
                                  : placeholder);
    m_regionBox->setEnabled(m_scan != nullptr);
    if (m_scan && (!m_markerPlaced || !fits(m_marker, m_scan->shape()))) {
        m_marker = {m_scan->shape().height / 2, m_scan->shape().width / 2};
        m_markerPlaced = true;
    }
    if (m_region && (newScan || before != m_scan->shape())) {
        m_regionBox->setCurrentIndex(0);
        setRegion(std::nullopt);
    }
    refreshMaps();
}

void ScanPane::setVirtualImages(const std::vector<MapPtr>& images, int step)
{
    // Another detector mode has other maps: the first of them is what was asked for.
    const bool isNew = !images.empty() && (m_virtual.empty() || m_virtual.front()->quantity != images.front()->quantity);
    m_virtual = images;
    m_virtualStep = step;
    refreshMaps();
    if (isNew)
        m_strip->setCurrent(images.front()->quantity);
}

void ScanPane::setVirtualProgress(int percent)
{
    if (percent == m_virtualPercent)
        return;
    m_virtualPercent = percent;
    m_progress->setValue(percent);
    if (percent >= 100) {
        m_waiting.stop();
        m_progress->hide();
    } else if (!m_progress->isVisible() && !m_waiting.isActive()) {
        m_waiting.start();
    }
    showTitle();
}

void ScanPane::setCrop(const std::optional<Region>& crop)
{
    m_view->setCrop(crop);
}

void ScanPane::refreshMaps()
{
    std::vector<MapPtr> maps = m_scan ? m_scan->maps : std::vector<MapPtr>();
    for (const MapPtr& image : m_virtual)
        if (m_scan && image->shape == m_scan->shape())
            maps.push_back(image);
    m_strip->setMaps(maps);
    showMap(m_strip->current());
}

void ScanPane::showMap(const MapPtr& map)
{
    if (map != m_view->map() || !map)
        m_view->setMap(map);
    m_view->setMarker(map ? std::optional(m_marker) : std::nullopt);
    showTitle();
}

void ScanPane::showTitle()
{
    const MapPtr map = m_view->map();
    if (!map)
        return;
    const bool isVirtual = std::find(m_virtual.begin(), m_virtual.end(), map) != m_virtual.end();
    QString title = QString::fromStdString(map->quantity);
    if (isVirtual && isSigned(*map) && m_scan && m_scan->calibration.qrRotation_deg)
        title = tr("%1, along the scan").arg(title);
    if (isVirtual && m_virtualStep > 1)
        title = tr("%1 – coarse, %2 % read").arg(title).arg(m_virtualPercent);
    m_view->setTitle(title);
}

void ScanPane::chooseRegion()
{
    const int kind = m_regionBox->currentData().toInt();
    m_view->cancelDrawing();
    setRegion(std::nullopt);
    if (kind >= 0 && m_view->hasImage()) {
        m_view->startDrawing(ShapeKind(kind), categoryColor(0));
        m_view->setFocus();
        Q_EMIT readout(tr("Draw the region on the map; Escape cancels."));
    }
}

void ScanPane::setRegion(const std::optional<Shape>& region)
{
    const bool changed = region != m_region;
    m_region = region;
    if (region)
        m_view->setShapes({{*region, categoryColor(0), tr("region"), true}});
    else
        m_view->setShapes({});
    if (changed)
        Q_EMIT regionChanged(region);
}

void ScanPane::tellCursor(int y, int x)
{
    if (m_scan)
        Q_EMIT readout(scanReadout({y, x}, m_scan->calibration, m_scan->maps));
}

} // namespace dispersa
