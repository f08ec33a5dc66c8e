// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/training_queue.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <utility>

namespace dispersa {

TrainingQueue::TrainingQueue(QWidget* parent)
    : QWidget(parent), m_add(new QPushButton(tr("Train this next"), this)),
      m_clear(new QPushButton(tr("Forget"), this)), m_text(new QLabel(this))
{
    m_add->setObjectName("train_queue_add");
    m_add->setToolTip(tr("The study as it is now is trained when the run under way has ended"));
    m_clear->setObjectName("train_queue_clear");
    m_text->setObjectName("train_queue_text");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_add);
    row->addWidget(m_text, 1);
    row->addWidget(m_clear);
    connect(m_add, &QPushButton::clicked, this, &TrainingQueue::addRequested);
    connect(m_clear, &QPushButton::clicked, this, &TrainingQueue::clear);
    refresh();
}

void TrainingQueue::add(Waiting training)
{
    m_waiting.push_back(std::move(training));
    refresh();
}

std::optional<TrainingQueue::Waiting> TrainingQueue::takeNext()
{
    if (m_waiting.empty())
        return std::nullopt;
    Waiting next = std::move(m_waiting.front());
    m_waiting.pop_front();
    refresh();
    return next;
}

void TrainingQueue::clear()
{
    m_waiting.clear();
    refresh();
}

void TrainingQueue::setCanAdd(bool can)
{
    m_add->setEnabled(can);
}

void TrainingQueue::refresh()
{
    m_text->setText(tr("%n training(s) waiting", nullptr, int(m_waiting.size())));
    m_text->setVisible(!m_waiting.empty());
    m_clear->setVisible(!m_waiting.empty());
}

} // namespace dispersa
