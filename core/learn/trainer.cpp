// SPDX-License-Identifier: GPL-3.0-or-later
// The course of a training: epochs, early stopping, what is kept and what is written.
#include "core/learn/trainer.h"

#include "core/base/log.h"
#include "core/base/os_file.h"
#include "core/learn/ensemble_training_p.h"
#include "core/learn/history_csv_p.h"
#include "core/learn/profile_training_p.h"
#include "core/learn/snapshot_writer_p.h"
#include "core/learn/tensorboard_writer_p.h"
#include "core/learn/torch_errors_p.h"
#include "core/learn/training_checks_p.h"
#include "core/learn/training_reporter_p.h"
#include "core/learn/training_run_p.h"
#include "core/learn/training_snapshot_p.h"

#include <ATen/Functions.h>

#include <chrono>

namespace dispersa {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a training leaves on disk after each epoch.
class EpochFiles {
  public:
    static Result<EpochFiles> create(const TrainOptions& options)
    {
        EpochFiles files(options);
        if (!options.checkpointFolder.empty())
            if (const auto made = makeWritableFolder(options.checkpointFolder); !made)
                return fail(made.error());
        if (!options.tensorboardFolder.empty()) {
            auto writer = TensorBoardWriter::create(options.tensorboardFolder);
            if (!writer)
                return fail(writer.error());
            files.m_tensorboard = std::move(*writer);
        }
        return files;
    }

    /// `before`: histories of the members of an ensemble that are trained already.
    Result<void> write(const ModelDescription& description, const std::string& identity,
                       const TrainingSnapshot& snapshot, const std::vector<History>& before)
    {
        Result<void> done;
        if (!m_options->checkpointFolder.empty()) {
            if (!m_snapshots)
                m_snapshots = std::make_unique<SnapshotWriter>(
                    [description, identity, path = m_options->checkpointFolder / "last.safetensors"](
                        const TrainingSnapshot& waiting) { return writeSnapshot(waiting, description, identity, path); });
            done = m_snapshots->write(snapshot);
        }
        if (done && !m_options->historyFile.empty())
            done = writeHistoryCsv(meanHistory(before, snapshot.history), m_options->historyFile);
        if (done && m_tensorboard)
            done = m_tensorboard->write(snapshot.history.back());
        return done;
    }

    /// Waits for what is still being written.
    Result<void> finish() { return m_snapshots ? m_snapshots->finish() : Result<void>(); }

