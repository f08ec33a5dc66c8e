// SPDX-License-Identifier: GPL-3.0-or-later
// Values, settings and geometry of ImageView; painting and events have files of their own.
#include "widgets/image_view_p.h"

#include "widgets/shape_handles.h"

#include <QEvent>

#include <algorithm>
#include <cmath>

namespace dispersa {

QFont readableFont(const QWidget& widget)
{
    QFont font = widget.font();
    if (font.pointSizeF() > 0 && font.pointSizeF() < 9)
        font.setPointSizeF(9);
    return font;
}

ImageView::ImageView(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setObjectName(QStringLiteral("imageView"));
    setAccessibleName(tr("Image"));
}

ImageView::~ImageView() = default;

void ImageView::setImage(std::shared_ptr<const std::vector<float>> values, int height, int width)
{
    if (!values || height <= 0 || width <= 0 || values->size() < std::size_t(height) * std::size_t(width)) {
        clearImage();
        return;
    }
    const bool newSize = height != d->height || width != d->width;
    d->values = std::move(values);
    d->height = height;
    d->width = width;
    d->imageOld = true;
    if (newSize) {
        d->hatched.reset();
        d->window = {{(height - 1) / 2.0, (width - 1) / 2.0}, 1};
        d->drag = Private::Drag::None;
    }
    setRange(d->fixedRange);
}

void ImageView::clearImage()
{
    d->values.reset();
    d->hatched.reset();
    d->height = 0;
    d->width = 0;
    d->image = {};
    d->drag = Private::Drag::None;
    update();
}

bool ImageView::hasImage() const
{
    return d->values != nullptr;
}
int ImageView::imageHeight() const
{
    return d->height;
}
int ImageView::imageWidth() const
{
    return d->width;
}
std::shared_ptr<const std::vector<float>> ImageView::imageValues() const
{
    return d->values;
}
QString ImageView::title() const
{
    return d->title;
}
ColorMap ImageView::colorMap() const
{
    return d->map;
}
DisplayScaling ImageView::scaling() const
{
    return d->scaling;
}
ValueRange ImageView::shownRange() const
{
    return d->range;
}
std::optional<ScanPoint> ImageView::marker() const
{
    return d->marker;
}
const std::vector<OverlayShape>& ImageView::shapes() const
{
    return d->shapes;
}
int ImageView::selectedShape() const
{
    return d->selected;
}
ViewWindow ImageView::viewWindow() const
{
    return d->window;
}
bool ImageView::isDrawing() const
{
    return d->drawing.has_value();
}

void ImageView::setHatched(PixelMask mask)
{
    if (mask && mask->size() != std::size_t(d->height) * std::size_t(d->width))
        mask.reset(); // of another image
    d->hatched = std::move(mask);
    update();
}

const PixelMask& ImageView::hatched() const
{
    return d->hatched;
}

void ImageView::setTitle(const QString& title)
{
    d->title = title;
    update();
}

void ImageView::setPlaceholder(const QString& text)
{
    d->placeholder = text;
    update();
}

void ImageView::setColorMap(ColorMap map)
{
    d->map = map;
    d->imageOld = true;
    update();
}

void ImageView::setScaling(DisplayScaling scaling)
{
    d->scaling = scaling;
    d->imageOld = true;
    setRange(d->fixedRange);
}

void ImageView::setRange(std::optional<ValueRange> range)
{
    d->fixedRange = range;
    const ValueRange before = d->range;
    if (range) {
        d->range = usableRange(*range, d->scaling);
    } else if (d->values) {
        ValueRange automatic = percentileRange(*d->values, d->lowPercent, d->highPercent, d->scaling);
        if (d->zeroCentred)
            automatic = symmetricRange(automatic);
        d->range = usableRange(automatic, d->scaling);
    }
    d->imageOld = true;
    update();
    if (before.low != d->range.low || before.high != d->range.high)
        Q_EMIT rangeChanged(d->range);
}

void ImageView::setAutorangePercentiles(double low, double high)
{
    d->lowPercent = std::min(low, high);
    d->highPercent = std::max(low, high);
    setRange(d->fixedRange);
}

void ImageView::setZeroCentred(bool on)
{
    d->zeroCentred = on;
    setRange(d->fixedRange);
}

void ImageView::setColorBarVisible(bool visible)
{
    d->colorBar = visible;
    update();
}

void ImageView::setColorBarLabel(const QString& label)
{
    d->colorBarLabel = label;
    update();
}

void ImageView::setPixelSize(std::optional<double> size_y, std::optional<double> size_x, const QString& unit)
{
    d->size_y = size_y;
    d->size_x = size_x;
    d->unit = unit;
    update();
}

void ImageView::setScaleBarVisible(bool visible)
{
    d->scaleBar = visible;
    update();
}

void ImageView::setMarker(std::optional<ScanPoint> marker)
{
    if (marker && d->values) {
        marker->y = std::clamp(marker->y, 0, d->height - 1);
        marker->x = std::clamp(marker->x, 0, d->width - 1);
    }
    d->marker = marker;
    update();
}

void ImageView::setMarkerMovable(bool movable)
{
    d->markerMovable = movable;
}

void ImageView::setGhostCursor(std::optional<ScanPoint> point)
{
    if (d->ghost == point)
        return;
    d->ghost = point;
    update();
}

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

void ImageView::setViewWindow(const ViewWindow& window)
{
    constexpr double largestZoom = 64;
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
    const double zoom = std::clamp(before * factor, 1.0, 64.0);
    // The point under the cursor stays where it is.
    const double ratio = before / zoom;
    setViewWindow(
        {{fixed.y + (d->window.centre.y - fixed.y) * ratio, fixed.x + (d->window.centre.x - fixed.x) * ratio}, zoom});
    Q_EMIT viewWindowChanged(d->window);
}

Shape ImageView::constrained(int, const Shape& edited, const Shape&) const
{
    // The middle stays on the image, so that no shape gets lost.
    const ImagePoint centre = shapeCentre(edited);
    const double y = std::clamp(centre.y, 0.0, std::max(0.0, d->height - 1.0));
    const double x = std::clamp(centre.x, 0.0, std::max(0.0, d->width - 1.0));
    return translated(edited, y - centre.y, x - centre.x);
}

ImagePanel ImageView::imagePanel() const
{
    ImagePanel panel;
    panel.height = d->height;
    panel.width = d->width;
    panel.values = d->values;
    panel.hatched = d->hatched;
    panel.colors = {d->map, d->range, d->scaling, d->colorBarLabel};
    panel.colorBar = d->colorBar;
    panel.title = d->title;
    panel.aspect = d->aspect();
    if (d->scaleBar)
        panel.pixelSize = d->size_x;
    panel.lengthUnit = d->unit;
    for (const OverlayShape& shape : d->shapes)
        panel.shapes.push_back({shape.shape, shape.color.isValid() ? shape.color : QColor(Qt::white), shape.name});
    if (const std::optional<Shape> own = ownShape())
        panel.shapes.push_back({*own, Qt::white, {}});
    return panel;
}

Figure ImageView::toFigure() const
{
    return Figure::single(imagePanel());
}
QSize ImageView::sizeHint() const
{
    return {320, 320};
}
QSize ImageView::minimumSizeHint() const
{
    return {120, 120};
}

void ImageView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange)
        update();
}

void ImageView::resizeEvent(QResizeEvent*)
{
    setViewWindow(d->window);
}

} // namespace dispersa
