// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pattern_view.h"

#include "widgets/image_view_p.h"
#include "widgets/palette.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dispersa {
namespace {

constexpr double tickLength = 4;
constexpr double gap = 3;

QString widestNumber()
{
    return QStringLiteral("−0.00");
}

} // namespace

PatternView::PatternView(QWidget* parent) : ImageView(parent)
{
    setObjectName(QStringLiteral("patternView"));
    setAccessibleName(tr("Diffraction pattern"));
    setColorMap(ColorMap::Inferno);
    setScaling(DisplayScaling::Log);
    connect(this, &ImageView::shapeChanged, this, [this](int index, const Shape& shape) {
        if (index == 0)
            Q_EMIT detectorChanged(shape);
    });
    connect(this, &ImageView::shapeEdited, this, [this](int index, const Shape& shape) {
        if (index == 0)
            Q_EMIT detectorEdited(shape);
    });
}

PatternView::~PatternView() = default;

void PatternView::setPattern(PatternShape shape, std::vector<float> values)
{
    setPattern(shape, std::make_shared<const std::vector<float>>(std::move(values)));
}

void PatternView::setPattern(PatternShape shape, std::shared_ptr<const std::vector<float>> values)
{
    setImage(std::move(values), shape.height, shape.width);
}

void PatternView::clearPattern()
{
    clearImage();
}

void PatternView::setQPixel(std::optional<double> qPixel_invA)
{
    m_qPixel_invA = qPixel_invA && *qPixel_invA > 0 ? qPixel_invA : std::nullopt;
    applyCalibration();
}

void PatternView::setReciprocalUnit(ReciprocalUnit unit)
{
    m_unit = unit;
    applyCalibration();
}

ReciprocalUnit PatternView::reciprocalUnit() const
{
    return m_unit;
}

void PatternView::applyCalibration()
{
    if (m_qPixel_invA)
        setPixelSize(axes().step, axes().step, QStringLiteral("1/Å"));
    else
        setPixelSize(std::nullopt, std::nullopt, {});
}

void PatternView::setBeamCentre(std::optional<ImagePoint> centre)
{
    m_centre = centre;
    update();
}

ImagePoint PatternView::beamCentre() const
{
    return m_centre.value_or(ImagePoint{(imageHeight() - 1) / 2.0, (imageWidth() - 1) / 2.0});
}

void PatternView::setDetector(std::optional<Shape> detector)
{
    if (detector)
        setShapes({{*detector, categoryColor(4), {}, true}});
    else
        setShapes({});
}

std::optional<Shape> PatternView::detector() const
{
    if (shapes().empty())
        return std::nullopt;
    return shapes().front().shape;
}

QString PatternView::axisLabel() const
{
    if (!m_qPixel_invA)
        return tr("px");
    return m_unit == ReciprocalUnit::q ? tr("q = 1/d (1/Å)") : tr("Q = 2π/d (1/Å)");
}

double PatternView::reciprocalLength(ImagePoint point) const
{
    const ImagePoint centre = beamCentre();
    return std::hypot(point.y - centre.y, point.x - centre.x) * axes().step;
}

ImageAxes PatternView::axes() const
{
    const double factor = m_unit == ReciprocalUnit::q ? 1.0 : 2 * std::numbers::pi;
    // Uncalibrated: plain pixel numbers from the corner, as other programs count.
    if (!m_qPixel_invA)
        return {{0, 0}, 1, axisLabel()};
    return {beamCentre(), *m_qPixel_invA * factor, axisLabel()};
}

QMarginsF PatternView::axisMargins() const
{
    const QFontMetricsF metrics(readableFont(*this));
    return {tickLength + gap + metrics.horizontalAdvance(widestNumber()) + metrics.height() + 2, 0, 8,
            tickLength + gap + 2 * metrics.height() + 2};
}

void PatternView::paintDecoration(QPainter& painter)
{
    const QRectF visible = imageRect() & canvasRect();
    const ImageAxes a = axes();
    const QFontMetricsF metrics(painter.font());
    painter.save();
    painter.setPen(palette().color(QPalette::WindowText));
    const auto valuesBetween = [&](double fromPixel, double toPixel, double origin, double length) {
        return niceTicks((fromPixel - origin) * a.step, (toPixel - origin) * a.step,
                         std::clamp(int(length / 60), 2, 8));
    };
    const ImagePoint first = toImage(visible.topLeft());
    const ImagePoint last = toImage(visible.bottomRight());
    const std::vector<double> xs = valuesBetween(first.x, last.x, a.origin.x, visible.width());
    const std::vector<QString> xTexts = tickTexts(xs);
    for (std::size_t i = 0; i < xs.size(); ++i) {
        const double x = toWidget({0, xs[i] / a.step + a.origin.x}).x();
        painter.drawLine(QPointF(x, visible.bottom()), QPointF(x, visible.bottom() + tickLength));
        const double width = metrics.horizontalAdvance(xTexts[i]);
        painter.drawText(QPointF(x - width / 2, visible.bottom() + tickLength + gap + metrics.ascent()), xTexts[i]);
    }
    const std::vector<double> ys = valuesBetween(first.y, last.y, a.origin.y, visible.height());
    const std::vector<QString> yTexts = tickTexts(ys);
    double widest = 0;
    for (std::size_t i = 0; i < ys.size(); ++i) {
        const double y = toWidget({ys[i] / a.step + a.origin.y, 0}).y();
        painter.drawLine(QPointF(visible.left() - tickLength, y), QPointF(visible.left(), y));
        const double width = metrics.horizontalAdvance(yTexts[i]);
        widest = std::max(widest, width);
        painter.drawText(QPointF(visible.left() - tickLength - gap - width, y + metrics.capHeight() / 2), yTexts[i]);
    }
    const QString label = metrics.elidedText(a.label, Qt::ElideRight, std::max(visible.width(), visible.height()));
    const double half = metrics.horizontalAdvance(label) / 2;
    painter.drawText(
        QPointF(visible.center().x() - half, visible.bottom() + tickLength + gap + metrics.height() + metrics.ascent()),
        label);
    painter.translate(visible.left() - tickLength - gap - widest - 3 - metrics.descent(), visible.center().y());
    painter.rotate(-90);
    painter.drawText(QPointF(-half, 0), label);
    painter.restore();
}

Figure PatternView::toFigure() const
{
    ImagePanel panel = imagePanel();
    panel.axes = axes();
    return Figure::single(panel);
}

} // namespace dispersa
