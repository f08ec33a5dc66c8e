// SPDX-License-Identifier: GPL-3.0-or-later
// Colour maps: 256 colours from low to high, and the look of pixels without data.
#pragma once

#include "core/data/element_map.h"
#include "widgets/display_scaling.h"

#include <QBrush>
#include <QImage>
#include <QString>

#include <array>
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
