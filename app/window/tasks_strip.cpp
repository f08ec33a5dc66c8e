// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tasks_strip.h"

#include "app/text/readout_text.h"
#include "app/text/stage_text.h"

#include <QHBoxLayout>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {
namespace {

constexpr int barWidth_px = 220;
constexpr std::size_t mostRows = 8; ///< more tasks than that are counted, not listed

} // namespace

TasksStrip::TasksStrip(TaskRunner& tasks, QWidget* parent)
    : QFrame(parent), m_tasks(tasks), m_rowLayout(new QVBoxLayout), m_idle(new QLabel(tr("No task is running."), this)),
      m_more(new QToolButton(this)), m_clock(new QTimer(this))
{
    setObjectName(QStringLiteral("tasks_strip"));
    setAccessibleName(tr("Running tasks"));
    setFrameShape(QFrame::StyledPanel);
    m_idle->setForegroundRole(QPalette::PlaceholderText);
    m_more->setObjectName(QStringLiteral("more_tasks"));
    m_more->setCheckable(true);
    m_more->setAutoRaise(true);
    m_more->setAccessibleName(tr("Show all tasks"));
    m_rowLayout->setContentsMargins(0, 0, 0, 0);
    m_rowLayout->setSpacing(2);
    m_rowLayout->addWidget(m_idle);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->addLayout(m_rowLayout, 1);
    layout->addWidget(m_more, 0, Qt::AlignTop);
    connect(m_more, &QToolButton::toggled, this, &TasksStrip::refresh);
    connect(&tasks, &TaskRunner::tasksChanged, this, &TasksStrip::refresh);
    connect(&tasks, &TaskRunner::progressed, this, &TasksStrip::refresh);
    // What is left grows less between two reports of progress too.
    m_clock->setInterval(1000);
    connect(m_clock, &QTimer::timeout, this, &TasksStrip::refresh);
    refresh();
}

void TasksStrip::addCornerWidget(QWidget* widget)
{
    static_cast<QHBoxLayout*>(layout())->addWidget(widget, 0, Qt::AlignTop);
}

TasksStrip::Row TasksStrip::makeRow()
{
    Row row;
    row.widget = new QWidget(this);
    row.title = new QLabel(row.widget);
    row.title->setObjectName(QStringLiteral("task_title"));
    row.title->setTextFormat(Qt::PlainText);
    row.title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row.bar = new QProgressBar(row.widget);
    row.bar->setObjectName(QStringLiteral("task_progress"));
    row.bar->setFixedWidth(barWidth_px);
    row.timeLeft = new QLabel(row.widget);
    row.timeLeft->setObjectName(QStringLiteral("task_time_left"));
    row.timeLeft->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("59 min left  ")));
    row.stop = new QToolButton(row.widget);
    row.stop->setObjectName(QStringLiteral("task_stop"));
    auto* layout = new QHBoxLayout(row.widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(row.title, 1);
    layout->addWidget(row.timeLeft);
    layout->addWidget(row.bar);
    layout->addWidget(row.stop);
    const std::size_t index = m_rows.size();
    connect(row.stop, &QToolButton::clicked, this, [this, index] { m_tasks.requestStop(m_rows[index].task); });
    m_rowLayout->addWidget(row.widget);
    return row;
}

void TasksStrip::fill(Row& row, const TaskStatus& status)
{
    row.task = status.id;
    QString text = status.title;
    if (status.state == TaskState::Stopping)
        text = tr("%1: stopping…").arg(status.title);
    else if (status.state == TaskState::Queued)
        text = tr("%1: waiting").arg(status.title);
    else if (const QString stage = stageText(status.progress); !stage.isEmpty())
        text = tr("%1: %2").arg(status.title, stage);
    row.title->setText(text);
    row.timeLeft->setText(status.state == TaskState::Running ? timeLeftText(status.secondsLeft) : QString());
    row.bar->setAccessibleName(tr("Progress of %1").arg(status.title));
    row.bar->setVisible(status.state != TaskState::Queued);
    if (status.progress.total > 0) {
        row.bar->setRange(0, 1000);
        row.bar->setValue(
            int(1000 * std::clamp(double(status.progress.done) / double(status.progress.total), 0.0, 1.0)));
    } else {
        row.bar->setRange(0, 0);
    }
    row.stop->setText(tr("Stop"));
    row.stop->setAccessibleName(tr("Stop %1").arg(status.title));
    // A second press may mean more than the first (training: keep the weights, then cancel), so it stays enabled.
    row.stop->setEnabled(true);
    row.widget->show();
}

void TasksStrip::refresh()
{
    const std::vector<TaskStatus> tasks = m_tasks.tasks();
    const std::size_t listed =
        m_more->isChecked() ? std::min(tasks.size(), mostRows) : std::min<std::size_t>(tasks.size(), 1);
    while (m_rows.size() < listed)
        m_rows.push_back(makeRow());
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (i < listed)
            fill(m_rows[i], tasks[i]);
        else
            m_rows[i].widget->hide();
    }
    if (tasks.empty())
        m_clock->stop();
    else if (!m_clock->isActive())
        m_clock->start();
    m_idle->setVisible(tasks.empty());
    m_more->setVisible(tasks.size() > 1);
    m_more->setText(m_more->isChecked() ? tr("Fewer ▾") : tr("%n more ▴", nullptr, std::max(0, int(tasks.size()) - 1)));
}

} // namespace dispersa
