// SPDX-License-Identifier: GPL-3.0-or-later
// Where a shape can be taken hold of, and what it becomes when a handle or its body is dragged.
#pragma once

#include "core/data/shape.h"

#include <QPainterPath>

#include <vector>

namespace dispersa {

struct ShapeHandle {
    ImagePoint place = {};
    Qt::CursorShape cursor = Qt::SizeAllCursor;
};

/// Rectangle: 8 (corners clockwise from top left, then edges from top); Circle: 4 (right, bottom, left, top); Annulus:
/// 4 outer, then 4 inner; Polygon: its vertices; Point: none (its body moves).
std::vector<ShapeHandle> shapeHandles(const Shape& shape);

/// The shape with handle `index` moved to `to`. Sizes stay positive: a rectangle may be turned inside out.
Shape withHandleMoved(const Shape& shape, int index, ImagePoint to);

/// Outline in image coordinates where pixel (y, x) covers [x, x+1) x [y, y+1), i.e. shifted by half a pixel; a Point
/// gives the square of its pixel.
QPainterPath shapeOutline(const Shape& shape);
/// The middle of a shape, and its smallest and largest coordinates.
ImagePoint shapeCentre(const Shape& shape);
QRectF shapeBounds(const Shape& shape);

} // namespace dispersa
