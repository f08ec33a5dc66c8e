// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of pixels over a map; see split_map.h.
#include "app/pages/train/split_map.h"

#include "widgets/palette.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace dispersa {

namespace {
constexpr int smallestBlock_px = 2;
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
    m_block_px = block_px;
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
    if (m_block_px) {
        const QPointF end = corner();
        painter.setBrush(Qt::NoBrush);
        for (const QPen& pen : {QPen(QColor(0, 0, 0, 160), 3), QPen(Qt::white, 1.4)}) {
            painter.setPen(pen);
            painter.drawRect(QRectF(area.topLeft(), end));
        }
        constexpr double half = 4.5;
        painter.setPen(QPen(Qt::black, 1));
        painter.setBrush(Qt::white);
        painter.drawRect(QRectF(end.x() - half, end.y() - half, 2 * half, 2 * half));
    }
    painter.restore();
}

void SplitMap::wheelEvent(QWheelEvent* event)
{
    event->ignore();
}

QPointF SplitMap::corner() const
{
    const int edge = m_block_px.value_or(0);
    return toWidget({m_shown.y - 0.5 + edge, m_shown.x - 0.5 + edge});
}

bool SplitMap::isAtCorner(const QPointF& position) const
{
    constexpr double reach = 9;
    const QPointF away = position - corner();
    return m_block_px && hasImage() && std::abs(away.x()) <= reach && std::abs(away.y()) <= reach;
}

void SplitMap::drag(const QPointF& to)
{
    const ImagePoint point = toImage(to);
    const double edge = std::max(point.y - m_shown.y, point.x - m_shown.x) + 0.5;
    const int most = std::max(smallestBlock_px, std::max(m_shown.height, m_shown.width));
    const int block = std::clamp(int(std::lround(edge)), smallestBlock_px, most);
    if (block != m_block_px)
        Q_EMIT blockDragged(block);
}

void SplitMap::mousePressEvent(QMouseEvent* event)
{
    m_dragging = event->button() == Qt::LeftButton && isAtCorner(event->position());
    if (!m_dragging)
        MapView::mousePressEvent(event);
}

void SplitMap::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging) {
        drag(event->position());
        return;
    }
    MapView::mouseMoveEvent(event);
    if (isAtCorner(event->position()))
        setCursor(Qt::SizeFDiagCursor);
    else
        unsetCursor();
}

void SplitMap::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_dragging)
        MapView::mouseReleaseEvent(event);
    m_dragging = false;
}

} // namespace dispersa
