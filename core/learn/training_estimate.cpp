// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_estimate.h"

#include "core/base/memory_watch.h"
#include "core/learn/profile_training_p.h"
#include "core/learn/torch_errors_p.h"
#include "core/learn/training_run_p.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

namespace dispersa {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double trialSeconds = 1.0;
constexpr int fewestSteps = 2; ///< that are timed; the first one before them sets up the machine

/// Random counts of the prepared patterns' size and type.
class MadeUpPatterns : public PatternSource {
  public:
    MadeUpPatterns(PatternShape shape, std::int64_t count, bool whole) : m_shape(shape), m_count(count), m_whole(whole)
    {
        Random random(1);
        m_counts.resize(std::size_t(shape.count()));
        for (std::uint16_t& value : m_counts)
            value = std::uint16_t(random.below(50));
    }
    std::int64_t count() const override { return m_count; }
    PatternShape patternShape() const override { return m_shape; }
    CountType countType() const override { return m_whole ? CountType::UInt16 : CountType::Float32; }
    CountScaling countScaling() const override { return {Scaling::Linear, 50}; }
    Result<void> gatherCounts(std::span<const std::int64_t> indices, std::span<std::byte> out) const override
    {
        for (std::size_t i = 0; i < indices.size(); ++i)
            if (m_whole)
                std::memcpy(out.data() + i * m_counts.size() * 2, m_counts.data(), m_counts.size() * 2);
            else
                std::copy(m_counts.begin(), m_counts.end(), reinterpret_cast<float*>(out.data()) + i * m_counts.size());
        return {};
    }
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
    {
        for (std::size_t i = 0; i < indices.size(); ++i)
            std::transform(m_counts.begin(), m_counts.end(), out.begin() + std::ptrdiff_t(i * m_counts.size()),
                           [](std::uint16_t value) { return float(value) / 50; });
        return {};
    }

  private:
    PatternShape m_shape;
    std::int64_t m_count;
    bool m_whole;
    std::vector<std::uint16_t> m_counts;
};

/// One batch, trained and validated.
TrainingSet trialSet(const ModelDescription& description, int batch, bool whole)
{
    const PatternShape shape = {description.network.patternHeight, description.network.patternWidth};
    TrainingSet set;
    set.patterns = std::make_shared<const MadeUpPatterns>(shape, batch, whole);
    set.targets.assign(std::size_t(batch) * std::size_t(description.network.outputs),
                       1.0f / float(description.network.outputs));
    set.train.resize(std::size_t(batch));
    std::iota(set.train.begin(), set.train.end(), std::int64_t(0));
    set.validation = set.train;
    return set;
}

/// Median seconds of one call of `step`, over about `seconds`, without the first.
template<class Step>
Result<double> timed(double seconds, const std::stop_token& stop, const Step& step)
{
    std::vector<double> times;
    const Clock::time_point start = Clock::now();
    for (int i = 0; i <= fewestSteps || std::chrono::duration<double>(Clock::now() - start).count() < seconds; ++i) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "The estimate was cancelled.");
        const Clock::time_point begin = Clock::now();
        const auto done = step(i + 1);
        if (!done)
            return fail(done.error());
        if (i > 0)
            times.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }
    std::nth_element(times.begin(), times.begin() + std::ptrdiff_t(times.size() / 2), times.end());
    return times[times.size() / 2];
}

double batches(std::int64_t patterns, int batch)
{
    return double(patterns) / batch; // the last one costs as much less as it is smaller
}

} // namespace

Result<TrainingEstimate> estimateTraining(const ModelDescription& description, const TrainOptions& options,
                                          const TrainingAmount& amount, std::stop_token stop)
{
    return translated("estimating the training", [&]() -> Result<TrainingEstimate> {
        if (const auto checked = options.check(); !checked)
            return fail(checked.error());
        if (description.profile)
            return estimateProfile(description, options, amount, stop);
        if (const auto table = layerTable(description.network); !table)
            return fail(table.error());
        const auto plan = planCompute(options.device, options.precision, options.threads);
        if (!plan)
            return fail(plan.error());
        useThreads(plan->threads);
        TrainingEstimate estimate;
        estimate.device = plan->deviceText;
        const MemoryWatch watch;
        std::uint64_t kept = 0;
        {
            const TrainingSet set = trialSet(description, options.batchSize, amount.wholeNumbers);
            TrainingRun run(set, description.network, options, *plan, {});
            // Reading the mean loss at the end of each pass waits for a GPU.
            const BatchDone goOn = [](std::int64_t, const std::function<double()>&) { return true; };
            const auto step = timed(trialSeconds, stop, [&](int epoch) { return run.train(epoch, goOn); });
            if (!step)
                return fail(step.error());
            const auto look = timed(trialSeconds / 4, stop, [&](int) { return run.validate(goOn); });
            if (!look)
                return fail(look.error());
            estimate.secondsPerEpoch = *step * batches(amount.train, options.batchSize) +
                                       *look * batches(amount.validation, options.batchSize);
            estimate.trainingSeconds = estimate.secondsPerEpoch * options.epochs * options.members;
            estimate.predictionSeconds = *look * batches(amount.predict, options.batchSize) * options.members;
            // A training also keeps copies: last weights, best weights, and the optimiser's two moments; and the members
            // before it.
            for (const auto& [name, tensor] : run.state())
                kept += std::uint64_t(options.members + 1) * tensor.nbytes();
            for (const auto& [name, tensor] : run.optimizer().state())
                kept += tensor.nbytes();
        }
        estimate.memory_bytes = watch.peak() + kept;
        return estimate;
    });
}

} // namespace dispersa
