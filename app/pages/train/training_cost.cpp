// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/training_cost.h"

#include "app/pages/train/recipe_text.h"
#include "app/pages/train/training_estimate.h"
#include "app/pages/train/training_status.h"
#include "core/workflow/estimate_study.h"

#include <QLocale>
#include <QShowEvent>

namespace dispersa {

namespace {
constexpr int quiet_ms = 600; // after the last change, before the machine is put to work
}

TrainingCost::TrainingCost(PageContext context, std::function<MachineChoice()> machine, std::function<bool()> mayTry,
                           QWidget* parent)
    : QLabel(parent), m_context(context), m_machine(std::move(machine)), m_mayTry(std::move(mayTry)),
      m_job(context.tasks, QStringLiteral("training_cost"), this)
{
    setObjectName("train_estimate");
    setWordWrap(true);
    m_wait.setSingleShot(true);
    m_wait.setInterval(quiet_ms);
    connect(&m_wait, &QTimer::timeout, this, &TrainingCost::tryTraining);
}

void TrainingCost::refresh()
{
    m_estimate.reset();
    m_job.cancel();
    showText();
    m_wait.start();
}

void TrainingCost::stopTrying()
{
    m_wait.stop();
    m_job.cancel();
}

void TrainingCost::showEvent(QShowEvent* event)
{
    QLabel::showEvent(event);
    tryWhenQuiet();
}

void TrainingCost::tryWhenQuiet()
{
    if (!m_estimate && !m_job.isBusy())
        m_wait.start();
}

void TrainingCost::tryTraining()
{
    if (!isVisible() || m_context.document.study().model || !m_mayTry())
        return;
    const MachineChoice machine = m_machine();
    RunOptions options;
    options.device = machine.device;
    options.precision = machine.precision;
    options.threads = machine.threads;
    m_job.run<TrainingEstimate>(
        [study = m_context.document.study(), options](const ProgressSink&, std::stop_token stop) {
            return estimateStudy(study, options, stop);
        },
        [this](Result<TrainingEstimate> estimate) {
            // What stands in the way of the run is said elsewhere.
            if (estimate) {
                m_estimate = *estimate;
                showText();
            }
        });
}

void TrainingCost::showText()
{
    QString text = trainingEstimate(m_context.document);
    if (m_estimate && usesProfiles(m_context.document.study().recipe.name))
        text += QLatin1Char('\n') + tr("Expected: %1 to train, then %2 to predict; %3 of memory.")
                                        .arg(durationText(m_estimate->trainingSeconds),
                                             durationText(m_estimate->predictionSeconds),
                                             QLocale().formattedDataSize(qint64(m_estimate->memory_bytes), 1));
    else if (m_estimate)
        text += QLatin1Char('\n') +
                tr("Expected: %1 per epoch, at most %2 for all, then %3 to predict; %4 of memory.")
                    .arg(durationText(m_estimate->secondsPerEpoch), durationText(m_estimate->trainingSeconds),
                         durationText(m_estimate->predictionSeconds),
                         QLocale().formattedDataSize(qint64(m_estimate->memory_bytes), 1));
    const Study& study = m_context.document.study();
    if (m_estimate && study.account.leakGap && !usesProfiles(study.recipe.name))
        text += QLatin1Char(' ') + tr("Training once more per kind of split takes up to twice that time again.");
    setText(text);
}

} // namespace dispersa
