// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of pixels over a map; see split_map.h.
#include "app/pages/train/split_map.h"

#include "widgets/palette.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace dispersa {

namespace {
constexpr int smallestBlock_px = 2;

Shape firstBlock(const Region& crop, int edge)
{
    return rectangleShape({crop.y - 0.5, crop.x - 0.5}, {crop.y - 0.5 + edge, crop.x - 0.5 + edge});
}
} // namespace

QColor pixelSetColor(PixelSet set)
{
    switch (set) {
    case PixelSet::Test:
        return categoryColor(1);
    case PixelSet::Validation:
        return categoryColor(0);
    case PixelSet::Calibration:
        return categoryColor(3);
    case PixelSet::Guard:
        return {0x60, 0x60, 0x60};
    case PixelSet::Unused:
        return {0x20, 0x20, 0x20};
    case PixelSet::Train:
        break;
    }
    return Qt::transparent;
}

SplitMap::SplitMap(QWidget* parent) : MapView(parent)
{
    setColorBarVisible(false);
    setScaleBarVisible(false);
    setColorMap(ColorMap::Grey); // colours are for the sets
    connect(this, &ImageView::shapeChanged, this, [this](int, const Shape& shape) {
        Q_EMIT blockDragged(int(std::lround(shape.opposite.y - shape.corner.y)));
    });
    connect(this, &ImageView::shapeEdited, this, [this](int, const Shape& shape) {
        Q_EMIT blockDragged(int(std::lround(shape.opposite.y - shape.corner.y)));
    });
}

void SplitMap::setSplit(MapPtr map, const Region& crop, const std::vector<PixelSet>& sets, std::optional<int> block_px)
{
    if (map != this->map())
        setMap(map);
    setCrop(crop);
    m_shown = crop;
    m_sets = QImage(crop.width, crop.height, QImage::Format_ARGB32);
    for (int y = 0; y < crop.height; ++y)
        for (int x = 0; x < crop.width; ++x) {
            const std::size_t i = std::size_t(y) * std::size_t(crop.width) + std::size_t(x);
            QColor color = i < sets.size() ? pixelSetColor(sets[i]) : QColor(Qt::transparent);
            if (color.alpha() > 0)
                color.setAlpha(150); // the map stays visible below
            m_sets.setPixelColor(x, y, color);
        }
    std::vector<OverlayShape> shapes;
    if (block_px)
        shapes.push_back({firstBlock(crop, *block_px), Qt::white, {}, true});
    if (shapes.empty() || this->shapes().empty() || !(this->shapes().front().shape == shapes.front().shape))
        setShapes(std::move(shapes));
    if (block_px)
        setSelectedShape(0); // its handles are what is dragged
    setToolTip(block_px ? tr("Drag the corner of the white block to make all blocks larger or smaller") : QString());
    update();
}

void SplitMap::paintDecoration(QPainter& painter)
{
    if (m_sets.isNull())
        return;
    const QRectF area(toWidget({m_shown.y - 0.5, m_shown.x - 0.5}),
                      toWidget({m_shown.y + m_shown.height - 0.5, m_shown.x + m_shown.width - 0.5}));
    painter.save();
    painter.setClipRect(canvasRect());
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(area, m_sets);
    painter.restore();
}

Shape SplitMap::constrained(int id, const Shape& edited, const Shape& before) const
{
    if (id != 0)
        return MapView::constrained(id, edited, before);
    // A square that stays in the crop's corner, where the tiling begins: only its edge follows the mouse.
    const auto change = [](double to, double from) { return to - from; };
    const double dy = change(edited.opposite.y, before.opposite.y), dx = change(edited.opposite.x, before.opposite.x);
    const double old = before.opposite.y - before.corner.y;
    const int most = std::max(smallestBlock_px, std::max(m_shown.height, m_shown.width));
    const bool moved = edited.corner.y != before.corner.y || edited.corner.x != before.corner.x;
    const double edge = moved ? old : old + (std::abs(dy) > std::abs(dx) ? dy : dx);
    return firstBlock(m_shown, std::clamp(int(std::lround(edge)), smallestBlock_px, most));
}

} // namespace dispersa
