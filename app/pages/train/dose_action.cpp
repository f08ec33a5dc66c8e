// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/dose_action.h"

#include "app/pages/train/dose_dialog.h"

namespace dispersa {

DoseAction::DoseAction(PageContext context, std::function<RunOptions()> machine, QWidget* parent)
    : QAction(tr("&Dose planner…"), parent), m_context(context), m_machine(std::move(machine)), m_page(parent)
{
    setObjectName(QStringLiteral("dose_planner"));
    setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D));
    connect(this, &QAction::triggered, this, &DoseAction::open);
    setObstacle(tr("Open scans first."));
}

bool DoseAction::isPlanning() const
{
    return m_dialog && m_dialog->isRunning();
}

void DoseAction::setObstacle(const QString& sentence)
{
    m_obstacle = sentence;
    const bool reachable = sentence.isEmpty() || isPlanning() || (m_dialog && m_dialog->isVisible());
    setEnabled(reachable);
    const QString tip = reachable ? tr("How much X-ray dose the study needs: r against the share of the EDS area") : sentence;
    setToolTip(tip);
    setStatusTip(tip);
    if (m_dialog)
        m_dialog->setObstacle(sentence);
}

void DoseAction::open()
{
    if (!m_dialog) {
        m_dialog = new DoseDialog(m_context, m_machine, m_page);
        m_dialog->setObstacle(m_obstacle);
        connect(m_dialog, &DoseDialog::runningChanged, this, &DoseAction::planningChanged);
    }
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

} // namespace dispersa
