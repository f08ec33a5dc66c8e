// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/step_card.h"

#include <QCheckBox>
#include <QChildEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace dispersa {
namespace {

QString objectNameOf(PrepareStep step)
{
    switch (step) {
    case PrepareStep::BadPixels:
        return QStringLiteral("bad_pixels");
    case PrepareStep::Centre:
        return QStringLiteral("centre");
    case PrepareStep::Ellipse:
        return QStringLiteral("ellipse");
    case PrepareStep::BeamMask:
        return QStringLiteral("beam_mask");
    case PrepareStep::Bin:
        return QStringLiteral("bin");
    case PrepareStep::Scaling:
        return QStringLiteral("scaling");
    case PrepareStep::Alignment:
        return QStringLiteral("alignment");
    case PrepareStep::MapFilter:
        return QStringLiteral("map_filter");
    case PrepareStep::Crop:
        return QStringLiteral("crop");
    case PrepareStep::Calibration:
        return QStringLiteral("calibration");
    }
    return {};
}

} // namespace

StepCard::StepCard(PrepareStep step, bool hasSwitch, QWidget* parent)
    : QFrame(parent), m_step(step), m_row(new QHBoxLayout), m_note(new QLabel(this))
{
    const QString name = objectNameOf(step);
    setObjectName(QStringLiteral("card_") + name);
    setAccessibleName(prepareStepTitle(step));
    setToolTip(prepareStepText(step));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 5, 8, 5);
    layout->setSpacing(3);
    if (hasSwitch) {
        m_switch = new QCheckBox(prepareStepTitle(step), this);
        m_switch->setObjectName(QStringLiteral("switch_") + name);
        m_switch->installEventFilter(this);
        layout->addWidget(m_switch);
        connect(m_switch, &QCheckBox::clicked, this, [this](bool on) {
            Q_EMIT chosen(m_step);
            Q_EMIT switched(on);
        });
    } else {
        layout->addWidget(new QLabel(prepareStepTitle(step), this));
    }
    m_row->setSpacing(6);
    layout->addLayout(m_row);
    m_note->setWordWrap(true);
    m_note->hide();
    QFont small = m_note->font();
    small.setPointSizeF(std::max(9.0, small.pointSizeF() - 1));
    m_note->setFont(small);
    layout->addWidget(m_note);
    setChosen(false);
}

void StepCard::setNote(const QString& text)
{
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
}

void StepCard::setOn(bool on)
{
    if (m_switch)
        m_switch->setChecked(on);
}

bool StepCard::isOn() const
{
    return m_switch && m_switch->isChecked();
}

void StepCard::setChosen(bool chosen)
{
    // A plain colour of the palette, so that dark themes keep their contrast.
    QColor fill = palette().color(QPalette::Base);
    if (chosen) {
        const QColor accent = QGuiApplication::palette().color(QPalette::Highlight);
        const auto mix = [](int a, int b) { return (a * 4 + b) / 5; };
        fill =
            QColor(mix(fill.red(), accent.red()), mix(fill.green(), accent.green()), mix(fill.blue(), accent.blue()));
    } else {
        fill = QGuiApplication::palette().color(QPalette::Base);
    }
    QPalette colours = QGuiApplication::palette();
    colours.setColor(QPalette::Window, fill);
    setPalette(colours);
}

void StepCard::mousePressEvent(QMouseEvent* event)
{
    Q_EMIT chosen(m_step);
    QFrame::mousePressEvent(event);
}

bool StepCard::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn)
        Q_EMIT chosen(m_step);
    return QFrame::eventFilter(watched, event);
}

void StepCard::childEvent(QChildEvent* event)
{
    // Whoever works in a card's fields wants to see that step.
    if (event->added() && event->child()->isWidgetType())
        event->child()->installEventFilter(this);
    QFrame::childEvent(event);
}

} // namespace dispersa
