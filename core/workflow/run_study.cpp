// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_study.h"

#include "core/base/memory_watch.h"
#include "core/base/os_file.h"
#include "core/io/study_file.h"
#include "core/workflow/finish_run.h"
#include "core/workflow/run_folder.h"
#include "core/workflow/run_log.h"
#include "core/workflow/training_data.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

int threadsOf(const RunOptions& options)
{
    return options.threads > 0 ? options.threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

/// Opens the study; the first obstacle is the error, the others stand in the log.
Result<OpenedStudy> openToRun(const Study& study, RunLog* runLog)
{
    std::vector<Error> obstacles;
    OpenedStudy opened = openStudy(study, obstacles);
    if (obstacles.empty())
        return opened;
    if (runLog)
        for (const Error& obstacle : obstacles)
            runLog->write(LogLevel::Error, obstacle.message);
    return fail(obstacles.front());
}

/// One token for two wishes: "stop and keep" and "abort". Lives as long as the training.
class EitherStop {
  public:
    EitherStop(std::stop_token a, std::stop_token b)
        : m_a(std::move(a), Request{m_source}), m_b(std::move(b), Request{m_source})
    {
    }
    std::stop_token token() const { return m_source.get_token(); }

  private:
    struct Request {
        std::stop_source source;
        void operator()() { source.request_stop(); }
    };
    std::stop_source m_source;
    std::stop_callback<Request> m_a;
    std::stop_callback<Request> m_b;
};

EpochSink loggingSink(RunLog& runLog, const EpochSink& next)
{
    return [&runLog, next](const EpochReport& report) {
        const EpochRecord& record = report.record;
        const std::string network =
            report.ensemble ? "network " + std::to_string(report.ensemble->member + 1) + ", " : std::string();
        runLog.info(network + "epoch " + std::to_string(record.epoch) + ": loss " + std::to_string(record.loss) +
                    (record.valLoss ? ", val_loss " + std::to_string(*record.valLoss) : std::string()) + ", " +
                    std::to_string(record.seconds) + " s");
        if (next)
            next(report);
    };
}

std::int64_t patternsToPredict(const OpenedStudy& opened)
{
    std::int64_t patterns = 0;
    for (const OpenedScanPtr& scan : opened.scans)
        patterns += opened.crop(*scan).count();
    return patterns;
}

/// Trains and gives the model its provenance.
Result<TrainOutcome> train(const OpenedStudy& opened, TrainingData& data, const TrainOptions& options,
                           Provenance& provenance, const RunEvents& events, RunLog& runLog,
                           const ProgressSink& progress, const std::stop_token& stopTraining,
                           const std::stop_token& abort)
{
    runLog.info("training " + opened.recipe->name + " on " + std::to_string(data.set.train.size()) + " patterns, " +
                std::to_string(data.set.validation.size()) + " to stop on, " +
                deviceDescription(options.device, options.threads));
    if (events.onLayout)
        events.onLayout(data.layout);
    for (const OpenedScanPtr& scan : data.scans)
        provenance.trainedOn.push_back(scan->entry.name);
    data.description.provenanceJson = provenanceJson(provenance);
    const EitherStop either(stopTraining, abort);
    if (events.onEstimate) {
        const TrainingAmount amount{std::int64_t(data.set.train.size()), std::int64_t(data.set.validation.size()),
                                    patternsToPredict(opened), data.set.patterns->countType() == CountType::UInt16};
        if (const auto estimate = estimateTraining(data.description, options, amount, either.token())) {
            provenance.estimate = *estimate;
            events.onEstimate(*estimate);
        }
    }
    const MemoryWatch memory;
    const auto start = Clock::now();
    auto outcome = trainNetwork(data.set, data.description, options, loggingSink(runLog, events.onEpoch), progress,
                                either.token());
    if (!outcome)
        return outcome;
    provenance.device = outcome->device;
    provenance.precision = outcome->precision;
    provenance.threads = outcome->threads;
    provenance.trainingSeconds = secondsSince(start);
    provenance.trainingMemory_bytes = memory.peak();
    ModelDescription description = outcome->model->description();
    description.provenanceJson = provenanceJson(provenance);
    outcome->model = withDescription(*outcome->model, std::move(description));
    const int members = outcome->model->description().members;
    runLog.info("trained " + (members > 1 ? std::to_string(members) + " networks, " : std::string()) +
                std::to_string(outcome->history.size()) + " epochs, best " + std::to_string(outcome->bestEpoch) +
                (outcome->stoppedEarly    ? ", stopped early"
                 : outcome->stoppedByUser ? ", stopped by the user"
                                          : ""));
    return outcome;
}

bool liesIn(const fs::path& file, const fs::path& folder)
{
    const auto relative = fs::weakly_canonical(file).lexically_relative(fs::weakly_canonical(folder));
    return !relative.empty() && *relative.begin() != "..";
}

Result<Provenance> startProvenance(const Study& study, const RunOptions& options)
{
    Provenance provenance;
    auto inputs = inputFingerprints(study);
    if (!inputs)
        return fail(inputs.error());
    provenance.inputs = std::move(*inputs);
    provenance.started = utcNow();
    provenance.seed = study.split.seed;
    provenance.threads = threadsOf(options);
    provenance.device = deviceDescription(options.device, provenance.threads);
    return provenance;
}

} // namespace

