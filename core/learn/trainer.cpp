// SPDX-License-Identifier: GPL-3.0-or-later
// The course of a training: epochs, early stopping, what is kept and what is written.
#include "core/learn/trainer.h"

#include "core/base/log.h"
#include "core/base/os_file.h"
#include "core/learn/history_csv_p.h"
#include "core/learn/model_description_p.h"
#include "core/learn/tensorboard_writer_p.h"
#include "core/learn/torch_errors_p.h"
#include "core/learn/training_run_p.h"

#include <chrono>
#include <cmath>

namespace dispersa {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto reportInterval = std::chrono::milliseconds(50);

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<void> checkIndices(const TrainingSet& set, const std::vector<std::int64_t>& indices, std::size_t outputs)
{
    for (std::int64_t index : indices) {
        if (index < 0 || index >= set.patterns->count())
            return fail(ErrorCode::InvalidArgument, "A training index lies outside of the patterns.");
        for (std::size_t i = 0; i < outputs; ++i)
            if (!std::isfinite(set.targets[std::size_t(index) * outputs + i]))
                return fail(ErrorCode::InvalidArgument, "A target of pattern " + std::to_string(index) +
                                                            " is not a number: leave such pixels out of the split.");
    }
    return {};
}

Result<void> checkSet(const TrainingSet& set, const ModelDescription& description)
{
    const auto outputs = std::size_t(description.network.outputs);
    if (!set.patterns)
        return fail(ErrorCode::InvalidArgument, "There are no patterns to train on.");
    if (const auto table = layerTable(description.network, description.diffraction.bin); !table)
        return fail(table.error());
    if (const std::string wrong = wrongInDescription(description); !wrong.empty())
        return fail(ErrorCode::InvalidArgument, "The network cannot be trained: " + wrong + ".");
    const PatternShape expected = {description.network.patternHeight, description.network.patternWidth};
    if (set.patterns->patternShape() != expected)
        return fail(ErrorCode::InvalidArgument, "The patterns are " + toText(set.patterns->patternShape()) +
                                                    " pixels, the network was asked for " + toText(expected) + ".");
    if (set.targets.size() != std::size_t(set.patterns->count()) * outputs)
        return fail(ErrorCode::InvalidArgument, "The number of targets does not fit the number of patterns.");
    if (set.train.empty())
        return fail(ErrorCode::NothingToTrain, "No pattern is left to train on: use a larger crop or another split.");
    if (const auto checked = checkIndices(set, set.train, outputs); !checked)
        return checked;
    return checkIndices(set, set.validation, outputs);
}

std::vector<double> trainingMeans(const TrainingSet& set, std::size_t outputs)
{
    std::vector<double> means(outputs, 0.0);
    for (std::int64_t index : set.train)
        for (std::size_t i = 0; i < outputs; ++i)
            means[i] += set.targets[std::size_t(index) * outputs + i];
    for (double& mean : means)
        mean /= double(set.train.size());
    return means;
}

/// Says how far the training is, at most twenty times a second.
class Reporter {
  public:
    Reporter(const TrainingSet& set, const TrainOptions& options, const ProgressSink& sink, std::stop_token stop)
        : m_epochs(options.epochs), m_sink(sink), m_stop(std::move(stop))
    {
        const auto batches = [&options](const std::vector<std::int64_t>& part) {
            return (std::int64_t(part.size()) + options.batchSize - 1) / options.batchSize;
        };
        m_total = (batches(set.train) + batches(set.validation)) * options.epochs;
    }

    void beginEpoch(int epoch) { m_epoch = epoch; }
    void finishEpoch(const EpochRecord& record)
    {
        m_valLoss = record.valLoss;
        m_patternsPerSecond = record.patternsPerSecond;
        m_due = true;
        tell(record.loss);
    }

    /// For one pass. Only the training pass tells speed and loss.
    BatchDone forPass(bool learning)
    {
        return [this, learning, start = Clock::now()](std::int64_t patterns, const std::function<double()>& loss) {
            ++m_done;
            m_due = m_due || Clock::now() - m_lastReport >= reportInterval;
            if (learning)
                m_patternsPerSecond = double(patterns) / std::max(secondsSince(start), 1e-9);
            if (m_due && m_sink) {
                if (learning)
                    m_loss = loss();
                tell(m_loss);
            }
            return !m_stop.stop_requested();
        };
    }

  private:
    void tell(double loss)
    {
        m_loss = loss;
        m_due = false;
        m_lastReport = Clock::now();
        const double left = m_done > 0 ? secondsSince(m_start) / double(m_done) * double(m_total - m_done) : 0.0;
        Progress progress{"train", m_done, m_total, {}};
        progress.metrics = {{"epoch", m_epoch}, {"epochs", m_epochs}, {"loss", m_loss}};
        if (m_valLoss)
            progress.metrics.emplace_back("val_loss", *m_valLoss);
        progress.metrics.emplace_back("patterns_per_second", m_patternsPerSecond);
        progress.metrics.emplace_back("seconds_left", left);
        report(m_sink, progress);
    }

