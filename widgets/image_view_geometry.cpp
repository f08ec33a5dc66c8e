// SPDX-License-Identifier: GPL-3.0-or-later
// Where the image of an ImageView lies in the widget: zoom, the part that is seen, and coordinates both ways.
#include "widgets/image_view_p.h"

#include <algorithm>

namespace dispersa {
namespace {

constexpr double largestZoom = 64;

} // namespace

QRectF ImageView::imageRect() const
{
    const QRectF canvas = canvasRect();
    if (!d->values || canvas.isEmpty())
        return {};
    const double aspect = d->aspect();
    const double scale = std::min(canvas.width() / d->width, canvas.height() / (d->height * aspect)) * d->window.zoom;
    const QSizeF size(d->width * scale, d->height * scale * aspect);
    const QPointF centre((d->window.centre.x + 0.5) * scale, (d->window.centre.y + 0.5) * scale * aspect);
    return {canvas.center() - centre, size};
}

QPointF ImageView::toWidget(ImagePoint point) const
{
    const QRectF rect = imageRect();
    return {rect.left() + (point.x + 0.5) * rect.width() / std::max(1, d->width),
            rect.top() + (point.y + 0.5) * rect.height() / std::max(1, d->height)};
}

ImagePoint ImageView::toImage(QPointF position) const
{
    const QRectF rect = imageRect();
    if (rect.isEmpty())
        return {};
    return {(position.y() - rect.top()) / rect.height() * d->height - 0.5,
            (position.x() - rect.left()) / rect.width() * d->width - 0.5};
}

ViewWindow ImageView::viewWindow() const
{
    return d->window;
}

void ImageView::setViewWindow(const ViewWindow& window)
{
    d->window.zoom = std::clamp(window.zoom, 1.0, largestZoom);
    d->window.centre = window.centre;
    if (d->values) {
        // The image fills the canvas as far as it can; it never slides out of sight.
        const QRectF rect = imageRect();
        const QRectF canvas = canvasRect();
        const auto clamped = [](double centre, int pixels, double length, double room) {
            const double half = length > 0 ? room / length * pixels / 2 : pixels;
            return 2 * half >= pixels ? (pixels - 1) / 2.0 : std::clamp(centre, half - 0.5, pixels - 0.5 - half);
        };
        d->window.centre = {clamped(window.centre.y, d->height, rect.height(), canvas.height()),
                            clamped(window.centre.x, d->width, rect.width(), canvas.width())};
    }
    update();
}

void ImageView::fit()
{
    setViewWindow({{(d->height - 1) / 2.0, (d->width - 1) / 2.0}, 1});
    Q_EMIT viewWindowChanged(d->window);
}

void ImageView::zoomBy(double factor, std::optional<ImagePoint> about)
{
    if (!d->values || !(factor > 0))
        return;
    const ImagePoint fixed = about.value_or(d->window.centre);
    const double before = d->window.zoom;
    const double zoom = std::clamp(before * factor, 1.0, largestZoom);
    // The point under the cursor stays where it is.
    const double ratio = before / zoom;
    setViewWindow(
        {{fixed.y + (d->window.centre.y - fixed.y) * ratio, fixed.x + (d->window.centre.x - fixed.x) * ratio}, zoom});
    Q_EMIT viewWindowChanged(d->window);
}

void ImageView::resizeEvent(QResizeEvent*)
{
    setViewWindow(d->window);
}

} // namespace dispersa
