// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/dose_plan.h"

#include "core/assess/metrics.h"
#include "core/base/random.h"
#include "core/workflow/held_out.h"
#include "core/workflow/opened_study.h"
#include "core/workflow/training_data.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <random>

namespace dispersa {
namespace {

/// Training pixels of `data` in squares of `block_px`, drawn until they hold `share` of them.
std::vector<std::vector<std::uint8_t>> drawnArea(const TrainingData& data, double share, int block_px, std::uint64_t seed)
{
    std::vector<std::vector<std::vector<std::size_t>>> blocks; // [scan][block] -> pixels
    std::vector<std::pair<std::size_t, std::size_t>> order;
    std::size_t total = 0;
    std::vector<std::vector<std::uint8_t>> kept;
    for (std::size_t s = 0; s < data.sets.size(); ++s) {
        const Region& crop = data.crops[s];
        const int columns = (crop.width + block_px - 1) / block_px, rows = (crop.height + block_px - 1) / block_px;
        auto& own = blocks.emplace_back(std::size_t(columns) * std::size_t(rows));
        kept.emplace_back(data.sets[s].size(), std::uint8_t(0));
        for (std::size_t i = 0; i < data.sets[s].size(); ++i)
            if (data.sets[s][i] == PixelSet::Train) {
                const int y = int(i) / crop.width, x = int(i) % crop.width;
                own[std::size_t(y / block_px * columns + x / block_px)].push_back(i);
                ++total;
            }
        for (std::size_t b = 0; b < own.size(); ++b)
            if (!own[b].empty())
                order.emplace_back(s, b);
    }
    Random random(seed);
    random.shuffle(std::span(order));
    // The last square is cut, so that small shares are what they say.
    auto left = std::size_t(std::llround(share * double(total)));
    for (const auto& [scan, block] : order)
        for (const std::size_t pixel : blocks[scan][block])
            if (left > 0) {
                kept[scan][pixel] = 1;
                --left;
            }
    return kept;
}

/// Random as the standard library's distributions take it.
struct Bits {
    using result_type = std::uint64_t;
    Random& random;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
    result_type operator()() { return random.next(); }
};

/// The study as if each X-ray count had been recorded with the probability `share`.
OpenedStudy thinned(const OpenedStudy& opened, double share, std::uint64_t seed)
{
    OpenedStudy result = opened;
    Random random(seed);
    Bits bits{random};
    for (OpenedScanPtr& scan : result.scans) {
        if (scan->entry.role != ScanRole::Train)
            continue;
        auto copy = std::make_shared<OpenedScan>(*scan);
        for (MapPtr& map : copy->maps) {
            if (map->unit != MapUnit::Counts)
                continue;
            auto fewer = std::make_shared<ElementMap>(*map);
            for (float& value : fewer->values)
                if (value > 0) // no data is not
                    value = float(std::binomial_distribution<std::int64_t>(std::llround(value), share)(bits));
            map = std::move(fewer);
        }
        scan = std::move(copy);
    }
    return result;
}

/// Trains and scores one after the other.
class Planner {
  public:
    Planner(const OpenedStudy& opened, const TrainOptions& training, const RunOptions& options, const ProgressSink& progress,
            const std::stop_token& stop)
        : m_opened(opened), m_training(training), m_options(options), m_progress(progress), m_stop(stop)
    {
        for (const OpenedScanPtr& scan : opened.scans)
            if (scan->entry.role == ScanRole::Predict &&
                std::any_of(opened.targets.begin(), opened.targets.end(),
                            [&](const std::string& target) { return scan->map(target) != nullptr; }))
                m_unseen.push_back(scan);
    }
    bool scoresScans() const { return !m_unseen.empty(); }

    /// Patterns of the scans to score on, read once.
    Result<void> open(const TrainingData& data)
    {
        for (const OpenedScanPtr& scan : m_unseen) {
            auto input = RecipeInput::create({{scan->diffraction, m_opened.crop(*scan), {}}}, m_opened.diffraction,
                                             m_opened.recipe->profile, m_options.folder, {}, m_progress, m_stop);
            if (!input)
                return fail(input.error());
            m_inputs.push_back(std::move(*input));
            auto real = targetMaps(m_opened, *scan);
            if (!real)
                return fail(real.error());
            TargetMaps scaled;
            for (const MapPtr& map : *real)
                scaled.push_back(inTargetScale(map, data.haadf));
            m_real.push_back(std::move(scaled));
        }
        return {};
    }

