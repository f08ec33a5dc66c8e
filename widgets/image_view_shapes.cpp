// SPDX-License-Identifier: GPL-3.0-or-later
// The shapes of an ImageView: the list, the selected one, and the one that is about to be drawn.
#include "widgets/image_view_p.h"

#include "widgets/shape_handles.h"

#include <algorithm>

namespace dispersa {

void ImageView::setShapes(std::vector<OverlayShape> shapes)
{
    d->shapes = std::move(shapes);
    const int count = int(d->shapes.size());
    if (d->selected >= count)
        d->selected = -1;
    if (d->hovered >= count)
        d->hovered = -1;
    if (d->dragged >= count)
        d->drag = Private::Drag::None;
    update();
}

const std::vector<OverlayShape>& ImageView::shapes() const
{
    return d->shapes;
}

void ImageView::setSelectedShape(int index)
{
    const int selected = index == cropShapeId || (index >= 0 && index < int(d->shapes.size())) ? index : -1;
    if (selected == d->selected)
        return;
    d->selected = selected;
    update();
    if (selected != cropShapeId)
        Q_EMIT shapeSelected(selected);
}

int ImageView::selectedShape() const
{
    return d->selected;
}

void ImageView::startDrawing(ShapeKind kind, const QColor& color)
{
    d->drawing = kind;
    d->drawingColor = color;
    d->draft.reset();
    d->vertices.clear();
    setCursor(Qt::CrossCursor);
    setFocus();
    update();
}

void ImageView::cancelDrawing()
{
    if (!d->drawing)
        return;
    d->drawing.reset();
    d->draft.reset();
    d->vertices.clear();
    d->drag = Private::Drag::None;
    unsetCursor();
    update();
    Q_EMIT drawingCancelled();
}

bool ImageView::isDrawing() const
{
    return d->drawing.has_value();
}

Shape ImageView::constrained(int, const Shape& edited, const Shape&) const
{
    // The middle stays on the image, so that no shape gets lost.
    const ImagePoint centre = shapeCentre(edited);
    const double y = std::clamp(centre.y, 0.0, std::max(0.0, d->height - 1.0));
    const double x = std::clamp(centre.x, 0.0, std::max(0.0, d->width - 1.0));
    return translated(edited, y - centre.y, x - centre.x);
}

} // namespace dispersa
