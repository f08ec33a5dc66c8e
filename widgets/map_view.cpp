// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/map_view.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

Shape shapeOf(const Region& region)
{
    return rectangleShape({region.y - 0.5, region.x - 0.5},
                          {region.y + region.height - 0.5, region.x + region.width - 0.5});
}

Region regionOf(const Shape& shape)
{
    const int y = int(std::lround(shape.corner.y + 0.5));
    const int x = int(std::lround(shape.corner.x + 0.5));
    return {y, x, int(std::lround(shape.opposite.y + 0.5)) - y, int(std::lround(shape.opposite.x + 0.5)) - x};
}

} // namespace

QString mapLabel(const ElementMap& map)
{
    QString unit;
    switch (map.unit) {
    case MapUnit::Fraction:
        unit = MapView::tr("fraction");
        break;
    case MapUnit::Percent:
        unit = MapView::tr("at%");
        break;
    case MapUnit::WeightPercent:
        unit = MapView::tr("wt%");
        break;
    case MapUnit::Counts:
        unit = MapView::tr("counts");
        break;
    case MapUnit::Pixels:
        unit = MapView::tr("px");
        break;
    case MapUnit::Arbitrary:
        unit = MapView::tr("arb. units");
        break;
    }
    return QStringLiteral("%1 (%2)").arg(QString::fromStdString(map.quantity), unit);
}

bool isSigned(const ElementMap& map)
{
    return map.quantity == "CoM y" || map.quantity == "CoM x";
}

ColorMap defaultColorMap(const ElementMap& map)
{
    if (isSigned(map))
        return ColorMap::BlueWhiteRed;
    return map.quantity.starts_with("HAADF") || map.quantity.starts_with("virtual") ? ColorMap::Grey
                                                                                    : ColorMap::Viridis;
}

MapView::MapView(QWidget* parent) : ImageView(parent)
{
    setObjectName(QStringLiteral("mapView"));
    setAccessibleName(tr("Map"));
}

MapView::~MapView() = default;

void MapView::setMap(MapPtr map)
{
    m_map = std::move(map);
    if (!m_map) {
        clearImage();
        return;
    }
    if (!m_colorMapChosen) {
        ImageView::setColorMap(defaultColorMap(*m_map));
        if (isSigned(*m_map) != m_showsSigned)
            setZeroCentred(isSigned(*m_map));
        m_showsSigned = isSigned(*m_map);
    }
    setTitle(QString::fromStdString(m_map->quantity));
    setColorBarLabel(mapLabel(*m_map));
    setPixelSize(m_map->scanStep_nm, m_map->scanStep_nm, QStringLiteral("nm"));
    // Shares the map's own values: no copy.
    setImage(std::shared_ptr<const std::vector<float>>(m_map, &m_map->values), m_map->shape.height, m_map->shape.width);
}

void MapView::setColorMap(ColorMap map)
{
    m_colorMapChosen = true;
    ImageView::setColorMap(map);
}

MapPtr MapView::map() const
{
    return m_map;
}

void MapView::setCrop(std::optional<Region> crop)
{
    m_crop = crop;
    update();
}

std::optional<Region> MapView::crop() const
{
    return m_crop;
}

void MapView::setCropEditable(bool editable)
{
    m_cropEditable = editable;
    if (!editable && selectedShape() == cropShapeId)
        setSelectedShape(-1);
    update();
}

bool MapView::isCropEditable() const
{
    return m_cropEditable;
}

Shape MapView::constrained(int id, const Shape& edited, const Shape& before) const
{
    if (id != cropShapeId)
        return ImageView::constrained(id, edited, before);
    const Region old = regionOf(before);
    const bool moved = std::abs((edited.opposite.y - edited.corner.y) - (before.opposite.y - before.corner.y)) < 1e-9 &&
                       std::abs((edited.opposite.x - edited.corner.x) - (before.opposite.x - before.corner.x)) < 1e-9;
    Region region = regionOf(edited);
    if (moved) {
        region.height = old.height;
        region.width = old.width;
        region.y = std::clamp(region.y, 0, std::max(0, imageHeight() - region.height));
        region.x = std::clamp(region.x, 0, std::max(0, imageWidth() - region.width));
        return shapeOf(region);
    }
    const int y0 = std::clamp(region.y, 0, imageHeight() - 1);
    const int x0 = std::clamp(region.x, 0, imageWidth() - 1);
    const int y1 = std::clamp(region.y + region.height, y0 + 1, imageHeight());
    const int x1 = std::clamp(region.x + region.width, x0 + 1, imageWidth());
    return shapeOf({y0, x0, y1 - y0, x1 - x0});
}

std::optional<Shape> MapView::ownShape() const
{
    if (!m_crop || !m_cropEditable)
        return std::nullopt;
    return shapeOf(*m_crop);
}

void MapView::ownShapeChanged(const Shape& shape, bool finished)
{
    const Region region = regionOf(shape);
    m_crop = region;
    update();
    if (finished)
        Q_EMIT cropEdited(region);
    else
        Q_EMIT cropChanged(region);
}

void MapView::paintOwnShape(QPainter& painter)
{
    if (!m_crop || !hasImage())
        return;
    const Shape shape = shapeOf(*m_crop);
    const QRectF inside(toWidget(shape.corner), toWidget(shape.opposite));
    QPainterPath outside;
    outside.addRect(imageRect() & canvasRect());
    QPainterPath kept;
    kept.addRect(inside);
    painter.fillPath(outside.subtracted(kept), QColor(0, 0, 0, 130));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3.4));
    painter.drawRect(inside);
    painter.setPen(QPen(Qt::white, 1.6));
    painter.drawRect(inside);
    if (!m_cropEditable)
        return;
    constexpr double side = 9;
    const QPointF c = inside.center();
    for (const QPointF& at :
         {inside.topLeft(), inside.topRight(), inside.bottomRight(), inside.bottomLeft(), QPointF(c.x(), inside.top()),
          QPointF(inside.right(), c.y()), QPointF(c.x(), inside.bottom()), QPointF(inside.left(), c.y())}) {
        painter.setPen(QPen(Qt::black, 1));
        painter.setBrush(Qt::white);
        painter.drawRect(QRectF(at.x() - side / 2, at.y() - side / 2, side, side));
    }
}

} // namespace dispersa