    /// Pearson's r per target after training on `data`.
    Result<std::vector<std::optional<double>>> score(const TrainingData& data, std::uint64_t seed)
    {
        TrainOptions options = m_training;
        options.seed = seed;
        auto outcome = trainNetwork(data.set, data.description, options, {}, {}, m_stop);
        if (!outcome)
            return fail(outcome.error());
        if (outcome->stoppedByUser)
            return fail(ErrorCode::Cancelled, "Planning the dose was cancelled.");
        const std::size_t targets = m_opened.targets.size();
        std::vector<std::vector<float>> real(targets), predicted(targets);
        const auto add = [&](const PatternSource& source, std::span<const std::int64_t> indices,
                             const TargetMaps& maps, std::span<const std::size_t> pixels) -> Result<void> {
            PredictOptions predict;
            predict.device = options.device;
            predict.threads = options.threads;
            auto outputs = predictPatterns(*outcome->model, source, indices, predict, {}, m_stop);
            if (!outputs)
                return fail(outputs.error());
            for (std::size_t i = 0; i < pixels.size(); ++i)
                for (std::size_t t = 0; t < targets; ++t)
                    if (maps[t]) {
                        real[t].push_back(maps[t]->values[pixels[i]]);
                        predicted[t].push_back(outputs->outputs[i * targets + t]);
                    }
            return {};
        };
        for (std::size_t s = 0; s < m_unseen.size(); ++s) {
            RecipeInput input = m_inputs[s];
            input.useQuantile(data.description.scalingQuantile);
            std::vector<std::size_t> pixels(std::size_t(input.source()->count()));
            std::iota(pixels.begin(), pixels.end(), std::size_t(0));
            if (auto done = add(*input.source(), {}, m_real[s], pixels); !done)
                return fail(done.error());
        }
        for (std::size_t s = 0; m_unseen.empty() && s < data.scans.size(); ++s) {
            std::vector<std::int64_t> indices;
            std::vector<std::size_t> pixels;
            for (std::size_t i = 0; i < data.sets[s].size(); ++i)
                if (data.sets[s][i] == PixelSet::Test) {
                    indices.push_back(data.offsets[s] + std::int64_t(i));
                    pixels.push_back(i);
                }
            if (pixels.empty())
                continue;
            if (auto done = add(*data.set.patterns, indices, data.heldOut[s], pixels); !done)
                return fail(done.error());
        }
        std::vector<std::optional<double>> scores;
        for (std::size_t t = 0; t < targets; ++t)
            scores.push_back(pearson(real[t], predicted[t]).value);
        return scores;
    }

