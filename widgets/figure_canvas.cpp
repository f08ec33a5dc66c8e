// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figure_canvas_p.h"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <functional>

namespace dispersa {

bool clippedSegment(QPointF& a, QPointF& b, const QRectF& clip)
{
    // Liang and Barsky 1984.
    const QPointF d = b - a;
    double t0 = 0;
    double t1 = 1;
    const double p[4] = {-d.x(), d.x(), -d.y(), d.y()};
    const double q[4] = {a.x() - clip.left(), clip.right() - a.x(), a.y() - clip.top(), clip.bottom() - a.y()};
    for (int i = 0; i < 4; ++i) {
        if (p[i] == 0) {
            if (q[i] < 0)
                return false;
            continue;
        }
        const double t = q[i] / p[i];
        if (p[i] < 0)
            t0 = std::max(t0, t);
        else
            t1 = std::min(t1, t);
        if (t0 > t1)
            return false;
    }
    const QPointF start = a;
    a = start + t0 * d;
    b = start + t1 * d;
    return true;
}

std::vector<QPolygonF> clippedPolyline(const QPolygonF& line, const QRectF& clip)
{
    std::vector<QPolygonF> parts;
    const auto finite = [](const QPointF& p) { return std::isfinite(p.x()) && std::isfinite(p.y()); };
    QPolygonF current;
    const auto finish = [&] {
        if (current.size() > 1)
            parts.push_back(current);
        current.clear();
    };
    for (qsizetype i = 0; i + 1 < line.size(); ++i) {
        QPointF a = line[i];
        QPointF b = line[i + 1];
        if (!finite(a) || !finite(b) || !clippedSegment(a, b, clip)) {
            finish();
            continue;
        }
        if (current.isEmpty() || current.last() != a) {
            finish();
            current << a;
        }
        current << b;
        if (b != line[i + 1])
            finish();
    }
    finish();
    return parts;
}

QPolygonF clippedPolygon(const QPolygonF& polygon, const QRectF& clip)
{
    // Sutherland and Hodgman 1974: one border after the other.
    const auto cut = [](const QPolygonF& in, const std::function<double(const QPointF&)>& inside) {
        QPolygonF out;
        for (qsizetype i = 0; i < in.size(); ++i) {
            const QPointF& a = in[i];
            const QPointF& b = in[(i + 1) % in.size()];
            const double da = inside(a);
            const double db = inside(b);
            if (da >= 0)
                out << a;
            if ((da >= 0) != (db >= 0))
                out << a + (b - a) * (da / (da - db));
        }
        return out;
    };
    QPolygonF result = polygon;
    result = cut(result, [&](const QPointF& p) { return p.x() - clip.left(); });
    result = cut(result, [&](const QPointF& p) { return clip.right() - p.x(); });
    result = cut(result, [&](const QPointF& p) { return p.y() - clip.top(); });
    return cut(result, [&](const QPointF& p) { return clip.bottom() - p.y(); });
}

QFont FigureCanvas::font(const FigureStyle& style, double extra_pt, bool bold)
{
    QFont font(style.fontFamily);
    font.setStyleHint(QFont::SansSerif);
    font.setPixelSize(std::max(1, int(std::lround((style.fontSize_pt + extra_pt) * unitsPerPt))));
    font.setBold(bold);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QSizeF FigureCanvas::textSize(const FigureStyle& style, const QString& text, double extra_pt, bool bold)
{
    const QFontMetricsF metrics(font(style, extra_pt, bold));
    return {metrics.horizontalAdvance(text), metrics.height()};
}

QPen FigureCanvas::pen(const QColor& color, double width_pt, Qt::PenStyle style) const
{
    return QPen(color, width_pt * unitsPerPt, style, Qt::FlatCap, Qt::RoundJoin);
}

void FigureCanvas::line(QPointF a, QPointF b, const QPen& pen)
{
    m_painter.setPen(pen);
    m_painter.drawLine(a, b);
}

void FigureCanvas::polyline(const QPolygonF& points, const QPen& pen, const QRectF& clip)
{
    m_painter.setPen(pen);
    m_painter.setBrush(Qt::NoBrush);
    for (const QPolygonF& part : clippedPolyline(points, clip))
        m_painter.drawPolyline(part);
}

void FigureCanvas::polygon(const QPolygonF& points, const QBrush& brush, const QPen& pen, const QRectF& clip)
{
    const QPolygonF inside = clippedPolygon(points, clip);
    if (inside.size() < 3)
        return;
    m_painter.setPen(pen);
    m_painter.setBrush(brush);
    m_painter.drawPolygon(inside);
}

void FigureCanvas::rect(const QRectF& area, const QBrush& brush, const QPen& pen, const QRectF& clip)
{
    const QRectF inside = area.normalized() & clip;
    if (inside.isEmpty())
        return;
    m_painter.setPen(pen);
    m_painter.setBrush(brush);
    m_painter.drawRect(inside);
}

void FigureCanvas::outline(const QPainterPath& path, const QPen& pen, const QRectF& clip)
{
    for (const QPolygonF& polygon : path.toSubpathPolygons())
        polyline(polygon, pen, clip);
}

void FigureCanvas::dot(QPointF centre, double radius, const QColor& color, const QRectF& clip)
{
    const QRectF box(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius);
    if (!clip.contains(centre))
        return;
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(color);
    if (clip.contains(box)) {
        m_painter.drawEllipse(box);
        return;
    }
    QPainterPath path;
    path.addEllipse(box);
    m_painter.drawPolygon(clippedPolygon(path.toFillPolygon(), clip));
}

void FigureCanvas::dots(const QPolygonF& centres, double radius, const QColor& color, const QRectF& clip)
{
    constexpr int corners = 8;
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    for (const QPointF& centre : centres) {
        if (!clip.contains(centre))
            continue;
        QPolygonF disc;
        for (int i = 0; i < corners; ++i) {
            const double angle = (i + 0.5) * 2 * 3.14159265358979323846 / corners;
            disc << centre + QPointF(std::cos(angle), std::sin(angle)) * radius * 1.05;
        }
        path.addPolygon(clippedPolygon(disc, clip));
        path.closeSubpath();
    }
    if (!path.isEmpty())
        m_painter.fillPath(path, color);
}

void FigureCanvas::text(QPointF anchor, Qt::Alignment alignment, const QString& text, double extra_pt, bool bold,
                        QColor color, bool turned, double room)
{
    if (text.isEmpty())
        return;
    QFont used = font(m_style, extra_pt, bold);
    QString shown = text;
    if (room > 0) {
        const double width = QFontMetricsF(used).horizontalAdvance(text);
        if (width > room)
            used.setPixelSize(std::max(int(used.pixelSize() * room / width), int(used.pixelSize() * 0.7)));
        shown = QFontMetricsF(used).elidedText(text, Qt::ElideRight, room + 1);
    }
    const QFontMetricsF metrics(used);
    const double width = metrics.horizontalAdvance(shown);
    double x = 0;
    if (alignment & Qt::AlignHCenter)
        x = -width / 2;
    else if (alignment & Qt::AlignRight)
        x = -width;
    double y = 0;
    if (alignment & Qt::AlignVCenter)
        y = metrics.capHeight() / 2;
    else if (alignment & Qt::AlignTop)
        y = metrics.ascent();
    else if (alignment & Qt::AlignBottom)
        y = -metrics.descent();
    m_painter.setFont(used);
    m_painter.setPen(color.isValid() ? color : m_style.text);
    if (turned) {
        m_painter.save();
        m_painter.translate(anchor);
        m_painter.rotate(-90);
        m_painter.drawText(QPointF(x, y), shown);
        m_painter.restore();
    } else {
        m_painter.drawText(anchor + QPointF(x, y), shown);
    }
}

void FigureCanvas::title(const QString& text, double centre, const QRectF& cell)
{
    const double half = std::min(textSize(m_style, text, 1, true).width(), cell.width()) / 2;
    const double x = std::clamp(centre, cell.left() + half, std::max(cell.left() + half, cell.right() - half));
    this->text({x, cell.top()}, Qt::AlignTop | Qt::AlignHCenter, text, 1, true, {}, false, cell.width());
}

void FigureCanvas::pixels(const QRectF& area, const QImage& image)
{
    if (image.isNull() || area.isEmpty())
        return;
    // About 600 dpi, so that viewers which smooth pictures blur a pixel's border only.
    const double wanted = area.width() / 720 * 600 / image.width();
    const int factor =
        std::clamp(int(std::ceil(wanted)), 1, std::max(1, 4096 / std::max(image.width(), image.height())));
    const QSize size = image.size() * factor;
    QImage large(size, QImage::Format_RGB32);
    QPainter painter(&large);
    QImage hatch = noDataBrush(3).textureImage();
    hatch.setDevicePixelRatio(1); // stripes of about a millimetre
    painter.fillRect(large.rect(), QBrush(hatch));
    painter.drawImage(QRect(QPoint(0, 0), size), image);
    painter.end();
    m_painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    m_painter.drawImage(area, large);
}

void FigureCanvas::hatch(const QRectF& area, std::span<const std::uint8_t> mask, int height, int width)
{
    constexpr double pixelsPerUnit = 400.0 / 720; // 400 dpi keep the stripes smooth
    constexpr double period_mm = 0.9;
    const QSize size = (area.size() * pixelsPerUnit).toSize().boundedTo({4096, 4096});
    m_painter.drawImage(area, hatchImage(mask, height, width, size, period_mm * unitsPerMm * pixelsPerUnit));
}

void FigureCanvas::picture(const QRectF& area, const QImage& image)
{
    m_painter.drawImage(area, image);
}

QImage colorBarImage(ColorMap map, bool vertical)
{
    QImage image(vertical ? QSize(8, 256) : QSize(256, 8), QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        for (int j = 0; j < 8; ++j) {
            if (vertical)
                image.setPixel(j, 255 - i, colorTable(map)[std::size_t(i)]);
            else
                image.setPixel(i, j, colorTable(map)[std::size_t(i)]);
        }
    return image;
}

} // namespace dispersa
