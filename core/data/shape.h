// SPDX-License-Identifier: GPL-3.0-or-later
// A shape drawn on a map (region) or on a pattern (virtual detector), in pixel coordinates of that image.
#pragma once

#include "core/data/geometry.h"

#include <cstdint>
#include <vector>

namespace dispersa {

/// Continuous coordinates: the centre of pixel (y, x) is at exactly (y, x).
struct ImagePoint {
    double y = 0;
    double x = 0;
    bool operator==(const ImagePoint&) const = default;
};

enum class ShapeKind { Point, Rectangle, Circle, Annulus, Polygon };

/// Which fields count depends on the kind; make one with the functions below.
struct Shape {
    ShapeKind kind = ShapeKind::Point;
    ImagePoint centre = {};               ///< Point, Circle, Annulus
    double radius = 0;                    ///< Circle and Annulus: outer radius in pixels
    double innerRadius = 0;               ///< Annulus
    ImagePoint corner = {};               ///< Rectangle: smallest y and x (pixel centres inside belong to it)
    ImagePoint opposite = {};             ///< Rectangle: largest y and x
    std::vector<ImagePoint> vertices = {}; ///< Polygon, in order, not closed
    bool operator==(const Shape&) const = default;
};

Shape pointShape(ImagePoint centre);
Shape rectangleShape(ImagePoint a, ImagePoint b);
Shape circleShape(ImagePoint centre, double radius);
Shape annulusShape(ImagePoint centre, double innerRadius, double outerRadius);
Shape polygonShape(std::vector<ImagePoint> vertices);

/// True if the pixel centre lies inside (borders belong to the shape; a point contains the pixel nearest to it).
bool contains(const Shape& shape, ScanPoint pixel);

/// Row-major mask of height x width, 1 inside.
std::vector<std::uint8_t> shapeMask(const Shape& shape, int height, int width);

/// Pixels inside, in row-major order.
std::vector<ScanPoint> shapePixels(const Shape& shape, int height, int width);

/// The shape moved by (dy, dx).
Shape translated(Shape shape, double dy, double dx);

} // namespace dispersa