  private:
    const OpenedStudy& m_opened;
    const TrainOptions& m_training;
    const RunOptions& m_options;
    const ProgressSink& m_progress;
    const std::stop_token& m_stop;
    std::vector<OpenedScanPtr> m_unseen;
    std::vector<RecipeInput> m_inputs;
    std::vector<TargetMaps> m_real;
};

void addScores(const std::vector<std::string>& targets, double share, const std::vector<std::optional<double>>& scores,
               std::vector<ShareScore>& all)
{
    for (std::size_t t = 0; t < targets.size(); ++t)
        all.push_back({targets[t], share, scores[t].value_or(std::nan(""))});
}

std::string number(double value, const char* format)
{
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

void addSentences(const std::vector<LearningCurve>& curves, const std::optional<double>& enough, const char* what,
                  double tolerance, std::vector<std::string>& sentences)
{
    for (const LearningCurve& curve : curves) {
        if (curve.points.empty())
            continue;
        const CurvePoint& all = curve.points.back();
        for (const CurvePoint& point : curve.points)
            if (&point != &all)
                sentences.push_back(number(100 * point.share, "%.0f") + " % of the EDS " + what + " gives r = " +
                                    number(point.mean, "%.3f") + (point.sd ? " +- " + number(*point.sd, "%.3f") : "") +
                                    " for " + curve.target + " (" + number(all.mean, "%.3f") + " with " +
                                    number(100 * all.share, "%.0f") + " %).");
    }
    if (enough && !curves.empty())
        sentences.push_back(number(100 * *enough, "%.0f") + " % of the EDS " + what +
                            " is enough: every element is within " + number(tolerance, "%.2f") +
                            " in r of the best.");
}

} // namespace

bool hasRawCounts(std::span<const OpenedScanPtr> scans, std::span<const std::string> targets)
{
    return std::all_of(scans.begin(), scans.end(), [&](const OpenedScanPtr& scan) {
        return scan->entry.role != ScanRole::Train ||
               std::all_of(targets.begin(), targets.end(), [&](const std::string& target) {
                   const MapPtr map = scan->map(target);
                   return !isElementSymbol(target) || (map && map->unit == MapUnit::Counts);
               });
    });
}

Result<void> DosePlanOptions::check() const
{
    const auto allowed = [](double share) { return share > 0 && share <= 1; };
    if (areaShares.empty() || !std::all_of(areaShares.begin(), areaShares.end(), allowed) ||
        !std::all_of(countShares.begin(), countShares.end(), allowed))
        return fail(ErrorCode::InvalidArgument, "The shares of a dose plan must lie above 0 and be at most 1.");
    if (seeds < 1 || seeds > 20)
        return fail(ErrorCode::InvalidArgument, "A dose plan trains 1 to 20 times per share.");
    if (!(tolerance >= 0))
        return fail(ErrorCode::InvalidArgument, "The tolerance of a dose plan must be 0 or more.");
    return {};
}

Result<DosePlan> planDose(const Study& wanted, const RunOptions& options, const DosePlanOptions& plan,
                          const ProgressSink& progress, std::stop_token stop, const DosePlanSink& soFar)
{
    if (auto checked = plan.check(); !checked)
        return fail(checked.error());
    Study study = effectiveStudy(wanted, options);
    study.model.reset();
    std::vector<Error> obstacles;
    const OpenedStudy opened = openStudy(study, obstacles);
    if (!obstacles.empty())
        return fail(obstacles.front());
    const TrainOptions training = trainOptions(opened, options);
    auto whole = openTrainingData(opened, options.folder, progress, stop, options.cache);
    if (!whole)
        return fail(whole.error());
    if (auto split = applySplit(*whole, opened, study.split); !split)
        return fail(split.error());
    Planner planner(opened, training, options, progress, stop);
    if (auto ready = planner.open(*whole); !ready)
        return fail(ready.error());

    DosePlan result;
    result.recipe = opened.recipe->name;
    result.scoredOn = planner.scoresScans() ? "scans" : "test";
    result.trainingPixels = std::int64_t(whole->set.train.size());
    result.tolerance = plan.tolerance;
    const bool raw = hasRawCounts(opened.scans, opened.targets);
    const auto total = std::int64_t(plan.areaShares.size() + (raw ? plan.countShares.size() : 0)) * plan.seeds;
    std::int64_t done = 0;
    std::vector<ShareScore> area, counts;
    const auto tell = [&] {
        result.area = learningCurves(area);
        result.counts = learningCurves(counts);
        result.enoughArea = sufficientShare(result.area, plan.tolerance);
        if (raw)
            result.enoughCounts = sufficientShare(result.counts, plan.tolerance);
        if (soFar)
            soFar(result);
    };
    for (int seed = 0; seed < plan.seeds; ++seed) {
        const std::uint64_t own = study.split.seed + std::uint64_t(seed);
        for (const double share : plan.areaShares) {
            report(progress, {"plan dose", done++, total});
            TrainingData part = *whole;
            if (auto kept = keepForTraining(part, opened, drawnArea(*whole, share, study.split.block_px, own)); !kept)
                return fail(kept.error());
            auto scores = planner.score(part, own);
            if (!scores)
                return fail(scores.error());
            addScores(opened.targets, share, *scores, area);
            tell();
        }
        for (const double share : raw ? plan.countShares : std::vector<double>()) {
            report(progress, {"plan dose", done++, total});
            const OpenedStudy fewer = thinned(opened, share, own);
            TrainingData part = *whole;
            for (std::size_t s = 0; s < part.scans.size(); ++s)
                part.scans[s] = *std::find_if(fewer.scans.begin(), fewer.scans.end(), [&](const OpenedScanPtr& scan) {
                    return scan->entry.name == part.scans[s]->entry.name;
                });
            if (auto split = applySplit(part, fewer, study.split); !split)
                return fail(split.error());
            auto scores = planner.score(part, own);
            if (!scores)
                return fail(scores.error());
            addScores(opened.targets, share, *scores, counts);
            tell();
        }
    }
    report(progress, {"plan dose", total, total});
    return result;
}

std::vector<std::string> doseSentences(const DosePlan& plan)
{
    std::vector<std::string> sentences;
    addSentences(plan.area, plan.enoughArea, "area", plan.tolerance, sentences);
    addSentences(plan.counts, plan.enoughCounts, "counts", plan.tolerance, sentences);
    return sentences;
}

std::string dosePlanToJson(const DosePlan& plan)
{
    using Json = nlohmann::ordered_json;
    const auto curves = [](const std::vector<LearningCurve>& all) {
        Json list = Json::array();
        for (const LearningCurve& curve : all) {
            Json points = Json::array();
            for (const CurvePoint& point : curve.points)
                points.push_back({{"share", point.share},
                                  {"n", point.n},
                                  {"mean", point.mean},
                                  {"sd", point.sd ? Json(*point.sd) : Json(nullptr)}});
            list.push_back({{"target", curve.target}, {"points", points}});
        }
        return list;
    };
    const auto share = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    const Json json = {{"recipe", plan.recipe},
                       {"score", "pearson"},
                       {"scored_on", plan.scoredOn},
                       {"training_pixels", plan.trainingPixels},
                       {"tolerance", plan.tolerance},
                       {"area", curves(plan.area)},
                       {"enough_area", share(plan.enoughArea)},
                       {"counts", curves(plan.counts)},
                       {"enough_counts", share(plan.enoughCounts)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string dosePlanToCsv(const DosePlan& plan)
{
    std::string csv = "curve,target,share,n,pearson_mean,pearson_sd\n";
    for (const auto& [name, curves] : {std::pair{"area", &plan.area}, std::pair{"counts", &plan.counts}})
        for (const LearningCurve& curve : *curves)
            for (const CurvePoint& point : curve.points)
                csv += std::string(name) + "," + curve.target + "," + number(point.share, "%g") + "," +
                       std::to_string(point.n) + "," + number(point.mean, "%.6g") + "," +
                       (point.sd ? number(*point.sd, "%.6g") : std::string()) + "\n";
    return csv;
}

} // namespace dispersa
