// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/color_map.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace dispersa {

extern const std::array<QRgb, 256> viridisTable;
extern const std::array<QRgb, 256> infernoTable;
extern const std::array<QRgb, 256> greyTable;
extern const std::array<QRgb, 256> blueWhiteRedTable;

const std::array<QRgb, 256>& colorTable(ColorMap map)
{
    switch (map) {
    case ColorMap::Viridis:
        return viridisTable;
    case ColorMap::Inferno:
        return infernoTable;
    case ColorMap::Grey:
        return greyTable;
    case ColorMap::BlueWhiteRed:
        return blueWhiteRedTable;
    }
    return viridisTable;
}

QString colorMapName(ColorMap map)
{
    switch (map) {
    case ColorMap::Viridis:
        return QCoreApplication::translate("ColorMap", "Viridis");
    case ColorMap::Inferno:
        return QCoreApplication::translate("ColorMap", "Inferno");
    case ColorMap::Grey:
        return QCoreApplication::translate("ColorMap", "Grey");
    case ColorMap::BlueWhiteRed:
        return QCoreApplication::translate("ColorMap", "Blue - white - red");
    }
    return {};
}

QRgb colorOf(double value, const ValueRange& range, ColorMap map, DisplayScaling scaling)
{
    if (!std::isfinite(value))
        return qRgba(0, 0, 0, 0);
    const double position = scaledPosition(value, range, scaling);
    return colorTable(map)[std::size_t(std::clamp(int(position * 256), 0, 255))];
}

QRgb noDataColor()
{
    return qRgb(0xd4, 0xd0, 0xc8);
}

QBrush noDataBrush(double devicePixelRatio)
{
    // One tile of diagonal stripes; drawn by hand because Qt's own pattern brushes stay one device pixel thin on HiDPI.
    constexpr int side = 8;
    QImage tile(qRound(side * devicePixelRatio), qRound(side * devicePixelRatio), QImage::Format_RGB32);
    tile.fill(noDataColor());
    QPainter painter(&tile);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0x94, 0x8e, 0x84), 1.3 * devicePixelRatio));
    const double s = tile.width();
    for (const double shift : {-s, 0.0, s})
        painter.drawLine(QPointF(shift - 1, s + 1), QPointF(shift + s + 1, -1));
    painter.end();
    tile.setDevicePixelRatio(devicePixelRatio);
    return QBrush(tile);
}

QImage hatchImage(std::span<const std::uint8_t> mask, int height, int width, QSize size, double period_px,
                  const QRectF& part)
{
    if (height <= 0 || width <= 0 || mask.size() < std::size_t(height) * std::size_t(width) || size.isEmpty())
        return {};
    QImage chosen(width, height, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(chosen.scanLine(y));
        for (int x = 0; x < width; ++x)
            line[x] = mask[std::size_t(y) * std::size_t(width) + std::size_t(x)] ? qRgba(0, 0, 0, 255) : 0;
    }
    QImage layer(size, QImage::Format_ARGB32_Premultiplied);
    layer.fill(QColor(128, 128, 128, 70)); // a veil: single pixels may lie between two stripes
    QPainter painter(&layer);
    painter.setRenderHint(QPainter::Antialiasing);
    const double reach = size.width() + size.height();
    for (const auto& [color, share] : {std::pair{QColor(0, 0, 0, 170), 0.46}, std::pair{QColor(255, 255, 255, 235), 0.2}}) {
        painter.setPen(QPen(color, std::max(1.0, share * period_px), Qt::SolidLine, Qt::FlatCap));
        for (double start = -reach; start < reach; start += period_px * std::numbers::sqrt2)
            painter.drawLine(QPointF(start, 0), QPointF(start + reach, reach));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setCompositionMode(QPainter::CompositionMode_DestinationIn);
    painter.drawImage(QRectF(QPointF(0, 0), QSizeF(size)), chosen, part.isEmpty() ? QRectF(chosen.rect()) : part);
    return layer;
}

QImage hatchSwatch(const QSize& size, const QColor& background, double devicePixelRatio)
{
    const QSize pixels = size * devicePixelRatio;
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(background);
    const std::uint8_t all = 1;
    QPainter painter(&image);
    painter.drawImage(QPoint(0, 0), hatchImage({&all, 1}, 1, 1, pixels, hatchPeriod_px * devicePixelRatio));
    painter.setPen(QColor(0, 0, 0, 120));
    painter.drawRect(QRect(QPoint(0, 0), pixels - QSize(1, 1)));
    painter.end();
    image.setDevicePixelRatio(devicePixelRatio);
    return image;
}

QImage colorImage(std::span<const float> values, int height, int width, const ValueRange& range, ColorMap map,
                  DisplayScaling scaling)
{
    if (height <= 0 || width <= 0 || values.size() < std::size_t(height) * std::size_t(width))
        return {};
    const std::array<QRgb, 256>& table = colorTable(map);
    const ValueRange usable = usableRange(range, scaling);
    const float low = float(usable.low);
    const float perStep = float(256 / (usable.high - usable.low));
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        const float* row = values.data() + std::size_t(y) * std::size_t(width);
        for (int x = 0; x < width; ++x) {
            if (!std::isfinite(row[x]))
                line[x] = 0;
            else if (scaling == DisplayScaling::Linear)
                line[x] = table[std::size_t(std::clamp((row[x] - low) * perStep, 0.f, 255.f))];
            else
                line[x] = table[std::size_t(std::clamp(int(scaledPosition(row[x], usable, scaling) * 256), 0, 255))];
        }
    }
    return image;
}

} // namespace dispersa
