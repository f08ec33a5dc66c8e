// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/dose_plan.h"

#include "core/assess/mean_scores.h"
#include "core/base/random.h"
#include "core/workflow/held_out.h"
#include "core/workflow/opened_study.h"
#include "core/workflow/training_data.h"

#include <algorithm>
#include <cmath>
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

/// No data where the scan has no pattern: nothing is predicted there.
MapPtr wherePatternsAre(const MapPtr& map, const OpenedScan& scan, const Region& crop)
{
    if (!map)
        return nullptr;
    auto masked = std::make_shared<ElementMap>(*map);
    for (int y = 0; y < crop.height; ++y)
        for (int x = 0; x < crop.width; ++x)
            if (!scan.diffraction->isAvailable({crop.y + y, crop.x + x}))
                masked->at(y, x) = std::numeric_limits<float>::quiet_NaN();
    return masked;
}

/// Scans with a map to score on that nothing is trained on.
std::vector<OpenedScanPtr> unseenScans(const OpenedStudy& opened)
{
    std::vector<OpenedScanPtr> scans;
    for (const OpenedScanPtr& scan : opened.scans)
        if (scan->entry.role == ScanRole::Predict &&
            std::any_of(opened.targets.begin(), opened.targets.end(),
                        [&](const std::string& target) { return scan->map(target) != nullptr; }))
            scans.push_back(scan);
    return scans;
}

/// Instead of a random one, whose held-out pixels share counts with those trained on.
SplitKind honestSplit(const OpenedStudy& opened)
{
    const auto trains = [](const OpenedScanPtr& scan) { return scan->entry.role == ScanRole::Train; };
    return std::count_if(opened.scans.begin(), opened.scans.end(), trains) > 1 ? SplitKind::Scans : SplitKind::Blocks;
}

/// Trains and scores one after the other.
class Planner {
  public:
    Planner(const OpenedStudy& opened, const TrainOptions& training, const RunOptions& options, const ProgressSink& progress,
            const std::stop_token& stop)
        : m_opened(opened), m_training(training), m_options(options), m_progress(progress), m_stop(stop),
          m_unseen(unseenScans(opened))
    {
    }

    /// Patterns of the scans to score on, read once.
    Result<void> open(const TrainingData& data)
    {
        for (const OpenedScanPtr& scan : m_unseen) {
            auto input = RecipeInput::create({{scan->diffraction, m_opened.crop(*scan), {}}}, m_opened.diffraction,
                                             data.input.profile(), m_options.folder, {}, m_progress, m_stop);
            if (!input)
                return fail(input.error());
            m_inputs.push_back(std::move(*input));
            auto real = targetMaps(m_opened, *scan);
            if (!real)
                return fail(real.error());
            TargetMaps scaled;
            for (const MapPtr& map : *real)
                scaled.push_back(inTargetScale(wherePatternsAre(map, *scan, m_opened.crop(*scan)), data.haadf));
            m_real.push_back(std::move(scaled));
        }
        return {};
    }

    /// Pearson's r per target after training on `data`, its mean over the scans that it is scored on.
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
        MeanScores scores(targets);
        const auto add = [&](const PatternSource& source, std::span<const std::int64_t> indices,
                             const TargetMaps& maps, std::span<const std::size_t> pixels) -> Result<void> {
            PredictOptions predict;
            predict.device = options.device;
            predict.threads = options.threads;
            auto outputs = predictPatterns(*outcome->model, source, indices, predict, {}, m_stop);
            if (!outputs)
                return fail(outputs.error());
            std::vector<float> real(pixels.size()), predicted(pixels.size());
            for (std::size_t t = 0; t < targets; ++t) {
                if (!maps[t])
                    continue;
                for (std::size_t i = 0; i < pixels.size(); ++i) {
                    real[i] = maps[t]->values[pixels[i]];
                    predicted[i] = outputs->outputs[i * targets + t];
                }
                scores.add(t, pearson(real, predicted));
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
        return scores.means();
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
    OpenedStudy opened = openStudy(study, obstacles);
    if (!obstacles.empty())
        return fail(obstacles.front());
    const bool scoresScans = !unseenScans(opened).empty();
    SplitOptions& split = opened.study.split;
    if (!scoresScans && split.kind == SplitKind::Random)
        split.kind = honestSplit(opened);
    const TrainOptions training = trainOptions(opened, options);
    auto whole = openTrainingData(opened, options.folder, progress, stop, options.cache);
    if (!whole)
        return fail(whole.error());
    if (auto applied = applySplit(*whole, opened, split); !applied)
        return fail(applied.error());
    Planner planner(opened, training, options, progress, stop);
    if (auto ready = planner.open(*whole); !ready)
        return fail(ready.error());

    DosePlan result;
    result.recipe = opened.recipe->name;
    result.scoredOn = scoresScans ? "scans" : "test";
    result.split = split.kind;
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
        const std::uint64_t own = split.seed + std::uint64_t(seed);
        for (const double share : plan.areaShares) {
            report(progress, {"plan dose", done++, total});
            TrainingData part = *whole;
            if (auto kept = keepForTraining(part, opened, drawnArea(*whole, share, split.block_px, own)); !kept)
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
            if (auto applied = applySplit(part, fewer, split); !applied)
                return fail(applied.error());
            part.heldOut = whole->heldOut;
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

} // namespace dispersa
