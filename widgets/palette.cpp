// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/palette.h"

#include <array>

namespace dispersa {
namespace {

QColor mixed(const QColor& a, const QColor& b, double share)
{
    return QColor::fromRgbF(float(a.redF() * (1 - share) + b.redF() * share),
                            float(a.greenF() * (1 - share) + b.greenF() * share),
                            float(a.blueF() * (1 - share) + b.blueF() * share));
}

} // namespace

QColor categoryColor(int index)
{
    // Okabe & Ito; yellow last, because it is the weakest on white.
    static constexpr std::array<QRgb, categoryColorCount> colors = {0xff0072b2, 0xffd55e00, 0xff009e73, 0xffcc79a7,
                                                                    0xff56b4e9, 0xffe69f00, 0xfff0e442};
    const int wrapped = ((index % categoryColorCount) + categoryColorCount) % categoryColorCount;
    return QColor::fromRgb(colors[std::size_t(wrapped)]);
}

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Base).lightness() < palette.color(QPalette::Text).lightness();
}

PlotColors plotColors(const QPalette& palette)
{
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    return {base, text, mixed(text, base, 0.2), mixed(base, text, 0.1), mixed(text, base, 0.45)};
}

} // namespace dispersa
