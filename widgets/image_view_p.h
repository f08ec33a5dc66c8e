// SPDX-License-Identifier: GPL-3.0-or-later
// The state of an ImageView; private to its source files.
#pragma once

#include "widgets/image_view.h"

#include <QFont>
#include <QImage>

namespace dispersa {

struct ImageView::Private {
    std::shared_ptr<const std::vector<float>> values;
    int height = 0;
    int width = 0;
    QImage image; ///< coloured pixels; made again only when values, range or colours change
    bool imageOld = true;
    bool hasNoData = false;
    PixelMask hatched;
    QString title;
    QString placeholder;

    ColorMap map = ColorMap::Viridis;
    DisplayScaling scaling = DisplayScaling::Linear;
    std::optional<ValueRange> fixedRange;
    ValueRange range = {0, 1};
    double lowPercent = 0.1;
    double highPercent = 99.9;
    bool zeroCentred = false;
    bool colorBar = false;
    QString colorBarLabel;

    std::optional<double> size_y;
    std::optional<double> size_x;
    QString unit;
    bool scaleBar = true;

    std::optional<ScanPoint> marker;
    bool markerMovable = true;
    std::optional<ScanPoint> ghost;
    std::vector<OverlayShape> shapes;
    int selected = -1;
    int hovered = -1;
    ViewWindow window;

    enum class Drag { None, Pan, Marker, Body, Handle, Draw, Click };
    Drag drag = Drag::None;
    int dragged = -1; ///< shape index or cropShapeId
    int handle = -1;
    QPointF pressPosition;
    ImagePoint pressPoint;
    Shape before; ///< the shape when the drag began: Escape brings it back
    std::optional<ScanPoint> markerBefore;
    ViewWindow windowBefore;
    bool moved = false;
    bool space = false;
    bool cursorInside = false;

    std::optional<ShapeKind> drawing;
    QColor drawingColor;
    std::optional<Shape> draft;
    std::vector<ImagePoint> vertices;

    double aspect() const { return size_y && size_x && *size_x > 0 && *size_y > 0 ? *size_y / *size_x : 1; }
};

/// The widget's font, never below 9 pt.
QFont readableFont(const QWidget& widget);

} // namespace dispersa
