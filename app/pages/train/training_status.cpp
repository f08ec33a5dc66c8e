// SPDX-License-Identifier: GPL-3.0-or-later
// State of a training in words; see training_status.h.
#include "app/pages/train/training_status.h"

#include "app/pages/train/recipe_text.h"
#include "app/text/stage_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>

#include <algorithm>

namespace dispersa {

QString durationText(double seconds)
{
    const int s = std::max(0, int(seconds + 0.5));
    if (s < 60)
        return TrainingStatus::tr("%1 s").arg(s);
    if (s < 600)
        return TrainingStatus::tr("%1 min %2 s").arg(s / 60).arg(s % 60);
    if (s < 3600)
        return TrainingStatus::tr("%1 min").arg((s + 30) / 60);
    return TrainingStatus::tr("%1 h %2 min").arg(s / 3600).arg(s % 3600 / 60);
}

TrainingStatus::TrainingStatus(const TrainingJob& job, QWidget* parent)
    : QWidget(parent), m_job(job), m_text(new QLabel(this)), m_bar(new QProgressBar(this))
{
    m_text->setObjectName("train_status");
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_bar->setObjectName("train_progress");
    m_bar->setMaximumWidth(220);
    m_bar->setTextVisible(false);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_bar);
    refresh();
}

void TrainingStatus::setIdleText(const QString& text)
{
    m_idleText = text;
    refresh();
}

void TrainingStatus::refresh()
{
    m_bar->setVisible(m_job.isRunning());
    if (!m_job.isRunning()) {
        m_text->setText(m_idleText);
        m_text->setToolTip(m_idleText);
        return;
    }
    const Progress& progress = m_job.progress();
    QStringList parts;
    if (m_job.state() == TrainingJob::State::Aborting)
        parts << tr("Stopping…");
    else if (m_job.state() == TrainingJob::State::KeepingBest)
        parts << tr("Keeping what is trained");
    if (m_job.isLearning()) {
        const int done = m_job.history().empty() ? 0 : m_job.history().back().epoch;
        int epoch = std::min(done + 1, m_job.epochsPlanned());
        // Members of an ensemble train one after the other; the history says nothing of which it is.
        if (const auto members = m_job.metric("members")) {
            parts << tr("Member %1 of %2").arg(m_job.metric("member").value_or(1)).arg(*members);
            epoch = int(m_job.metric("epoch").value_or(epoch));
        }
        const bool profiles = usesProfiles(m_job.study().recipe.name);
        parts << (profiles ? tr("Regression %1 of %2") : tr("Epoch %1 of %2")).arg(epoch).arg(m_job.epochsPlanned());
        if (m_job.secondsLeft() >= 0 && m_job.state() == TrainingJob::State::Running)
            parts << tr("at most %1 left").arg(durationText(m_job.secondsLeft()));
        if (!m_job.history().empty() && !profiles)
            parts << tr("%1 patterns/s").arg(QLocale().toString(m_job.history().back().patternsPerSecond, 'f', 0));
        if (m_job.bestEpoch() > 0 && !profiles)
            parts << tr("best: epoch %1").arg(m_job.bestEpoch());
    } else {
        const QString stage = stageText(progress);
        parts << (stage.isEmpty() ? tr("Starting") : stage) << tr("%1 so far").arg(durationText(m_job.secondsRunning()));
    }
    m_text->setText(parts.join(QStringLiteral(" · ")));
    m_text->setToolTip(m_text->text());
    m_bar->setRange(0, progress.total > 0 ? 1000 : 0);
    if (progress.total > 0)
        m_bar->setValue(int(1000 * std::min(progress.done, progress.total) / progress.total));
}

} // namespace dispersa