    const int m_epochs;
    const ProgressSink& m_sink;
    const std::stop_token m_stop;
    const Clock::time_point m_start = Clock::now();
    Clock::time_point m_lastReport = m_start;
    bool m_due = true;
    int m_epoch = 0;
    std::int64_t m_done = 0;
    std::int64_t m_total = 0;
    double m_loss = 0;
    double m_patternsPerSecond = 0;
    std::optional<double> m_valLoss;
};

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

    Result<void> write(const ModelDescription& description, const NetworkState& state,
                       const std::vector<EpochRecord>& history)
    {
        Result<void> done;
        if (!m_options->checkpointFolder.empty())
            done = writeModel(description, state, m_options->checkpointFolder / "last.safetensors");
        if (done && !m_options->historyFile.empty())
            done = writeHistoryCsv(history, m_options->historyFile);
        if (done && m_tensorboard)
            done = m_tensorboard->write(history.back());
        return done;
    }

  private:
    explicit EpochFiles(const TrainOptions& options) : m_options(&options) {}
    const TrainOptions* m_options;
    std::optional<TensorBoardWriter> m_tensorboard;
};

/// Trains and validates once; nothing when the stop came first.
Result<std::optional<EpochRecord>> runEpoch(int epoch, TrainingRun& run, const TrainingSet& set, Reporter& reporter)
{
    reporter.beginEpoch(epoch);
    EpochRecord record{epoch, 0, {}, 0, 0};
    const Clock::time_point start = Clock::now();
    const auto loss = run.train(reporter.forPass(true));
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
    record.seconds = secondsSince(start);
    reporter.finishEpoch(record);
    return std::optional(record);
}

Result<TrainOutcome> trainAll(const TrainingSet& set, const ModelDescription& description, const TrainOptions& options,
                              const ComputePlan& plan, const EpochSink& onEpoch, const ProgressSink& progress,
                              const std::stop_token& stop)
{
    auto files = EpochFiles::create(options);
    if (!files)
        return fail(files.error());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "The training was cancelled.");
    useThreads(plan.threads);
    TrainingRun run(set, description.network, options, plan);
    Reporter reporter(set, options, progress, stop);
    EarlyStopping stopping(options.patience);
    TrainOutcome outcome;
    NetworkState best, last;
    for (int epoch = 1; epoch <= options.epochs && !outcome.stoppedEarly && !outcome.stoppedByUser; ++epoch) {
        const auto record = runEpoch(epoch, run, set, reporter);
        if (!record)
            return fail(record.error());
        outcome.stoppedByUser = !*record || (stop.stop_requested() && epoch < options.epochs);
        if (!*record)
            break;
        outcome.history.push_back(**record);
        last = run.state();
        const bool improved = stopping.observe((*record)->valLoss.value_or((*record)->loss));
        if (improved || best.empty())
            best = last;
        if (const auto written = files->write(description, last, outcome.history); !written)
            return fail(written.error());
        if (onEpoch)
            onEpoch({**record, improved, run.takeOutputs()});
        outcome.stoppedEarly = !set.validation.empty() && stopping.shouldStop();
    }
    if (outcome.history.empty())
        return fail(ErrorCode::Cancelled, "The training was cancelled before its first epoch ended.");
    if (stopping.bestEpoch() == 0)
        log(LogLevel::Warning, "The loss was never a number: the training failed, choose a smaller learning rate.");
    outcome.bestEpoch = std::max(1, stopping.bestEpoch());
    const bool keepBest = outcome.stoppedByUser || options.weights == KeptWeights::Best;
    outcome.model = makeModel(description, keepBest ? best : last);
    outcome.device = plan.deviceText;
    outcome.precision = plan.precisionText();
    outcome.threads = plan.threads;
    return outcome;
}

} // namespace

Result<void> TrainOptions::check() const
{
    const char* wrong = epochs < 1                                            ? "at least one epoch"
                        : batchSize < 1                                       ? "a batch of at least one pattern"
                        : !(learningRate > 0) || !std::isfinite(learningRate) ? "a learning rate above 0"
                        : patience < 1                                        ? "a patience of at least one epoch"
                        : warmupSteps < 0                                     ? "zero or more warm-up steps"
                        : threads < 0                                         ? "zero (all) or more threads"
                                                                              : nullptr;
    if (wrong)
        return fail(ErrorCode::InvalidArgument, std::string("The training needs ") + wrong + ".");
    return {};
}

Result<TrainOutcome> trainNetwork(const TrainingSet& set, const ModelDescription& description,
                                  const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                  std::stop_token stop)
{
    return translated("training the network", [&]() -> Result<TrainOutcome> {
        if (const auto checked = options.check(); !checked)
            return fail(checked.error());
        if (const auto checked = checkSet(set, description); !checked)
            return fail(checked.error());
        const auto plan = planCompute(options.device, options.precision, options.threads);
        if (!plan)
            return fail(plan.error());
        ModelDescription trained = description;
        if (trained.trainingMean.empty())
            trained.trainingMean = trainingMeans(set, std::size_t(description.network.outputs));
        return trainAll(set, trained, options, *plan, onEpoch, progress, stop);
    });
}

} // namespace dispersa
