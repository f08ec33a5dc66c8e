// SPDX-License-Identifier: GPL-3.0-or-later
// What the keyboard does in ImageView: marker, shapes and view move by arrows; Escape takes back what is being dragged.
#include "widgets/image_view_p.h"
#include "widgets/shape_handles.h"

#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace dispersa {

void ImageView::keyPressEvent(QKeyEvent* event)
{
    const int step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    int dy = 0;
    int dx = 0;
    switch (event->key()) {
    case Qt::Key_Up:
        dy = -step;
        break;
    case Qt::Key_Down:
        dy = step;
        break;
    case Qt::Key_Left:
        dx = -step;
        break;
    case Qt::Key_Right:
        dx = step;
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(1.25);
        return;
    case Qt::Key_Minus:
        zoomBy(0.8);
        return;
    case Qt::Key_0:
        fit();
        return;
    case Qt::Key_Space:
        if (!event->isAutoRepeat() && d->drag == Private::Drag::None) {
            d->space = true;
            setCursor(Qt::OpenHandCursor);
        }
        return;
    case Qt::Key_PageDown:
    case Qt::Key_PageUp: {
        const int count = int(d->shapes.size());
        if (count == 0)
            break;
        const int way = event->key() == Qt::Key_PageDown ? 1 : -1;
        setSelectedShape(d->selected < 0 ? (way > 0 ? 0 : count - 1) : (d->selected + way + count) % count);
        return;
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (d->drawing == ShapeKind::Polygon) {
            // A double click has placed its corner twice.
            std::vector<ImagePoint> vertices;
            for (const ImagePoint& vertex : d->vertices)
                if (vertices.empty() || std::hypot(vertex.y - vertices.back().y, vertex.x - vertices.back().x) > 1e-6)
                    vertices.push_back(vertex);
            if (vertices.size() < 3)
                return;
            d->drawing.reset();
            d->draft.reset();
            d->vertices.clear();
            unsetCursor();
            update();
            Q_EMIT shapeDrawn(polygonShape(std::move(vertices)));
            return;
        }
        break;
    case Qt::Key_Escape:
        if (d->drawing) {
            cancelDrawing();
            return;
        }
        if (d->drag == Private::Drag::Body || d->drag == Private::Drag::Handle) {
            d->drag = Private::Drag::None;
            if (d->dragged == cropShapeId) {
                ownShapeChanged(d->before, false);
            } else {
                d->shapes[std::size_t(d->dragged)].shape = d->before;
                Q_EMIT shapeChanged(d->dragged, d->before);
            }
            update();
            return;
        }
        if (d->drag == Private::Drag::Marker && d->markerBefore) {
            d->drag = Private::Drag::None;
            setMarker(d->markerBefore);
            Q_EMIT markerMoved(*d->marker);
            return;
        }
        if (d->selected != -1) {
            setSelectedShape(-1);
            return;
        }
        break;
    default:
        break;
    }
    if ((dy == 0 && dx == 0) || !d->values) {
        QWidget::keyPressEvent(event);
        return;
    }

    const bool resize = event->modifiers() & Qt::ControlModifier;
    const auto nudged = [&](const Shape& shape) {
        if (!resize)
            return translated(shape, dy, dx);
        // Ctrl + arrows: the lower right corner, or the radius.
        if (shape.kind == ShapeKind::Rectangle)
            return withHandleMoved(shape, 2, {shape.opposite.y + dy, shape.opposite.x + dx});
        if (shape.kind == ShapeKind::Circle || shape.kind == ShapeKind::Annulus)
            return withHandleMoved(shape, 0, {shape.centre.y, shape.centre.x + std::max(0.5, shape.radius + dx - dy)});
        return shape;
    };
    const std::optional<Shape> own = ownShape();
    if (own && d->selected < 0 && (d->selected == cropShapeId || !d->marker || !d->markerMovable)) {
        ownShapeChanged(constrained(cropShapeId, nudged(*own), *own), true);
    } else if (d->selected >= 0 && d->shapes[std::size_t(d->selected)].editable) {
        Shape& shape = d->shapes[std::size_t(d->selected)].shape;
        shape = constrained(d->selected, nudged(shape), shape);
        Q_EMIT shapeEdited(d->selected, Shape(shape));
    } else if (d->marker && d->markerMovable) {
        const std::optional<ScanPoint> before = d->marker;
        setMarker(ScanPoint{before->y + dy, before->x + dx});
        if (d->marker != before)
            Q_EMIT markerMoved(*d->marker);
    } else {
        setViewWindow({{d->window.centre.y + dy, d->window.centre.x + dx}, d->window.zoom});
        Q_EMIT viewWindowChanged(d->window);
    }
    update();
}

void ImageView::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        d->space = false;
        if (d->drag != Private::Drag::Pan)
            unsetCursor();
        return;
    }
    QWidget::keyReleaseEvent(event);
}

void ImageView::focusOutEvent(QFocusEvent* event)
{
    d->space = false;
    QWidget::focusOutEvent(event);
    update();
}

} // namespace dispersa
