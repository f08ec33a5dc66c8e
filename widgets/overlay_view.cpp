// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overlay_view.h"

#include "widgets/color_map.h"
#include "widgets/display_scaling.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr int flicker_ms = 500;

/// 0..255, or -1 for no data.
std::vector<int> brightness(const ElementMap& map)
{
    const ValueRange range = usableRange(percentileRange(map.values, 1, 99), DisplayScaling::Linear);
    std::vector<int> result;
    result.reserve(map.values.size());
    for (const float value : map.values)
        result.push_back(ElementMap::isData(value)
                             ? int(std::lround(255 * scaledPosition(value, range, DisplayScaling::Linear)))
                             : -1);
    return result;
}

/// Brightness of `map` with the histogram of `other` over the pixels both have: where they show the same, their mixture
/// is grey, however differently they count. Inverted: the brightest becomes the darkest.
std::vector<int> matchedBrightness(const ElementMap& map, const std::vector<int>& other, bool inverted)
{
    std::vector<float> values;
    std::vector<int> levels;
    for (std::size_t i = 0; i < other.size(); ++i)
        if (other[i] >= 0 && ElementMap::isData(map.values[i])) {
            values.push_back(map.values[i]);
            levels.push_back(other[i]);
        }
    if (values.empty())
        return brightness(map);
    std::sort(values.begin(), values.end());
    std::sort(levels.begin(), levels.end());
    std::vector<int> result;
    result.reserve(map.values.size());
    for (const float value : map.values) {
        if (!ElementMap::isData(value)) {
            result.push_back(-1);
            continue;
        }
        const auto [first, last] = std::equal_range(values.begin(), values.end(), value);
        const auto middle = ((first - values.begin()) + (last - values.begin())) / 2;
        const auto rank = std::clamp<std::ptrdiff_t>(middle, 0, std::ptrdiff_t(levels.size()) - 1);
        result.push_back(inverted ? levels[levels.size() - 1 - std::size_t(rank)] : levels[std::size_t(rank)]);
    }
    return result;
}

} // namespace

OverlayView::OverlayView(QWidget* parent) : ImageView(parent)
{
    setObjectName(QStringLiteral("overlayView"));
    setAccessibleName(tr("Two images laid over each other"));
    setCursor(Qt::SizeAllCursor);
    m_flicker.setInterval(flicker_ms);
    connect(&m_flicker, &QTimer::timeout, this, [this] {
        m_upperTurn = !m_upperTurn;
        compose();
    });
}

OverlayView::~OverlayView() = default;

void OverlayView::setLayers(MapPtr lower, MapPtr upper)
{
    m_lower = std::move(lower);
    m_upper = std::move(upper);
    if (!m_lower || !m_upper || m_lower->shape != m_upper->shape) {
        m_overlay = {};
        clearImage();
        return;
    }
    setPixelSize(m_lower->scanStep_nm, m_lower->scanStep_nm, QStringLiteral("nm"));
    setImage(std::shared_ptr<const std::vector<float>>(m_lower, &m_lower->values), m_lower->shape.height,
             m_lower->shape.width);
    compose();
}

void OverlayView::setMode(OverlayMode mode)
{
    m_mode = mode;
    if (mode == OverlayMode::Flicker)
        m_flicker.start();
    else
        m_flicker.stop();
    compose();
}

void OverlayView::setUpperInverted(bool inverted)
{
    if (m_inverted == inverted)
        return;
    m_inverted = inverted;
    compose();
}

void OverlayView::compose()
{
    if (!hasImage())
        return;
    const std::vector<int> lower = brightness(*m_lower);
    const std::vector<int> upper = matchedBrightness(*m_upper, lower, m_inverted);
    const bool onlyLower = m_mode == OverlayMode::Lower || (m_mode == OverlayMode::Flicker && !m_upperTurn);
    const bool onlyUpper = m_mode == OverlayMode::Upper || (m_mode == OverlayMode::Flicker && m_upperTurn);
    m_overlay = QImage(imageWidth(), imageHeight(), QImage::Format_RGB32);
    for (int y = 0; y < imageHeight(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(m_overlay.scanLine(y));
        for (int x = 0; x < imageWidth(); ++x) {
            const std::size_t i = std::size_t(y) * std::size_t(imageWidth()) + std::size_t(x);
            const int a = onlyUpper ? upper[i] : lower[i];
            const int b = onlyLower ? lower[i] : upper[i];
            line[x] = a < 0 && b < 0 ? noDataColor() : qRgb(std::max(a, 0), std::max(b, 0), std::max(a, 0));
            if ((onlyLower || onlyUpper) && a < 0)
                line[x] = noDataColor();
        }
    }
    update();
}

void OverlayView::paintDecoration(QPainter& painter)
{
    if (m_overlay.isNull())
        return;
    const QRectF full = imageRect();
    const QRectF visible = full & canvasRect();
    painter.save();
    painter.setClipRect(visible.adjusted(1, 1, -1, -1));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, full.width() * devicePixelRatioF() < m_overlay.width());
    painter.drawImage(full, m_overlay);
    painter.restore();
}

void OverlayView::keyPressEvent(QKeyEvent* event)
{
    const double step = event->modifiers() & Qt::ShiftModifier     ? 10
                        : event->modifiers() & Qt::ControlModifier ? 0.1
                                                                   : 1;
    const auto nudge = [&](double dy, double dx) {
        if (hasImage())
            Q_EMIT nudged(dy * step, dx * step);
    };
    switch (event->key()) {
    case Qt::Key_Up:
        return nudge(-1, 0);
    case Qt::Key_Down:
        return nudge(1, 0);
    case Qt::Key_Left:
        return nudge(0, -1);
    case Qt::Key_Right:
        return nudge(0, 1);
    case Qt::Key_Space:
        m_space = true;
        break;
    default:
        break;
    }
    ImageView::keyPressEvent(event);
}

void OverlayView::keyReleaseEvent(QKeyEvent* event)
{
    ImageView::keyReleaseEvent(event);
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_space = false;
        setCursor(Qt::SizeAllCursor);
    }
}

void OverlayView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_space || !hasImage()) {
        ImageView::mousePressEvent(event); // the middle button, or Space and the left one, move the view
        return;
    }
    if ((imageRect() & canvasRect()).contains(event->position()))
        m_dragged = toImage(event->position());
}

void OverlayView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_dragged) {
        ImageView::mouseMoveEvent(event);
        if (event->buttons() == Qt::NoButton && !m_space)
            setCursor(Qt::SizeAllCursor);
        return;
    }
    const ImagePoint to = toImage(event->position());
    const ImagePoint from = *m_dragged;
    m_dragged = to;
    Q_EMIT nudged(to.y - from.y, to.x - from.x);
}

void OverlayView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_dragged && event->button() == Qt::LeftButton) {
        m_dragged.reset();
        Q_EMIT dragFinished();
        return;
    }
    ImageView::mouseReleaseEvent(event);
}

void OverlayView::contextMenuEvent(QContextMenuEvent* event)
{
    if (!hasImage())
        return;
    // The image underneath can be saved from its own view; here the mixture is what counts.
    QMenu menu(this);
    menu.addAction(tr("&Copy picture"), this, [this] { QApplication::clipboard()->setPixmap(grab()); });
    menu.exec(event->globalPos());
}

} // namespace dispersa
