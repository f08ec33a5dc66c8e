// SPDX-License-Identifier: GPL-3.0-or-later
// Values and settings of ImageView; geometry, shapes, painting and events have files of their own.
#include "widgets/image_view_p.h"

#include <QEvent>

#include <algorithm>

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

} // namespace dispersa