  private:
    explicit EpochFiles(const TrainOptions& options) : m_options(&options) {}
    const TrainOptions* m_options;
    std::optional<TensorBoardWriter> m_tensorboard;
    std::unique_ptr<SnapshotWriter> m_snapshots; ///< from the first epoch on
};

/// Copies of the optimiser's state on the CPU, row-major.
NetworkState momentsOf(const Optimizer& optimizer)
{
    const torch::NoGradGuard noGrad;
    NetworkState moments;
    for (const auto& [name, tensor] : optimizer.state()) {
        torch::Tensor copy = at::empty(tensor.sizes(), tensor.options().device(at::kCPU));
        copy.copy_(tensor);
        moments.emplace_back(name, std::move(copy));
    }
    return moments;
}

/// Trains and validates once; nothing when the stop came first.
Result<std::optional<EpochRecord>> runEpoch(int epoch, TrainingRun& run, const TrainingSet& set,
                                            TrainingReporter& reporter)
{
    reporter.beginEpoch(epoch);
    EpochRecord record{epoch, 0, {}, 0, 0};
    const Clock::time_point start = Clock::now();
    const auto loss = run.train(epoch, reporter.forPass(true));
    if (!loss)
        return fail(loss.error());
    if (!*loss)
        return std::optional<EpochRecord>();
    record.loss = **loss;
    record.patternsPerSecond = double(set.train.size()) / std::max(secondsSince(start), 1e-9);
    if (!set.validation.empty()) {
        const auto valLoss = run.validate(reporter.forPass(false));
        if (!valLoss)
            return fail(valLoss.error());
        if (!*valLoss)
            return std::optional<EpochRecord>();
        record.valLoss = **valLoss;
    }
    run.epochEnded(record.valLoss.value_or(record.loss));
    record.seconds = secondsSince(start);
    reporter.finishEpoch(record);
    return std::optional(record);
}

/// What stays the same from one attempt to the next.
struct Task {
    const TrainingSet& set;
    const ModelDescription& description;
    const TrainOptions& options;
    const MemberRole& role;
    std::string identity;
    NetworkState initial;
    const EpochSink& onEpoch;
    const ProgressSink& progress;
    const std::stop_token& stop;
};

/// Goes on from `snapshot` to the end. What was reached stays in `snapshot` when an error ends it.
Result<TrainOutcome> trainAll(const Task& task, const ComputePlan& plan, EpochFiles& files, TrainingSnapshot& snapshot)
{
    const TrainOptions& options = task.options;
    if (task.stop.stop_requested() && snapshot.history.empty())
        return fail(ErrorCode::Cancelled, "The training was cancelled.");
    useThreads(plan.threads);
    TrainingRun run(task.set, task.description.network, options, plan, task.initial);
    if (!snapshot.history.empty() && !run.restore(snapshot.last, snapshot.moments, snapshot.history))
        return fail(ErrorCode::ModelInvalid,
                    "The training cannot go on: the optimiser's state does not fit the network. Train anew.");
    TrainingReporter reporter(task.set, options, int(snapshot.history.size()), task.progress, task.stop);
    EarlyStopping stopping(options.patience);
    for (const EpochRecord& record : snapshot.history)
        stopping.observe(record.valLoss.value_or(record.loss));
    TrainOutcome outcome;
    if (stopping.shouldStop() && task.role.ofMany && !task.set.validation.empty())
        outcome.stoppedEarly = true;
    else if (stopping.shouldStop())
        stopping.waitAnew();
    for (int epoch = int(snapshot.history.size()) + 1;
         epoch <= options.epochs && !outcome.stoppedEarly && !outcome.stoppedByUser; ++epoch) {
        const auto record = runEpoch(epoch, run, task.set, reporter);
        if (!record)
            return fail(record.error());
        outcome.stoppedByUser = !*record || (task.stop.stop_requested() && epoch < options.epochs);
        if (!*record)
            break;
        const bool improved = stopping.observe((*record)->valLoss.value_or((*record)->loss));
        snapshot.history.push_back(**record);
        snapshot.last = run.state();
        snapshot.moments = momentsOf(run.optimizer());
        if (improved || snapshot.best.empty())
            snapshot.best = snapshot.last;
        if (const auto written = files.write(task.description, task.identity, snapshot, task.role.before); !written)
            return fail(written.error());
        if (task.onEpoch)
            task.onEpoch({**record, improved, run.takeOutputs()});
        outcome.stoppedEarly = !task.set.validation.empty() && stopping.shouldStop();
    }
    if (snapshot.history.empty())
        return fail(ErrorCode::Cancelled, "The training was cancelled before its first epoch ended.");
    if (stopping.bestEpoch() == 0)
        log(LogLevel::Warning, "The loss was never a number: the training failed, choose a smaller learning rate.");
    outcome.history = snapshot.history;
    outcome.bestEpoch = std::max(1, stopping.bestEpoch());
    const bool keepBest = outcome.stoppedByUser || options.weights == KeptWeights::Best;
    outcome.model = makeModel(task.description, keepBest ? snapshot.best : snapshot.last);
    outcome.device = plan.deviceText;
    outcome.precision = plan.precisionText();
    outcome.threads = plan.threads;
    outcome.batchSize = options.batchSize;
    return outcome;
}

/// Trains; gives way where the GPU's memory does not suffice, and goes on from the last finished epoch.
Result<TrainOutcome> trainSomehow(Task task, ComputePlan plan, EpochFiles& files, TrainingSnapshot& snapshot)
{
    TrainOptions options = task.options;
    const Task attempt{task.set,     task.description,         options,
                       task.role,    std::move(task.identity), std::move(task.initial),
                       task.onEpoch, task.progress,            task.stop};
    while (true) {
        auto outcome = translated("training the network", [&] { return trainAll(attempt, plan, files, snapshot); });
        if (outcome || !isDeviceMemoryError(outcome.error()))
            return outcome;
        const std::string next = giveWay(plan, options.batchSize);
        if (next.empty())
            return outcome;
        log(LogLevel::Warning, "The GPU's memory does not suffice: " + next + ".");
    }
}

/// Weights to begin with. Error: ModelMismatch.
Result<NetworkState> initialWeights(const TrainOptions& options, const ModelDescription& description)
{
    if (!options.startFrom)
        return NetworkState();
    if (options.startFrom->description().profile)
        return fail(ErrorCode::ModelMismatch,
                    "The training cannot start from this model: it is a regression on radial profiles, and a network cannot "
                    "take its weights. Choose a model of the same recipe.");
    const NetworkOptions &from = options.startFrom->description().network, &to = description.network;
    if (from.patternHeight != to.patternHeight || from.patternWidth != to.patternWidth)
        return fail(ErrorCode::ModelMismatch,
                    "The training cannot start from this model: it knows patterns of " +
                        toText(PatternShape{from.patternHeight, from.patternWidth}) + " pixels after preparation, these are " +
                        toText(PatternShape{to.patternHeight, to.patternWidth}) + ". Choose the model's bin.",
                    {}, {toText(PatternShape{from.patternHeight, from.patternWidth})});
    if (options.startFrom->description().members > 1)
        log(LogLevel::Info, "The model to start from is an ensemble: its first network is taken.");
    NetworkState state = copyState(dynamic_cast<const TrainedModel&>(*options.startFrom).network());
    if (options.startFrom->description().targets != description.targets)
        std::erase_if(state, [](const auto& item) { return item.first.starts_with("output."); });
    return state;
}

} // namespace

