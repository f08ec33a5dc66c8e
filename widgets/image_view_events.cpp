// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse does in ImageView, and its context menu.
#include "widgets/image_view_p.h"
#include "widgets/shape_handles.h"
#include "widgets/view_menu.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr double handleReach = 8;
constexpr double dragStart = 3;

double distance(QPointF a, QPointF b)
{
    return std::hypot(a.x() - b.x(), a.y() - b.y());
}

Shape drawnShape(ShapeKind kind, ImagePoint from, ImagePoint to)
{
    const double radius = std::hypot(to.y - from.y, to.x - from.x);
    switch (kind) {
    case ShapeKind::Rectangle:
        return rectangleShape(from, to);
    case ShapeKind::Circle:
        return circleShape(from, radius);
    case ShapeKind::Annulus:
        return annulusShape(from, radius / 2, radius);
    case ShapeKind::Point:
    case ShapeKind::Polygon:
        break;
    }
    return pointShape(to);
}

struct Hit {
    int id = -1; ///< shape index, cropShapeId, or -1
    int handle = -1;
    Qt::CursorShape cursor = Qt::ArrowCursor;
};

Hit hitShape(const ImageView& view, int id, const Shape& shape, QPointF at, bool handles)
{
    if (handles) {
        const std::vector<ShapeHandle> all = shapeHandles(shape);
        for (std::size_t i = 0; i < all.size(); ++i)
            if (distance(view.toWidget(all[i].place), at) <= handleReach)
                return {id, int(i), all[i].cursor};
    }
    const ImagePoint p = view.toImage(at);
    bool inside = shapeOutline(shape).contains(QPointF(p.x + 0.5, p.y + 0.5));
    if (shape.kind == ShapeKind::Point)
        inside = distance(view.toWidget(shape.centre), at) <= handleReach;
    return inside ? Hit{id, -1, Qt::SizeAllCursor} : Hit{};
}

/// Handles before bodies, the selected shape before the others, the last drawn before the first.
Hit hitTest(const ImageView& view, const std::vector<OverlayShape>& shapes, int selected,
            const std::optional<Shape>& own, QPointF at)
{
    std::vector<int> order;
    if (selected >= 0)
        order.push_back(selected);
    for (int i = int(shapes.size()); i-- > 0;)
        if (i != selected)
            order.push_back(i);
    Hit body;
    for (const int i : order) {
        const OverlayShape& shape = shapes[std::size_t(i)];
        if (!shape.editable)
            continue;
        const Hit hit = hitShape(view, i, shape.shape, at, true);
        if (hit.handle >= 0)
            return hit;
        if (hit.id >= 0 && body.id < 0)
            body = hit;
    }
    if (own) {
        const Hit hit = hitShape(view, cropShapeId, *own, at, true);
        if (hit.handle >= 0 || body.id < 0)
            return hit;
    }
    return body;
}

} // namespace

void ImageView::wheelEvent(QWheelEvent* event)
{
    if (!d->values || event->angleDelta().y() == 0) {
        event->ignore();
        return;
    }
    zoomBy(std::pow(1.25, event->angleDelta().y() / 120.0), toImage(event->position()));
    event->accept();
}

void ImageView::mousePressEvent(QMouseEvent* event)
{
    if (!d->values)
        return;
    d->pressPosition = event->position();
    d->pressPoint = toImage(event->position());
    d->moved = false;
    d->windowBefore = d->window;
    const bool onImage = (imageRect() & canvasRect()).contains(event->position());
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && d->space)) {
        d->drag = Private::Drag::Pan;
        setCursor(Qt::ClosedHandCursor);
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    if (d->drawing) {
        if (!onImage)
            return;
        if (*d->drawing == ShapeKind::Polygon) {
            d->vertices.push_back(d->pressPoint);
            d->draft = polygonShape(d->vertices);
        } else {
            d->drag = Private::Drag::Draw;
            d->draft = drawnShape(*d->drawing, d->pressPoint, d->pressPoint);
        }
        update();
        return;
    }
    const std::optional<Shape> own = ownShape();
    const Hit hit = hitTest(*this, d->shapes, d->selected, own, event->position());
    if (hit.id != -1) {
        setSelectedShape(hit.id);
        d->drag = hit.handle >= 0 ? Private::Drag::Handle : Private::Drag::Body;
        d->dragged = hit.id;
        d->handle = hit.handle;
        d->before = hit.id == cropShapeId ? *own : d->shapes[std::size_t(hit.id)].shape;
        return;
    }
    setSelectedShape(-1);
    d->drag = Private::Drag::Click;
    if (d->marker && d->markerMovable && onImage) {
        d->drag = Private::Drag::Marker;
        d->markerBefore = d->marker;
        setMarker(ScanPoint{int(std::lround(d->pressPoint.y)), int(std::lround(d->pressPoint.x))});
        if (d->marker != d->markerBefore)
            Q_EMIT markerMoved(*d->marker);
    }
}

