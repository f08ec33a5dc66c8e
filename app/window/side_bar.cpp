// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/side_bar.h"

#include <QEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {
namespace {

constexpr int margin_px = 10;
constexpr int glyph_px = 10;

QString stateWord(StepState state)
{
    switch (state) {
    case StepState::Empty:
        return StepButton::tr("empty");
    case StepState::Ready:
        return StepButton::tr("ready");
    case StepState::Running:
        return StepButton::tr("running");
    case StepState::OutOfDate:
        return StepButton::tr("out of date");
    case StepState::Done:
        return StepButton::tr("done");
    }
    return {};
}

/// Empty: ring. Ready: dot. Running: arrow. Out of date: triangle. Done: tick.
void paintGlyph(QPainter& painter, const QRectF& r, StepState state, const QColor& subdued)
{
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath path;
    switch (state) {
    case StepState::Empty:
        painter.setPen(QPen(subdued, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(r.adjusted(1, 1, -1, -1));
        return;
    case StepState::Ready:
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0x2a, 0x7f, 0xc9));
        painter.drawEllipse(r.adjusted(0.5, 0.5, -0.5, -0.5));
        return;
    case StepState::Running:
        path.moveTo(r.left() + 1, r.top());
        path.lineTo(r.right(), r.center().y());
        path.lineTo(r.left() + 1, r.bottom());
        path.closeSubpath();
        painter.fillPath(path, QColor(0x2a, 0x7f, 0xc9));
        return;
    case StepState::OutOfDate:
        path.moveTo(r.center().x(), r.top());
        path.lineTo(r.right(), r.bottom());
        path.lineTo(r.left(), r.bottom());
        path.closeSubpath();
        painter.fillPath(path, QColor(0xd9, 0x82, 0x1b));
        return;
    case StepState::Done:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(0x2e, 0x8b, 0x57), 2.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF({r.topLeft() + QPointF(0, r.height() * 0.55),
                                        r.topLeft() + QPointF(r.width() * 0.38, r.height() * 0.92),
                                        r.topLeft() + QPointF(r.width(), r.height() * 0.1)}));
        return;
    }
}

} // namespace

QString stepTitle(Step step)
{
    switch (step) {
    case Step::Scans:
        return SideBar::tr("Scans");
    case Step::Prepare:
        return SideBar::tr("Prepare");
    case Step::Train:
        return SideBar::tr("Train");
    case Step::Compare:
        return SideBar::tr("Compare");
    case Step::Inspect:
        return SideBar::tr("Inspect");
    }
    return {};
}

QString stepName(Step step)
{
    static const std::array<const char*, 5> names{"scans", "prepare", "train", "compare", "inspect"};
    return QString::fromLatin1(names[std::size_t(step)]);
}

StepButton::StepButton(Step step, QWidget* parent) : QAbstractButton(parent), m_step(step)
{
    setObjectName(QStringLiteral("step_") + stepName(step));
    setCheckable(true);
    setText(stepTitle(step));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setStatus({});
}

void StepButton::setStatus(const StepStatus& status)
{
    m_status = status;
    const QString state = status.text.isEmpty() ? stateWord(status.state) : status.text;
    setAccessibleName(tr("Step %1, %2: %3").arg(int(m_step) + 1).arg(text(), state));
    setAccessibleDescription(status.obstacle);
    setToolTip(status.obstacle.isEmpty() ? tr("%1 – %2 (Ctrl+%3)").arg(text(), state).arg(int(m_step) + 1)
                                         : status.obstacle);
    update();
}

QSize StepButton::sizeHint() const
{
    QFont bold = font();
    bold.setBold(true);
    const int line = QFontMetrics(font()).height();
    const int width = QFontMetrics(bold).horizontalAdvance(QStringLiteral("5  ") + text()) + 2 * margin_px;
    return {
        std::max(width, QFontMetrics(font()).horizontalAdvance(QStringLiteral("opening 3 of 6xxx")) + 2 * margin_px),
        2 * line + 2 * margin_px};
}

void StepButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QColor accent = palette().color(QPalette::Highlight);
    if (isChecked() || underMouse()) {
        QColor fill = accent;
        fill.setAlpha(isChecked() ? 48 : 22);
        painter.fillRect(rect(), fill);
    }
    if (isChecked())
        painter.fillRect(QRect(0, 0, 4, height()), accent);
    const int line = fontMetrics().height();
    const QColor subdued = palette().color(QPalette::PlaceholderText);
    QRect top(margin_px + 2, margin_px, width() - 2 * margin_px, line);
    painter.setPen(subdued);
    const QString number = QString::number(int(m_step) + 1);
    painter.drawText(top, Qt::AlignLeft | Qt::AlignVCenter, number);
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(palette().color(m_status.obstacle.isEmpty() ? QPalette::WindowText : QPalette::PlaceholderText));
    top.adjust(fontMetrics().horizontalAdvance(QStringLiteral("5  ")), 0, 0, 0);
    painter.drawText(top, Qt::AlignLeft | Qt::AlignVCenter, text());

    painter.setFont(font());
    const int y = margin_px + line + 1;
    paintGlyph(painter, QRectF(top.left(), y + (line - glyph_px) / 2.0, glyph_px, glyph_px), m_status.state, subdued);
    painter.setPen(palette().color(QPalette::WindowText));
    const QRect textRect(top.left() + glyph_px + 6, y, width() - top.left() - glyph_px - 10, line);
    const QString state = m_status.text.isEmpty() ? stateWord(m_status.state) : m_status.text;
    painter.drawText(textRect, Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(state, Qt::ElideRight, textRect.width()));
    if (hasFocus()) {
        painter.setPen(QPen(accent, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(5, 2, -3, -3));
    }
}

SideBar::SideBar(QWidget* parent) : QFrame(parent), m_buttons(this)
{
    setObjectName(QStringLiteral("side_bar"));
    setAccessibleName(tr("Steps"));
    setFrameShape(QFrame::NoFrame);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 6);
    layout->setSpacing(2);
    for (const Step step : allSteps) {
        auto* button = new StepButton(step, this);
        m_buttons.addButton(button, int(step));
        layout->addWidget(button);
    }
    layout->addStretch();
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    m_buttons.setExclusive(true);
    connect(&m_buttons, &QButtonGroup::idClicked, this, [this](int id) { Q_EMIT stepChosen(Step(id)); });
}

void SideBar::setStatus(Step step, const StepStatus& status)
{
    static_cast<StepButton*>(m_buttons.button(int(step)))->setStatus(status);
}

void SideBar::setCurrent(Step step)
{
    QAbstractButton* button = m_buttons.button(int(step));
    button->setChecked(true);
    // The frame of the keyboard's focus would point to another page than the one that a shortcut opened.
    for (const QAbstractButton* other : m_buttons.buttons())
        if (other != button && other->hasFocus())
            button->setFocus();
}

} // namespace dispersa
