// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing for figures in units of 0.1 pt, with clipping done on the geometry: Qt 6.4's SVG writer ignores clip paths.
#pragma once

#include "widgets/figure.h"

#include <QFont>
#include <QPainter>
#include <QPen>
#include <QPolygonF>

#include <cstdint>
#include <span>

namespace dispersa {

inline constexpr double unitsPerMm = 720.0 / 25.4;
inline constexpr double unitsPerPt = 10;

/// The part of a segment inside `clip`; false when nothing is.
bool clippedSegment(QPointF& a, QPointF& b, const QRectF& clip);
/// The parts of a line inside `clip`.
std::vector<QPolygonF> clippedPolyline(const QPolygonF& line, const QRectF& clip);
/// A filled polygon cut off at `clip`.
QPolygonF clippedPolygon(const QPolygonF& polygon, const QRectF& clip);

class FigureCanvas {
  public:
    FigureCanvas(QPainter& painter, const FigureStyle& style) : m_painter(painter), m_style(style) {}

    const FigureStyle& style() const { return m_style; }

    static QFont font(const FigureStyle& style, double extra_pt = 0, bool bold = false);
    static QSizeF textSize(const FigureStyle& style, const QString& text, double extra_pt = 0, bool bold = false);

    void line(QPointF a, QPointF b, const QPen& pen);
    void polyline(const QPolygonF& points, const QPen& pen, const QRectF& clip);
    void polygon(const QPolygonF& points, const QBrush& brush, const QPen& pen, const QRectF& clip);
    void rect(const QRectF& area, const QBrush& brush, const QPen& pen, const QRectF& clip);
    void outline(const QPainterPath& path, const QPen& pen, const QRectF& clip);
    void dot(QPointF centre, double radius, const QColor& color, const QRectF& clip);
    /// Many equal dots of one colour in one path; those with centres outside are left out.
    void dots(const QPolygonF& centres, double radius, const QColor& color, const QRectF& clip);
    /// `anchor` is the point of the text's box that `alignment` names. Rotated by 90 degrees up when `turned`.
    /// Text wider than `room` (> 0) gets smaller, then an ellipsis.
    void text(QPointF anchor, Qt::Alignment alignment, const QString& text, double extra_pt = 0, bool bold = false,
              QColor color = {}, bool turned = false, double room = 0);
    /// A panel's title at the top of `cell`, over `centre` as far as the cell's ends allow.
    void title(const QString& text, double centre, const QRectF& cell);
    /// Sharp pixels: enlarged by a whole factor before they are embedded. Transparent pixels become the no-data hatch.
    void pixels(const QRectF& area, const QImage& image);
    /// Strikes the pixels of `mask` through; stripes of about a millimetre.
    void hatch(const QRectF& area, std::span<const std::uint8_t> mask, int height, int width);
    /// Smooth picture such as a colour bar.
    void picture(const QRectF& area, const QImage& image);

    QPen pen(const QColor& color, double width_pt, Qt::PenStyle style = Qt::SolidLine) const;

  private:
    QPainter& m_painter;
    const FigureStyle& m_style;
};

/// The picture of a colour bar, high values on top (vertical) or right.
QImage colorBarImage(ColorMap map, bool vertical);

} // namespace dispersa