Result<TrainOutcome> trainOneNetwork(const TrainingSet& set, const ModelDescription& description,
                                     const TrainOptions& options, const MemberRole& role, const EpochSink& onEpoch,
                                     const ProgressSink& progress, std::stop_token stop)
{
    const auto plan = planCompute(options.device, options.precision, options.threads);
    if (!plan)
        return fail(plan.error());
    auto initial = initialWeights(options, description);
    if (!initial)
        return fail(initial.error());
    const std::string identity = trainingIdentity(set, description, options);
    TrainingSnapshot snapshot;
    if (!options.resumeFrom.empty()) {
        auto read = readSnapshot(options.resumeFrom, identity, description.network);
        if (!read)
            return fail(read.error());
        snapshot = std::move(*read);
    }
    const int resumed = int(snapshot.history.size());
    auto files = EpochFiles::create(options);
    if (!files)
        return fail(files.error());
    auto outcome =
        trainSomehow({set, description, options, role, identity, std::move(*initial), onEpoch, progress, stop}, *plan,
                     *files, snapshot);
    if (const auto written = files->finish(); outcome && !written)
        return fail(written.error());
    if (outcome)
        outcome->resumedEpochs = resumed;
    return outcome;
}

Result<TrainOutcome> trainNetwork(const TrainingSet& set, const ModelDescription& description,
                                  const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                  std::stop_token stop)
{
    return translated("training the network", [&]() -> Result<TrainOutcome> {
        if (const auto checked = checkTraining(set, description, options); !checked)
            return fail(checked.error());
        ModelDescription trained = description;
        if (trained.trainingMean.empty())
            trained.trainingMean = trainingMeans(set, std::size_t(description.network.outputs));
        if (description.profile)
            return trainProfile(set, trained, options, onEpoch, progress, stop);
        if (options.resumeFrom.empty())
            forgetMembers(options.checkpointFolder);
        if (options.members > 1)
            return trainEnsemble(set, trained, options, onEpoch, progress, stop);
        return trainOneNetwork(set, trained, options, {}, onEpoch, progress, stop);
    });
}

} // namespace dispersa
