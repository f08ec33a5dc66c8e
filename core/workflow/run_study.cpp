// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_study.h"

#include "core/base/memory_watch.h"
#include "core/base/os_file.h"
#include "core/io/study_file.h"
#include "core/workflow/exported_maps.h"
#include "core/workflow/held_out.h"
#include "core/workflow/in_sample.h"
#include "core/workflow/run_account.h"
#include "core/workflow/run_figure_data.h"
#include "core/workflow/run_folder.h"
#include "core/workflow/run_log.h"
#include "core/workflow/run_scores.h"
#include "core/workflow/scan_prediction.h"
#include "core/workflow/training_data.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

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
    EitherStop(std::stop_token a, std::stop_token b) : m_a(std::move(a), Request{m_source}), m_b(std::move(b), Request{m_source})
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
                (outcome->stoppedEarly ? ", stopped early" : outcome->stoppedByUser ? ", stopped by the user" : ""));
    return outcome;
}

std::vector<SplitPixel> splitPixelsOf(const TrainingData& data)
{
    std::vector<SplitPixel> pixels;
    for (std::size_t s = 0; s < data.scans.size(); ++s)
        for (std::size_t i = 0; i < data.sets[s].size(); ++i) {
            const int width = data.crops[s].width;
            pixels.push_back({data.scans[s]->entry.name, data.crops[s].y + static_cast<int>(i) / width,
                              data.crops[s].x + static_cast<int>(i) % width, pixelSetName(data.sets[s][i])});
        }
    return pixels;
}

