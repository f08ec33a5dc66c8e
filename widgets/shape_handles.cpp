// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shape_handles.h"

#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

void addRing(std::vector<ShapeHandle>& handles, ImagePoint c, double r)
{
    handles.push_back({{c.y, c.x + r}, Qt::SizeHorCursor});
    handles.push_back({{c.y + r, c.x}, Qt::SizeVerCursor});
    handles.push_back({{c.y, c.x - r}, Qt::SizeHorCursor});
    handles.push_back({{c.y - r, c.x}, Qt::SizeVerCursor});
}

} // namespace

std::vector<ShapeHandle> shapeHandles(const Shape& shape)
{
    std::vector<ShapeHandle> handles;
    switch (shape.kind) {
    case ShapeKind::Point:
        break;
    case ShapeKind::Rectangle: {
        const ImagePoint a = shape.corner;
        const ImagePoint b = shape.opposite;
        const double my = (a.y + b.y) / 2;
        const double mx = (a.x + b.x) / 2;
        handles = {{{a.y, a.x}, Qt::SizeFDiagCursor}, {{a.y, b.x}, Qt::SizeBDiagCursor},
                   {{b.y, b.x}, Qt::SizeFDiagCursor}, {{b.y, a.x}, Qt::SizeBDiagCursor},
                   {{a.y, mx}, Qt::SizeVerCursor},    {{my, b.x}, Qt::SizeHorCursor},
                   {{b.y, mx}, Qt::SizeVerCursor},    {{my, a.x}, Qt::SizeHorCursor}};
        break;
    }
    case ShapeKind::Circle:
        addRing(handles, shape.centre, shape.radius);
        break;
    case ShapeKind::Annulus:
        addRing(handles, shape.centre, shape.radius);
        addRing(handles, shape.centre, shape.innerRadius);
        break;
    case ShapeKind::Polygon:
        for (const ImagePoint& vertex : shape.vertices)
            handles.push_back({vertex, Qt::CrossCursor});
        break;
    }
    return handles;
}

Shape withHandleMoved(const Shape& shape, int index, ImagePoint to)
{
    Shape result = shape;
    switch (shape.kind) {
    case ShapeKind::Point:
        break;
    case ShapeKind::Rectangle: {
        ImagePoint a = shape.corner;
        ImagePoint b = shape.opposite;
        if (index == 0 || index == 3 || index == 7)
            a.x = to.x;
        if (index == 1 || index == 2 || index == 5)
            b.x = to.x;
        if (index == 0 || index == 1 || index == 4)
            a.y = to.y;
        if (index == 2 || index == 3 || index == 6)
            b.y = to.y;
        return rectangleShape(a, b);
    }
    case ShapeKind::Circle:
        result.radius = std::max(0.5, std::hypot(to.y - shape.centre.y, to.x - shape.centre.x));
        break;
    case ShapeKind::Annulus: {
        const double radius = std::hypot(to.y - shape.centre.y, to.x - shape.centre.x);
        if (index < 4)
            result.radius = std::max(radius, shape.innerRadius + 0.5);
        else
            result.innerRadius = std::clamp(radius, 0.0, std::max(0.0, shape.radius - 0.5));
        break;
    }
    case ShapeKind::Polygon:
        if (index >= 0 && std::size_t(index) < result.vertices.size())
            result.vertices[std::size_t(index)] = to;
        break;
    }
    return result;
}

QPainterPath shapeOutline(const Shape& shape)
{
    const auto at = [](ImagePoint p) { return QPointF(p.x + 0.5, p.y + 0.5); };
    QPainterPath path;
    switch (shape.kind) {
    case ShapeKind::Point:
        path.addRect(QRectF(std::round(shape.centre.x), std::round(shape.centre.y), 1, 1));
        break;
    case ShapeKind::Rectangle:
        path.addRect(QRectF(at(shape.corner), at(shape.opposite)));
        break;
    case ShapeKind::Circle:
        path.addEllipse(at(shape.centre), shape.radius, shape.radius);
        break;
    case ShapeKind::Annulus:
        path.addEllipse(at(shape.centre), shape.radius, shape.radius);
        path.addEllipse(at(shape.centre), shape.innerRadius, shape.innerRadius);
        break;
    case ShapeKind::Polygon: {
        QPolygonF polygon;
        for (const ImagePoint& vertex : shape.vertices)
            polygon << at(vertex);
        path.addPolygon(polygon);
        path.closeSubpath();
        break;
    }
    }
    return path;
}

QRectF shapeBounds(const Shape& shape)
{
    const QRectF bounds = shapeOutline(shape).boundingRect().translated(-0.5, -0.5);
    return shape.kind == ShapeKind::Point ? QRectF(shape.centre.x, shape.centre.y, 0, 0) : bounds;
}

ImagePoint shapeCentre(const Shape& shape)
{
    if (shape.kind == ShapeKind::Rectangle || shape.kind == ShapeKind::Polygon) {
        const QPointF centre = shapeBounds(shape).center();
        return {centre.y(), centre.x()};
    }
    return shape.centre;
}

} // namespace dispersa
