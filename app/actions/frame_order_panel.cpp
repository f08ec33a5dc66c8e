// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/frame_order_panel.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>
#include <limits>

namespace dispersa {

FrameOrderPanel::FrameOrderPanel(QWidget* parent) : QGroupBox(tr("Order of the frames"), parent)
{
    setObjectName(QStringLiteral("frame_order"));
    m_serpentine = addSwitch(QStringLiteral("order_serpentine"), tr("&Serpentine"),
                             tr("Every second row was scanned backwards"));
    m_transpose = addSwitch(QStringLiteral("order_transpose"), tr("&Transpose"),
                            tr("Exchange the rows and columns of the scan"));
    m_flipY = addSwitch(QStringLiteral("order_flip_rows"), tr("Flip &rows"), tr("Put the last row on top"));
    m_flipX = addSwitch(QStringLiteral("order_flip_columns"), tr("Flip &columns"), tr("Put the last column first"));
    m_swapAxes = addSwitch(QStringLiteral("order_swap_axes"), tr("S&wap scan and detector"),
                           tr("The file keeps the detector axes before the scan axes. Reading is slow this way; convert "
                              "the scan once it looks right."));
    const auto addBox = [this](const QString& name, const QString& accessible, const QString& toolTip) {
        auto* box = new QSpinBox(this);
        box->setObjectName(name);
        box->setAccessibleName(accessible);
        box->setToolTip(toolTip);
        connect(box, &QSpinBox::valueChanged, this, &FrameOrderPanel::orderChanged);
        return box;
    };
    m_skipFirst = addBox(QStringLiteral("order_skip_first"), tr("Frames to skip first"),
                         tr("Frames before the first probe position"));
    m_skipPerRow = addBox(QStringLiteral("order_skip_per_row"), tr("Frames to skip after each row"),
                          tr("Flyback frames recorded after each row"));
    m_skipPerRow->setRange(0, 65535);
    m_skipFirst->setRange(0, std::numeric_limits<int>::max());

    auto* grid = new QGridLayout(this);
    grid->addWidget(m_serpentine, 0, 0);
    grid->addWidget(m_transpose, 0, 1);
    grid->addWidget(m_flipY, 1, 0);
    grid->addWidget(m_flipX, 1, 1);
    grid->addWidget(m_swapAxes, 2, 0, 1, 2);
    const auto addRow = [&](int row, const QString& text, QSpinBox* box) {
        auto* label = new QLabel(text, this);
        label->setBuddy(box);
        grid->addWidget(label, row, 0);
        grid->addWidget(box, row, 1);
    };
    addRow(3, tr("Skip &first"), m_skipFirst);
    addRow(4, tr("Skip per r&ow"), m_skipPerRow);
}

QCheckBox* FrameOrderPanel::addSwitch(const QString& name, const QString& text, const QString& toolTip)
{
    auto* box = new QCheckBox(text, this);
    box->setObjectName(name);
    box->setToolTip(toolTip);
    box->setAccessibleDescription(toolTip);
    connect(box, &QCheckBox::toggled, this, &FrameOrderPanel::orderChanged);
    return box;
}

void FrameOrderPanel::setOrder(const ScanOrder& order)
{
    {
        const QSignalBlocker blocker(this);
        m_serpentine->setChecked(order.isSerpentine());
        m_transpose->setChecked(order.transpose);
        m_flipY->setChecked(order.flipY);
        m_flipX->setChecked(order.flipX);
        m_swapAxes->setChecked(order.swapAxes);
        m_skipFirst->setValue(int(std::min<std::int64_t>(order.skipFirst, std::numeric_limits<int>::max())));
        m_skipPerRow->setValue(order.skipPerRow);
    }
    Q_EMIT orderChanged();
}

ScanOrder FrameOrderPanel::order() const
{
    ScanOrder order;
    order.serpentine = m_serpentine->isChecked();
    order.transpose = m_transpose->isChecked();
    order.flipY = m_flipY->isChecked();
    order.flipX = m_flipX->isChecked();
    order.swapAxes = m_swapAxes->isChecked();
    order.skipFirst = m_skipFirst->value();
    order.skipPerRow = m_skipPerRow->value();
    return order;
}

void FrameOrderPanel::setFrames(std::int64_t frames)
{
    const int most = int(std::clamp<std::int64_t>(frames - 1, 0, std::numeric_limits<int>::max()));
    m_skipFirst->setMaximum(most);
    m_skipPerRow->setMaximum(std::min(most, 65535));
}

} // namespace dispersa