void ImageView::mouseMoveEvent(QMouseEvent* event)
{
    if (!d->values)
        return;
    const QPointF at = event->position();
    const ImagePoint point = toImage(at);
    if (distance(at, d->pressPosition) > dragStart)
        d->moved = true;
    const ScanPoint pixel{int(std::lround(point.y)), int(std::lround(point.x))};
    const bool onImage = (imageRect() & canvasRect()).contains(at) && pixel.y >= 0 && pixel.x >= 0 &&
                         pixel.y < d->height && pixel.x < d->width;
    if (onImage) {
        d->cursorInside = true;
        Q_EMIT cursorMoved(pixel.y, pixel.x,
                           (*d->values)[std::size_t(pixel.y) * std::size_t(d->width) + std::size_t(pixel.x)]);
    } else if (d->cursorInside) {
        d->cursorInside = false;
        Q_EMIT cursorLeft();
    }
    switch (d->drag) {
    case Private::Drag::None: {
        if (d->drawing) {
            if (*d->drawing == ShapeKind::Polygon && !d->vertices.empty()) {
                std::vector<ImagePoint> vertices = d->vertices;
                vertices.push_back(point);
                d->draft = polygonShape(std::move(vertices));
                update();
            }
            return;
        }
        const Hit hit = hitTest(*this, d->shapes, d->selected, ownShape(), at);
        setCursor(d->space ? Qt::OpenHandCursor : hit.cursor);
        if (d->hovered != hit.id) {
            d->hovered = hit.id;
            update();
        }
        return;
    }
    case Private::Drag::Click:
        if (!d->moved || d->window.zoom <= 1)
            return;
        d->drag = Private::Drag::Pan; // nothing else to drag: the image itself
        [[fallthrough]];
    case Private::Drag::Pan: {
        const QRectF rect = imageRect();
        const QPointF way = at - d->pressPosition;
        setViewWindow({{d->windowBefore.centre.y - way.y() / rect.height() * d->height,
                        d->windowBefore.centre.x - way.x() / rect.width() * d->width},
                       d->window.zoom});
        Q_EMIT viewWindowChanged(d->window);
        return;
    }
    case Private::Drag::Marker: {
        const std::optional<ScanPoint> before = d->marker;
        setMarker(pixel);
        if (d->marker != before)
            Q_EMIT markerMoved(*d->marker);
        return;
    }
    case Private::Drag::Draw:
        d->draft = drawnShape(*d->drawing, d->pressPoint, point);
        update();
        return;
    case Private::Drag::Body:
    case Private::Drag::Handle: {
        if (!d->moved)
            return;
        const Shape edited = d->drag == Private::Drag::Handle
                                 ? withHandleMoved(d->before, d->handle, point)
                                 : translated(d->before, point.y - d->pressPoint.y, point.x - d->pressPoint.x);
        const Shape shape = constrained(d->dragged, edited, d->before);
        if (d->dragged == cropShapeId) {
            ownShapeChanged(shape, false);
        } else {
            d->shapes[std::size_t(d->dragged)].shape = shape;
            Q_EMIT shapeChanged(d->dragged, shape);
        }
        update();
        return;
    }
    }
}

void ImageView::mouseReleaseEvent(QMouseEvent* event)
{
    const Private::Drag drag = d->drag;
    d->drag = Private::Drag::None;
    switch (drag) {
    case Private::Drag::None:
        return;
    case Private::Drag::Pan:
        setCursor(d->space ? Qt::OpenHandCursor : Qt::ArrowCursor);
        return;
    case Private::Drag::Click:
    case Private::Drag::Marker:
        if (!d->moved && (imageRect() & canvasRect()).contains(event->position()))
            Q_EMIT clicked(toImage(event->position()));
        return;
    case Private::Drag::Draw: {
        const Shape shape = *d->draft;
        const ShapeKind kind = *d->drawing;
        // A click alone makes no rectangle or circle; drawing goes on.
        d->draft.reset();
        if (kind != ShapeKind::Point && !d->moved) {
            update();
            return;
        }
        d->drawing.reset();
        unsetCursor();
        update();
        Q_EMIT shapeDrawn(shape);
        return;
    }
    case Private::Drag::Body:
    case Private::Drag::Handle:
        if (!d->moved)
            return;
        if (d->dragged == cropShapeId) {
            if (const std::optional<Shape> own = ownShape())
                ownShapeChanged(*own, true);
        } else if (d->dragged >= 0 && d->dragged < int(d->shapes.size())) {
            Q_EMIT shapeEdited(d->dragged, d->shapes[std::size_t(d->dragged)].shape);
        }
        return;
    }
}

void ImageView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !d->values)
        return;
    if (d->drawing == ShapeKind::Polygon) {
        QKeyEvent enter(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
        keyPressEvent(&enter);
        return;
    }
    if (!d->drawing)
        fit();
}

void ImageView::leaveEvent(QEvent*)
{
    d->hovered = -1;
    if (d->cursorInside) {
        d->cursorInside = false;
        Q_EMIT cursorLeft();
    }
    update();
}

void ImageView::contextMenuEvent(QContextMenuEvent* event)
{
    if (!d->values)
        return;
    QMenu menu(this);
    QAction* fitAction = menu.addAction(tr("Fit to view"));
    connect(fitAction, &QAction::triggered, this, &ImageView::fit);
    menu.addSeparator();
    addViewActions(
        menu, this, [this] { return toFigure(); }, [this] { Q_EMIT dataExportRequested(); });
    menu.exec(event->globalPos());
}

} // namespace dispersa
