// SPDX-License-Identifier: GPL-3.0-or-later
// Colour maps: 256 colours from low to high, and the look of pixels without data.
#pragma once

#include "core/data/element_map.h"
#include "widgets/display_scaling.h"

#include <QBrush>
#include <QColor>
#include <QImage>
#include <QRectF>
#include <QString>

#include <array>
#include <cstdint>
#include <span>

namespace dispersa {

/// Viridis: fractions. Inferno: patterns. Grey: HAADF. BlueWhiteRed: differences and correlations (centre it on zero).
enum class ColorMap { Viridis, Inferno, Grey, BlueWhiteRed };

/// Opaque colours, element 0 for the low end of the range.
const std::array<QRgb, 256>& colorTable(ColorMap map);
/// Name for menus, e.g. "Viridis", "Blue - white - red".
QString colorMapName(ColorMap map);
/// Colour of `value`; values outside `range` take the end colours; NaN and infinities are transparent.
QRgb colorOf(double value, const ValueRange& range, ColorMap map, DisplayScaling scaling = DisplayScaling::Linear);

/// Colour and hatch that stand under pixels without data, for screens of `devicePixelRatio`.
QRgb noDataColor();
QBrush noDataBrush(double devicePixelRatio = 1);

/// Strikes pixels through from top left to bottom right, across the stripes of no data: white with a dark edge on a
/// light veil, seen on any colour. `mask` has height x width values. A picture of `size` pixels, transparent elsewhere; stripes `period_px` apart.
/// `part`: of the mask, in its pixels; empty: all of it.
QImage hatchImage(std::span<const std::uint8_t> mask, int height, int width, QSize size, double period_px,
                  const QRectF& part = {});
/// Distance of the stripes on a screen, device-independent pixels.
inline constexpr double hatchPeriod_px = 5;
/// A swatch of that hatch over `background`, for legends.
QImage hatchSwatch(const QSize& size, const QColor& background, double devicePixelRatio = 1);

/// Row-major values as an image of width x height pixels, row 0 on top; pixels without data are transparent.
QImage colorImage(std::span<const float> values, int height, int width, const ValueRange& range, ColorMap map,
                  DisplayScaling scaling = DisplayScaling::Linear);

/// What a colour bar shows: which colours stand for which values. `label` holds quantity and unit, e.g. "O (fraction)".
struct ColorScale {
    ColorMap map = ColorMap::Viridis;
    ValueRange range = {0, 1};
    DisplayScaling scaling = DisplayScaling::Linear;
    QString label = {};
};

} // namespace dispersa
