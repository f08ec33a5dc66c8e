// SPDX-License-Identifier: GPL-3.0-or-later
// Colour bar; see color_bar.h.
#include "app/pages/compare/color_bar.h"

#include "widgets/display_scaling.h"

#include <QPainter>

namespace dispersa {

namespace {
constexpr int thickness = 12;
constexpr int gap = 3;

QImage ramp(const ColorScale& scale, Qt::Orientation orientation)
{
    const auto& table = colorTable(scale.map);
    const bool flat = orientation == Qt::Horizontal;
    QImage image(flat ? 256 : 1, flat ? 1 : 256, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        image.setPixel(flat ? i : 0, flat ? 0 : 255 - i, table[std::size_t(i)]);
    return image;
}
} // namespace

ColorBar::ColorBar(Qt::Orientation orientation, QWidget* parent) : QWidget(parent), m_orientation(orientation)
{
    const bool flat = orientation == Qt::Horizontal;
    setSizePolicy(flat ? QSizePolicy::Expanding : QSizePolicy::Fixed,
                  flat ? QSizePolicy::Fixed : QSizePolicy::Expanding);
}

void ColorBar::setScale(const ColorScale& scale)
{
    m_scale = scale;
    setAccessibleName(tr("Colours from %1 to %2, %3").arg(scale.range.low).arg(scale.range.high).arg(scale.label));
    setToolTip(scale.label);
    update();
}

QSize ColorBar::sizeHint() const
{
    const QFontMetrics metrics = fontMetrics();
    if (m_orientation == Qt::Horizontal)
        return {120, thickness + 2 * gap + 2 * metrics.height()};
    return {thickness + 5 * gap + metrics.horizontalAdvance(QStringLiteral("\u22120.000")) + metrics.height(), 120};
}

QSize ColorBar::minimumSizeHint() const
{
    return m_orientation == Qt::Horizontal ? QSize(40, sizeHint().height()) : QSize(sizeHint().width(), 60);
}

void ColorBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    if (m_orientation == Qt::Horizontal)
        paintHorizontal(painter);
    else
        paintVertical(painter);
}

void ColorBar::paintHorizontal(QPainter& painter)
{
    const QFontMetrics metrics = fontMetrics();
    const QRect bar(gap, gap, width() - 2 * gap, thickness);
    painter.drawImage(bar, ramp(m_scale, m_orientation));
    painter.drawRect(bar.adjusted(0, 0, -1, -1));
    const int room = metrics.horizontalAdvance(QStringLiteral("0.00 "));
    const auto ticks =
        niceTicks(m_scale.range.low, m_scale.range.high, std::max(2, bar.width() / (2 * room)), m_scale.scaling);
    const auto texts = tickTexts(ticks);
    int free = 0; // texts may not overlap
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const int x = bar.left() + int(scaledPosition(ticks[i], m_scale.range, m_scale.scaling) * (bar.width() - 1));
        painter.drawLine(x, bar.bottom(), x, bar.bottom() + gap);
        const int textWidth = metrics.horizontalAdvance(texts[i]);
        const int left = std::clamp(x - textWidth / 2, 0, std::max(0, width() - textWidth));
        if (left < free)
            continue;
        painter.drawText(left, bar.bottom() + gap + metrics.ascent(), texts[i]);
        free = left + textWidth + 4;
    }
    const QRect label(0, bar.bottom() + gap + metrics.height() - 1, width(), metrics.height());
    painter.drawText(label, Qt::AlignHCenter | Qt::AlignTop,
                     metrics.elidedText(m_scale.label, Qt::ElideRight, width()));
}

void ColorBar::paintVertical(QPainter& painter)
{
    const QFontMetrics metrics = fontMetrics();
    const QRect bar(gap, metrics.height() / 2, thickness, height() - metrics.height());
    painter.drawImage(bar, ramp(m_scale, m_orientation));
    painter.drawRect(bar.adjusted(0, 0, -1, -1));
    const auto ticks = niceTicks(m_scale.range.low, m_scale.range.high,
                                 std::clamp(bar.height() / (2 * metrics.height()), 2, 5), m_scale.scaling);
    const auto texts = tickTexts(ticks);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const int y = bar.bottom() - int(scaledPosition(ticks[i], m_scale.range, m_scale.scaling) * (bar.height() - 1));
        painter.drawLine(bar.right(), y, bar.right() + gap, y);
        painter.drawText(bar.right() + 2 * gap, y + metrics.ascent() / 2 - 1, texts[i]);
    }
    painter.translate(width(), bar.center().y());
    painter.rotate(-90);
    const QRect label(-height() / 2, -metrics.height(), height(), metrics.height());
    painter.drawText(label, Qt::AlignCenter, metrics.elidedText(m_scale.label, Qt::ElideRight, height()));
}

} // namespace dispersa
