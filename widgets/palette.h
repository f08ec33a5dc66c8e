// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of lines, bars and regions: safe for colour-blind eyes (Okabe & Ito 2008), readable on light and dark.
#pragma once

#include <QColor>
#include <QPalette>

namespace dispersa {

/// The i-th of seven colours that can be told apart; starts again after the seventh. Black is left out: it is for axes.
QColor categoryColor(int index);
inline constexpr int categoryColorCount = 7;

/// Colours of a plot taken from a widget's palette, so that dark themes stay readable.
struct PlotColors {
    QColor background;
    QColor text;
    QColor axis;
    QColor grid;
    QColor subdued; ///< guides such as the 1:1 line
};
PlotColors plotColors(const QPalette& palette);
bool isDark(const QPalette& palette);

} // namespace dispersa