Result<RunResultPtr> runStudy(const Study& wanted, const RunOptions& options, const RunEvents& events,
                              const ProgressSink& progress, std::stop_token stopTraining, std::stop_token abort)
{
    const auto start = Clock::now();
    const Study study = effectiveStudy(wanted, options);
    auto opened = openToRun(study, nullptr);
    if (!opened)
        return fail(opened.error());
    auto provenance = startProvenance(study, options);
    if (!provenance)
        return fail(provenance.error());
    for (const auto& [input, hash] : provenance->inputs)
        if (liesIn(input, options.folder / "maps") || input == fs::absolute(options.folder / "model.safetensors"))
            return fail(ErrorCode::InvalidArgument,
                        "The study reads '" + input.string() +
                            "', which this run would overwrite. Name another folder for the run.",
                        input, {input.string()});
    const fs::path checkpoint = checkpointFile(options.folder);
    if (options.resume && opened->trains() && !fs::exists(checkpoint))
        return fail(ErrorCode::FileNotFound,
                    "There is no training to go on with in '" + options.folder.string() +
                        "': it has no checkpoints/last.safetensors. Name the folder of a run, or train anew.",
                    checkpoint);
    if (auto made = makeRunFolder(options.folder, options.resume); !made)
        return fail(made.error());
    RunLog runLog(options.folder / "run.log", options.resume);
    runLog.info("Dispersa " DISPERSA_VERSION);
    const auto logged = [&runLog](auto result) {
        if (!result)
            runLog.write(result.error().code == ErrorCode::Cancelled ? LogLevel::Info : LogLevel::Error,
                         result.error().message +
                             (result.error().detail.empty() ? std::string() : " [" + result.error().detail + "]"));
        return result;
    };
    const auto finish = [&](const Model& model, const TrainingData* data, const TrainOutcome* outcome,
                            const TrainOptions& training) {
        return logged(finishRun({*opened, model, data, outcome, training, *provenance, options, runLog, start,
                                 events.onPartial, progress, abort}));
    };
    if (!opened->trains()) {
        if (auto saved = saveModel(*opened->model, options.folder / "model.safetensors"); !saved)
            return logged(Result<RunResultPtr>(fail(saved.error())));
        return finish(*opened->model, nullptr, nullptr, {});
    }
    auto data = makeTrainingData(*opened, options.folder, progress, abort, options.cache);
    if (!data)
        return logged(Result<RunResultPtr>(fail(data.error())));
    TrainOptions training = trainOptions(*opened, options);
    training.checkpointFolder = options.folder / "checkpoints";
    training.tensorboardFolder = options.folder / "tensorboard";
    training.historyFile = options.folder / "history.csv";
    if (options.resume)
        training.resumeFrom = checkpoint;
    // The study stands in the folder as soon as a training could be interrupted there. Where one is to go on, it stays
    // that of the run before until there is something newer than that run.
    RunEvents told = events;
    told.onEpoch = [&, first = true](const EpochReport& report) mutable {
        if (std::exchange(first, false)) {
            forgetFinishedRun(options.folder);
            if (auto written = writeStudy(opened->study, options.folder / "study.dispersa"); !written)
                runLog.write(LogLevel::Warning, written.error().message);
        }
        if (events.onEpoch)
            events.onEpoch(report);
    };
    auto outcome = train(*opened, *data, training, *provenance, told, runLog, progress, stopTraining, abort);
    if (!outcome)
        return logged(Result<RunResultPtr>(fail(outcome.error())));
    if (auto saved = saveModel(*outcome->model, options.folder / "model.safetensors"); !saved)
        return logged(Result<RunResultPtr>(fail(saved.error())));
    if (abort.stop_requested())
        return logged(Result<RunResultPtr>(
            fail(ErrorCode::Cancelled, "Cancelled after " + std::to_string(outcome->history.size()) +
                                           " epochs; the best weights so far are in '" +
                                           (options.folder / "model.safetensors").string() + "'.")));
    return finish(*outcome->model, &*data, &*outcome, training);
}

Result<RunResultPtr> predictFiles(const fs::path& model, const std::vector<fs::path>& scans,
                                  const std::optional<Region>& crop, const RunOptions& options,
                                  const ProgressSink& progress, std::stop_token abort)
{
    auto loaded = loadModel(model);
    if (!loaded)
        return fail(loaded.error());
    auto found = studyFromFiles(scans, {});
    if (!found)
        return fail(found.error());
    Study study = std::move(found->study);
    for (StudyScan& scan : study.scans)
        scan.role = ScanRole::Predict;
    study.crop = crop;
    study.model = fs::absolute(model).lexically_normal();
    study.mapFilter = (*loaded)->description().mapFilter;
    study.normalise = (*loaded)->description().normalise;
    study.targets = (*loaded)->description().targets;
    study.diffraction = (*loaded)->description().diffraction;
    study.correction.kind = CorrectionKind::None;
    return runStudy(study, options, {}, progress, {}, abort);
}

Result<TrainOutcome> trainStudy(const Study& wanted, const fs::path& modelFile, const RunOptions& options,
                                const RunEvents& events, const ProgressSink& progress, std::stop_token stopTraining,
                                std::stop_token abort)
{
    Study study = effectiveStudy(wanted, options);
    study.model.reset();
    RunLog runLog({});
    auto opened = openToRun(study, &runLog);
    if (!opened)
        return fail(opened.error());
    auto provenance = startProvenance(study, options);
    if (!provenance)
        return fail(provenance.error());
    // Before an hour of training: can the result be kept?
    if (auto writable = makeWritableFolder(fs::absolute(modelFile).parent_path()); !writable)
        return fail(writable.error());
    auto data = makeTrainingData(*opened, fs::absolute(modelFile).parent_path(), progress, abort, options.cache);
    if (!data)
        return fail(data.error());
    auto outcome = train(*opened, *data, trainOptions(*opened, options), *provenance, events, runLog, progress,
                         stopTraining, abort);
    if (!outcome)
        return outcome;
    if (auto saved = saveModel(*outcome->model, modelFile); !saved)
        return fail(saved.error());
    return outcome;
}

} // namespace dispersa
