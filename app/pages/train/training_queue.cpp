// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/training_queue.h"

#include "app/pages/train/recipe_text.h"
#include "app/text/loss_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace dispersa {

TrainingQueue::TrainingQueue(QWidget* parent)
    : QWidget(parent), m_add(new QPushButton(tr("Train this next"), this)),
      m_clear(new QPushButton(tr("Forget"), this)), m_text(new QLabel(this)), m_items(new QVBoxLayout)
{
    m_add->setObjectName("train_queue_add");
    m_add->setToolTip(tr("The study as it is now is trained when the run under way has ended"));
    m_clear->setObjectName("train_queue_clear");
    m_clear->setToolTip(tr("Take out all trainings that wait"));
    m_text->setObjectName("train_queue_text");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    column->addLayout(row);
    column->addLayout(m_items);
    m_items->setSpacing(0);
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

void TrainingQueue::remove(std::size_t place)
{
    if (place >= m_waiting.size())
        return;
    m_waiting.erase(m_waiting.begin() + std::ptrdiff_t(place));
    refresh();
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
    while (QLayoutItem* item = m_items->takeAt(0)) {
        item->widget()->hide();
        item->widget()->setParent(nullptr);
        item->widget()->deleteLater(); // not at once: its button may be what brought us here
        delete item;
    }
    for (std::size_t place = 0; place < std::min(mostShown, m_waiting.size()); ++place)
        m_items->addWidget(makeItem(place));
}

QWidget* TrainingQueue::makeItem(std::size_t place)
{
    const Study& study = m_waiting[place].study;
    QStringList trains, targets;
    for (const StudyScan& scan : study.scans)
        if (scan.role == ScanRole::Train)
            trains << QString::fromStdString(scan.name);
    for (const std::string& target : study.targets)
        targets << QString::fromStdString(target);
    const int epochs = trainingSettings(study.recipe).value_or(TrainingSettings()).epochs;
    QStringList parts = {study.model ? tr("Prediction") : recipeTitle(study.recipe.name)};
    if (!study.model)
        parts << tr("%n epoch(s)", nullptr, epochs) << lossText(study.recipe);
    parts << trains.join(QStringLiteral(", "));
    parts.removeAll(QString());

    auto* item = new QWidget(this);
    item->setObjectName(QStringLiteral("train_queue_item_%1").arg(place));
    auto* text = new QLabel(tr("%1. %2").arg(place + 1).arg(parts.join(QStringLiteral(" · "))), item);
    text->setToolTip(tr("Targets: %1").arg(targets.join(QStringLiteral(", "))));
    text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* remove = new QToolButton(item);
    remove->setObjectName(QStringLiteral("train_queue_remove"));
    remove->setText(QStringLiteral("✕"));
    remove->setAutoRaise(true);
    remove->setToolTip(tr("Take this training out"));
    remove->setAccessibleName(tr("Take out training %1").arg(place + 1));
    connect(remove, &QToolButton::clicked, this, [this, place] { this->remove(place); });
    auto* row = new QHBoxLayout(item);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(text, 1);
    row->addWidget(remove);
    return item;
}

} // namespace dispersa
