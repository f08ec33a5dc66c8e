// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/finish_run.h"

#include "core/base/progress.h"
#include "core/workflow/exported_maps.h"
#include "core/workflow/held_out.h"
#include "core/workflow/in_sample.h"
#include "core/workflow/run_account.h"
#include "core/workflow/run_figure_data.h"
#include "core/workflow/run_scores.h"
#include "core/workflow/scan_prediction.h"

#include <algorithm>
#include <utility>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

PredictOptions predictOptions(const OpenedStudy& opened, const RunOptions& options)
{
    PredictOptions predict;
    predict.device = options.device;
    predict.precision =
        options.precision == PrecisionChoice::BFloat16 ? PrecisionChoice::BFloat16 : PrecisionChoice::Float32;
    predict.threads = options.threads;
    predict.dropoutPasses = opened.study.account.dropoutPasses;
    predict.seed = opened.study.split.seed;
    return predict;
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

/// Of corrections that could not be fitted, and of those fitted on what the network was trained on.
void warnOfCorrections(OpenedStudy& opened, const FittedCorrections& corrections, const TrainingData* data)
{
    if (opened.study.correction.kind != CorrectionKind::None && corrections.perTarget.empty())
        opened.warnings.push_back({"correction_not_fitted",
                                   "There is no correction: '" + opened.study.correction.fitOn +
                                       "' has no pixels with real and predicted values to fit it on.",
                                   {},
                                   {}});

    if (data && opened.study.correction.kind != CorrectionKind::None &&
        std::any_of(data->scans.begin(), data->scans.end(),
                    [&](const OpenedScanPtr& scan) { return scan->entry.name == opened.study.correction.fitOn; }))
        opened.warnings.push_back(
            {"correction_on_training",
             "The correction is fitted on '" + opened.study.correction.fitOn +
                 "', which the network was trained on: it predicts that scan better than others, so "
                 "the curve corrects too little. Fit it on a scan with the role predict.",
             {},
             opened.study.correction.fitOn});
}

} // namespace

Result<RunResultPtr> finishRun(const RunToFinish& job)
{
    OpenedStudy& opened = job.opened;
    const Model& model = job.model;
    const TrainingData* data = job.data;
    const TrainOutcome* outcome = job.outcome;
    Provenance& provenance = job.provenance;
    const RunOptions& options = job.options;
    RunLog& runLog = job.runLog;
    const ProgressSink& progress = job.progress;
    const PredictOptions predict = predictOptions(opened, options);
    provenance.dropoutPasses = predict.dropoutPasses;
    provenance.members = model.description().profile ? 0 : model.description().members;
    provenance.predictionPrecision = predict.precision == PrecisionChoice::BFloat16 ? "bf16" : "fp32";
    std::vector<ScanPrediction> predictions;
    for (const OpenedScanPtr& scan : opened.scans) {
        auto prediction = predictScan(opened, scan, model, data, predict, options.folder, progress, job.abort,
                                      options.cache, job.onPartial);
        if (!prediction)
            return fail(prediction.error());
        runLog.info("predicted " + scan->entry.name + " (" + toText(prediction->crop.shape()) + ")");
        predictions.push_back(std::move(*prediction));
    }
    const FittedCorrections corrections = fitCorrections(opened, predictions, data);
    applyCorrections(opened, predictions, corrections);
    warnOfCorrections(opened, corrections, data);

    auto run = std::make_shared<RunResult>();
    run->folder = fs::absolute(options.folder).lexically_normal();
    run->study = opened.study;
    run->device = provenance.device;
    run->precision = provenance.precision;
    run->warnings = opened.warnings;
    const Retraining retraining{opened, job.training, progress, job.abort};
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
    run->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - job.start).count();
    if (auto written = writeRunFiles(*run, provenance); !written)
        return fail(written.error());
    report(progress, {"write", 1, 1});
    runLog.info("finished in " + std::to_string(run->seconds) + " s");
    return RunResultPtr(std::move(run));
}

} // namespace dispersa
