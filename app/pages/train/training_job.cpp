// SPDX-License-Identifier: GPL-3.0-or-later
// Running a study from the window; see training_job.h.
#include "app/pages/train/training_job.h"

#include "app/document/study_document.h"
#include "app/pages/train/recipe_text.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"

#include <algorithm>
#include <limits>
#include <mutex>

namespace dispersa {

/// Where the worker leaves what happened. Records are all kept; of the maps only the newest counts. The worker may
/// outlive the job, hence shared, and `receiver` is emptied when the job goes.
struct TrainingJob::Mailbox {
    std::mutex mutex;
    TrainingJob* receiver = nullptr;
    bool posted = false;
    std::shared_ptr<const TrainingLayout> layout;
    std::vector<EpochRecord> records;
    int epochsTold = 0;
    int bestEpoch = 0;
    std::shared_ptr<const std::vector<float>> outputs;
    std::shared_ptr<const PartialPrediction> partial;

    /// With the mutex held: one collect() on the GUI thread for however many reports.
    void post()
    {
        if (!receiver || posted)
            return;
        posted = true;
        QMetaObject::invokeMethod(receiver, &TrainingJob::collect, Qt::QueuedConnection);
    }
};

namespace {

/// As the training itself chooses: the smallest loss, of the first of equals; 0 without one.
int bestOf(const std::vector<EpochRecord>& history)
{
    EarlyStopping best(std::numeric_limits<int>::max());
    for (const EpochRecord& record : history)
        best.observe(record.valLoss.value_or(record.loss));
    return best.bestEpoch();
}

} // namespace

TrainingJob::TrainingJob(PageContext context, QObject* parent) : QObject(parent), m_context(context)
{
    connect(&m_context.tasks, &TaskRunner::progressed, this, &TrainingJob::readProgress);
    connect(&m_context.tasks, &TaskRunner::tasksChanged, this, &TrainingJob::readProgress);
}

TrainingJob::~TrainingJob()
{
    if (m_mailbox) {
        const std::lock_guard lock(m_mailbox->mutex);
        m_mailbox->receiver = nullptr;
    }
}

void TrainingJob::start(const Study& study, const QString& studyFile, const RunOptions& options,
                        const std::vector<EpochRecord>& earlier)
{
    if (isRunning())
        return;
    m_study = study;
    m_folder = options.folder;
    m_studyFile = studyFile;
    m_epochsPlanned = study.model ? 0 : plannedSteps(study.recipe);
    m_history = earlier;
    m_epochsTold = 0;
    m_bestEpoch = bestOf(earlier);
    m_layout.reset();
    m_outputs.reset();
    m_partial.reset();
    m_progress = {};
    m_seconds = 0;
    m_stopTraining = std::stop_source();
    m_mailbox = std::make_shared<Mailbox>();
    m_mailbox->receiver = this;
    m_mailbox->records = m_history;
    m_mailbox->bestEpoch = m_bestEpoch;

    RunEvents events;
    events.onLayout = [box = m_mailbox](const std::shared_ptr<const TrainingLayout>& layout) {
        const std::lock_guard lock(box->mutex);
        box->layout = layout;
        box->post();
    };
    events.onEpoch = [box = m_mailbox](const EpochReport& report) {
        const std::lock_guard lock(box->mutex);
        const EpochRecord& record = report.inHistory();
        box->records.resize(std::max(box->records.size(), std::size_t(record.epoch)));
        box->records[std::size_t(record.epoch) - 1] = record;
        ++box->epochsTold;
        if (report.bestSoFar) {
            box->bestEpoch = report.record.epoch;
            if (report.outputs)
                box->outputs = report.outputs;
        }
        box->post();
    };
    events.onPartial = [box = m_mailbox](const PartialPrediction& partial) {
        const std::lock_guard lock(box->mutex);
        box->partial = std::make_shared<const PartialPrediction>(partial);
        box->post();
    };
    const QString name = QString::fromStdString(options.folder.filename().string());
    m_task = m_context.tasks.start<RunResultPtr>(
        TaskLane::Compute, study.model ? tr("Predicting %1").arg(name) : tr("Training %1").arg(name), this,
        [study, options, events, stop = m_stopTraining.get_token()](const ProgressSink& progress,
                                                                    std::stop_token abort) {
            return runStudy(study, options, events, progress, stop, abort);
        },
        [this](Result<RunResultPtr> result) { deliver(std::move(result)); });
    m_context.tasks.setTimeLeft(m_task, [this]() -> std::optional<double> {
        return isLearning() ? std::optional(secondsLeft()) : std::nullopt;
    });
    setState(State::Running);
    Q_EMIT epochsChanged();
}

void TrainingJob::stop()
{
    if (keepsOnStop()) {
        m_stopTraining.request_stop();
        setState(State::KeepingBest);
    } else if (m_state == State::Running || m_state == State::KeepingBest) {
        m_context.tasks.requestStop(m_task);
        setState(State::Aborting);
    }
}

bool TrainingJob::keepsOnStop() const
{
    // Nothing is learned before the first epoch ends; and once the run predicts, no training is left to stop.
    return m_state == State::Running && !m_study.model && !m_history.empty() && !m_partial;
}

bool TrainingJob::isLearning() const
{
    return m_progress.stage.starts_with("train") && m_epochsPlanned > 0;
}

double TrainingJob::secondsLeft() const
{
    if (const auto left = metric("seconds_left"); left && metric("members"))
        return *left;
    // One kind of regression says nothing of how long the next one takes.
    if (m_history.empty() || m_epochsPlanned <= 0 || usesProfiles(m_study.recipe.name))
        return -1;
    // The first epoch pays for warming up: the last five tell more.
    const std::size_t n = std::min<std::size_t>(5, m_history.size());
    double sum = 0;
    for (std::size_t i = m_history.size() - n; i < m_history.size(); ++i)
        sum += m_history[i].seconds;
    return sum / double(n) * std::max(0, m_epochsPlanned - m_history.back().epoch);
}

std::optional<double> TrainingJob::metric(const char* name) const
{
    for (const auto& [key, value] : m_progress.metrics)
        if (key == name)
            return value;
    return std::nullopt;
}

void TrainingJob::collect()
{
    bool newLayout = false;
    bool newEpochs = false;
    bool newPartial = false;
    {
        const std::lock_guard lock(m_mailbox->mutex);
        m_mailbox->posted = false;
        newLayout = m_mailbox->layout != m_layout;
        m_layout = m_mailbox->layout;
        newEpochs = m_mailbox->epochsTold != m_epochsTold;
        m_epochsTold = m_mailbox->epochsTold;
        m_history = m_mailbox->records;
        m_bestEpoch = m_mailbox->bestEpoch;
        m_outputs = m_mailbox->outputs;
        newPartial = m_mailbox->partial != m_partial;
        m_partial = m_mailbox->partial;
    }
    if (newLayout)
        Q_EMIT layoutKnown();
    if (newEpochs)
        Q_EMIT epochsChanged();
    if (newPartial)
        Q_EMIT partialChanged();
}

void TrainingJob::readProgress()
{
    if (!isRunning())
        return;
    for (const TaskStatus& task : m_context.tasks.tasks()) {
        if (task.id != m_task)
            continue;
        m_progress = task.progress;
        m_seconds = task.secondsRunning;
        if (task.state == TaskState::Stopping && m_state != State::Aborting)
            setState(State::Aborting); // cancelled in the strip below
        Q_EMIT progressChanged();
        return;
    }
}

void TrainingJob::deliver(Result<RunResultPtr> result)
{
    collect();
    setState(State::Idle);
    if (result) {
        for (const Warning& warning : (*result)->warnings)
            m_context.messages.addWarning(warning);
        const StudyDocument& document = m_context.document;
        // Another study may have been opened meanwhile: its pages must not show this run as theirs.
        if (document.filePath() == m_studyFile || document.study().scans == m_study.scans)
            m_context.document.addRun(*result);
        else
            m_context.messages.addNote(
                tr("The run of the study you closed is finished: %1").arg(QString::fromStdString((*result)->folder.string())));
        Q_EMIT finished(*result);
    } else if (result.error().code == ErrorCode::Cancelled) {
        Q_EMIT cancelled();
    } else {
        m_context.messages.addError(result.error());
        Q_EMIT failed(result.error());
    }
}

void TrainingJob::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}

} // namespace dispersa