/// Predicts, scores and writes; `data`, `outcome` and `training` are empty when a trained model is used.
Result<RunResultPtr> finishRun(OpenedStudy& opened, const Model& model, const TrainingData* data,
                               const TrainOutcome* outcome, const TrainOptions& training, Provenance& provenance,
                               const RunOptions& options, RunLog& runLog, Clock::time_point start,
                               const PartialSink& onPartial, const ProgressSink& progress, const std::stop_token& abort)
{
    PredictOptions predict;
    predict.device = options.device;
    predict.precision = options.precision == PrecisionChoice::BFloat16 ? PrecisionChoice::BFloat16 : PrecisionChoice::Float32;
    predict.threads = options.threads;
    predict.dropoutPasses = opened.study.account.dropoutPasses;
    predict.seed = opened.study.split.seed;
    provenance.dropoutPasses = predict.dropoutPasses;
    provenance.members = model.description().profile ? 0 : model.description().members;
    provenance.predictionPrecision = predict.precision == PrecisionChoice::BFloat16 ? "bf16" : "fp32";
    std::vector<ScanPrediction> predictions;
    for (const OpenedScanPtr& scan : opened.scans) {
        auto prediction = predictScan(opened, scan, model, data, predict, options.folder, progress, abort,
                                      options.cache, onPartial);
        if (!prediction)
            return fail(prediction.error());
        runLog.info("predicted " + scan->entry.name + " (" + toText(prediction->crop.shape()) + ")");
        predictions.push_back(std::move(*prediction));
    }
    const FittedCorrections corrections = fitCorrections(opened, predictions, data);
    applyCorrections(opened, predictions, corrections);
    if (opened.study.correction.kind != CorrectionKind::None && corrections.perTarget.empty())
        opened.warnings.push_back({"correction_not_fitted",
                                   "There is no correction: '" + opened.study.correction.fitOn +
                                       "' has no pixels with real and predicted values to fit it on.",
                                   {},
                                   {}});

    if (data && opened.study.correction.kind != CorrectionKind::None &&
        std::any_of(data->scans.begin(), data->scans.end(), [&](const OpenedScanPtr& scan) {
            return scan->entry.name == opened.study.correction.fitOn;
        }))
        opened.warnings.push_back({"correction_on_training",
                                   "The correction is fitted on '" + opened.study.correction.fitOn +
                                       "', which the network was trained on: it predicts that scan better than others, so "
                                       "the curve corrects too little. Fit it on a scan with the role predict.",
                                   {},
                                   opened.study.correction.fitOn});

    auto run = std::make_shared<RunResult>();
    run->folder = fs::absolute(options.folder).lexically_normal();
    run->study = opened.study;
    run->device = provenance.device;
    run->precision = provenance.precision;
    run->warnings = opened.warnings;
    const Retraining retraining{opened, training, progress, abort};
    HeldOutMaps test;
    std::optional<TestPairs> pairs;
    if (data) {
        if (opened.study.split.kind == SplitKind::LeaveOneOut) {
            runLog.info("training once more per scan that is left out");
            TrainingData folds = *data;
            auto left = retrainedMaps(retraining, folds, opened.study.split);
            if (!left)
                return fail(left.error());
            test = std::move(*left);
        } else {
            test = heldOutMaps(*data, predictions, PixelSet::Test);
        }
        pairs = testPairs(opened, predictions, *data, test, corrections);
    }
    run->metrics = runMetrics(opened, predictions, inSampleScans(opened, model, data != nullptr),
                              pairs ? &*pairs : nullptr, corrections);
    runLog.info("scoring baselines and splits");
    if (auto account = addAccount(retraining, predictions, data, test, run->metrics); account)
        run->warnings.insert(run->warnings.end(), account->begin(), account->end());
    else if (account.error().code == ErrorCode::Cancelled)
        return fail(account.error());
    else // the maps are there all the same
        run->warnings.push_back({"account_incomplete",
                                 "Baselines, intervals and the leak gap are incomplete: " + account.error().message,
                                 {},
                                 {}});
    if (outcome) {
        run->history = outcome->history;
        run->bestEpoch = outcome->bestEpoch;
        run->stoppedEarly = outcome->stoppedEarly;
        run->stoppedByUser = outcome->stoppedByUser;
    }
    if (data) {
        run->split = splitPixelsOf(*data);
        run->warnings.insert(run->warnings.end(), data->warnings.begin(), data->warnings.end());
    }
    if (const std::string gap = leakGapSentence(run->metrics.leakGap); !gap.empty()) {
        runLog.info(gap);
        if (positionPredicts(run->metrics.leakGap))
            run->warnings.push_back({"position_predicts", gap, {}, {}});
    }
    for (const ScanPrediction& prediction : predictions) {
        run->warnings.insert(run->warnings.end(), prediction.notes.begin(), prediction.notes.end());
        auto result = exportedMaps(opened, prediction, model);
        if (!result)
            return fail(result.error());
        run->scans.push_back(std::move(*result));
    }
    report(progress, {"write", 0, 1});
    if (auto written = writeRunFigureData(*run, opened.targets, pairs ? &*pairs : nullptr); !written)
        return fail(written.error());
    run->seconds = secondsSince(start);
    if (auto written = writeRunFiles(*run, provenance); !written)
        return fail(written.error());
    report(progress, {"write", 1, 1});
    runLog.info("finished in " + std::to_string(run->seconds) + " s");
    return RunResultPtr(std::move(run));
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
    if (!opened->trains()) {
        if (auto saved = saveModel(*opened->model, options.folder / "model.safetensors"); !saved)
            return logged(Result<RunResultPtr>(fail(saved.error())));
        return logged(finishRun(*opened, *opened->model, nullptr, nullptr, {}, *provenance, options, runLog, start,
                                events.onPartial, progress, abort));
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
    // The study stands in the folder as soon as a training could be interrupted there. Where one is to go on, it stays that
    // of the run before until there is something newer than that run.
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
        return logged(Result<RunResultPtr>(fail(
            ErrorCode::Cancelled, "Cancelled after " + std::to_string(outcome->history.size()) +
                                      " epochs; the best weights so far are in '" +
                                      (options.folder / "model.safetensors").string() + "'.")));
    return logged(finishRun(*opened, *outcome->model, &*data, &*outcome, training, *provenance, options, runLog, start,
                            events.onPartial, progress, abort));
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
