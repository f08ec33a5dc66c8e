// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/shape.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

/// Even-odd rule with the border counted as inside.
bool insidePolygon(const std::vector<ImagePoint>& vertices, double y, double x)
{
    bool inside = false;
    for (std::size_t i = 0, j = vertices.size() - 1; i < vertices.size(); j = i++) {
        const ImagePoint& a = vertices[i];
        const ImagePoint& b = vertices[j];
        const double cross = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
        const bool within = x >= std::min(a.x, b.x) - 1e-9 && x <= std::max(a.x, b.x) + 1e-9 &&
                            y >= std::min(a.y, b.y) - 1e-9 && y <= std::max(a.y, b.y) + 1e-9;
        if (std::abs(cross) < 1e-9 && within)
            return true;
        if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
            inside = !inside;
    }
    return inside;
}

} // namespace

Shape pointShape(ImagePoint centre)
{
    Shape shape;
    shape.kind = ShapeKind::Point;
    shape.centre = centre;
    return shape;
}

Shape rectangleShape(ImagePoint a, ImagePoint b)
{
    Shape shape;
    shape.kind = ShapeKind::Rectangle;
    shape.corner = {std::min(a.y, b.y), std::min(a.x, b.x)};
    shape.opposite = {std::max(a.y, b.y), std::max(a.x, b.x)};
    return shape;
}

Shape circleShape(ImagePoint centre, double radius)
{
    Shape shape;
    shape.kind = ShapeKind::Circle;
    shape.centre = centre;
    shape.radius = std::abs(radius);
    return shape;
}

Shape annulusShape(ImagePoint centre, double innerRadius, double outerRadius)
{
    Shape shape;
    shape.kind = ShapeKind::Annulus;
    shape.centre = centre;
    shape.innerRadius = std::min(std::abs(innerRadius), std::abs(outerRadius));
    shape.radius = std::max(std::abs(innerRadius), std::abs(outerRadius));
    return shape;
}

Shape polygonShape(std::vector<ImagePoint> vertices)
{
    Shape shape;
    shape.kind = ShapeKind::Polygon;
    shape.vertices = std::move(vertices);
    return shape;
}

bool contains(const Shape& shape, ScanPoint pixel)
{
    const double dy = pixel.y - shape.centre.y;
    const double dx = pixel.x - shape.centre.x;
    const double distance = std::hypot(dy, dx);
    switch (shape.kind) {
    case ShapeKind::Point: return std::lround(shape.centre.y) == pixel.y && std::lround(shape.centre.x) == pixel.x;
    case ShapeKind::Circle: return distance <= shape.radius;
    case ShapeKind::Annulus: return distance <= shape.radius && distance >= shape.innerRadius;
    case ShapeKind::Rectangle:
        return pixel.y >= shape.corner.y && pixel.y <= shape.opposite.y && pixel.x >= shape.corner.x &&
               pixel.x <= shape.opposite.x;
    case ShapeKind::Polygon: return shape.vertices.size() >= 3 && insidePolygon(shape.vertices, pixel.y, pixel.x);
    }
    return false;
}

std::vector<std::uint8_t> shapeMask(const Shape& shape, int height, int width)
{
    std::vector<std::uint8_t> mask;
    mask.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            mask.push_back(contains(shape, {y, x}) ? 1 : 0);
    return mask;
}

std::vector<ScanPoint> shapePixels(const Shape& shape, int height, int width)
{
    std::vector<ScanPoint> pixels;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            if (contains(shape, {y, x}))
                pixels.push_back({y, x});
    return pixels;
}

Shape translated(Shape shape, double dy, double dx)
{
    for (ImagePoint* point : {&shape.centre, &shape.corner, &shape.opposite}) {
        point->y += dy;
        point->x += dx;
    }
    for (ImagePoint& vertex : shape.vertices) {
        vertex.y += dy;
        vertex.x += dx;
    }
    return shape;
}

} // namespace dispersa
