// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a trained network over patterns.
#include "core/learn/epoch_order_p.h"
#include "core/learn/device_p.h"
#include "core/learn/network_input_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/pattern_feed_p.h"
#include "core/learn/profile_model_p.h"
#include "core/learn/torch_compat.h"
#include "core/learn/torch_errors_p.h"
#include "core/learn/trainer.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <numeric>

namespace dispersa {

namespace {

using Clock = std::chrono::steady_clock;

/// The model's network where it can run on `device`: itself on the CPU, else a copy.
Network networkOn(const TrainedModel& model, const c10::Device& device)
{
    if (device.is_cpu())
        return model.network();
    Network copy(model.description().network);
    applyState(copyState(model.network()), copy);
    useChannelsLast(copy);
    copy->to(device);
    copy->eval();
    return copy;
}

/// Tells patterns done and per second, at most twenty times a second and at the end.
class Reporter {
  public:
    Reporter(const ProgressSink& sink, const std::string& stage, std::int64_t total)
        : m_sink(sink), m_stage(stage), m_total(total)
    {
    }
    void done(std::int64_t patterns)
    {
        const Clock::time_point now = Clock::now();
        if (patterns < m_total && now - m_last < std::chrono::milliseconds(50))
            return;
        m_last = now;
        const double seconds = std::max(std::chrono::duration<double>(now - m_start).count(), 1e-9);
        report(m_sink, {m_stage, patterns, m_total, {{"patterns_per_second", double(patterns) / seconds}}});
    }

  private:
    const ProgressSink& m_sink;
    const std::string& m_stage;
    const std::int64_t m_total;
    const Clock::time_point m_start = Clock::now();
    Clock::time_point m_last = {};
};

Result<Prediction> predict(const TrainedModel& model, const PatternSource& patterns, std::vector<std::int64_t> order,
                           const PredictOptions& options, const ComputePlan& plan, const ProgressSink& sink,
                           const std::stop_token& stop, const std::string& stage)
{
    useThreads(plan.threads);
    const c10::InferenceMode inference;
    Network network = networkOn(model, plan.device);
    const NetworkOptions& layers = model.description().network;
    const auto total = std::int64_t(order.size());
    Prediction result;
    result.outputs.resize(order.size() * std::size_t(layers.outputs));
    Reporter reporter(sink, stage, total);
    const std::size_t window = EpochOrder().window(order.size(), ResidentPatterns::bytes(patterns, 1));
    StreamedFeed feed(patterns, std::move(order), options.batchSize, plan.device, window);
    std::int64_t done = 0;
    while (done < total) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "The prediction was cancelled.");
        const auto batch = feed.next();
        if (!batch)
            return fail(batch.error());
        const torch_compat::AutocastBFloat16 autocast(plan.device.type(), plan.bfloat16);
        const torch::Tensor input =
            scaledInput(countsFrom((*batch)->stored, patterns.patternShape()), patterns.countScaling());
        const torch::Tensor output = network(input).to(at::kCPU).contiguous();
        std::copy_n(output.data_ptr<float>(), output.numel(), result.outputs.begin() + done * layers.outputs);
        if (options.onOutputs)
            options.onOutputs(done, {output.data_ptr<float>(), std::size_t(output.numel())});
        done += (*batch)->count();
        reporter.done(done);
    }
    return result;
}

/// Mean and standard deviation over the members, weighed by their shares.
Result<Prediction> predict(const ProfileModel& model, const PatternSource& profiles, const std::vector<std::int64_t>& order,
                           const PredictOptions& options, const ProgressSink& sink, const std::stop_token& stop,
                           const std::string& stage)
{
    constexpr std::size_t block = 4096;
    const c10::InferenceMode inference;
    const std::int64_t values = profiles.patternShape().count();
    const auto total = std::int64_t(order.size());
    const torch::Tensor shares = model.shares().view({-1, 1, 1});
    Prediction result;
    Reporter reporter(sink, stage, total);
    for (std::size_t first = 0; first < order.size(); first += block) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "The prediction was cancelled.");
        const auto chosen = std::span(order).subspan(first, std::min(block, order.size() - first));
        torch::Tensor read = at::empty({std::int64_t(chosen.size()), values});
        if (auto done = profiles.gather(chosen, {read.data_ptr<float>(), std::size_t(read.numel())}); !done)
            return fail(done.error());
        const torch::Tensor all = model.predictAll(read), mean = (all * shares).sum(0).contiguous();
        const std::span<const float> outputs(mean.data_ptr<float>(), std::size_t(mean.numel()));
        result.outputs.insert(result.outputs.end(), outputs.begin(), outputs.end());
        if (all.size(0) > 1) {
            const torch::Tensor sigma = ((all - mean).square() * shares).sum(0).sqrt().contiguous();
            result.sigma.insert(result.sigma.end(), sigma.data_ptr<float>(), sigma.data_ptr<float>() + sigma.numel());
        }
        if (options.onOutputs)
            options.onOutputs(std::int64_t(first), outputs);
        reporter.done(std::int64_t(first + chosen.size()));
    }
    return result;
}

} // namespace

Result<Prediction> predictPatterns(const Model& model, const PatternSource& patterns,
                                   std::span<const std::int64_t> indices, const PredictOptions& options,
                                   const ProgressSink& progress, std::stop_token stop, const std::string& stage)
{
    return translated("predicting", [&]() -> Result<Prediction> {
        const PatternShape expected = inputShape(model.description());
        if (patterns.patternShape() != expected)
            return fail(ErrorCode::ModelMismatch,
                        "The model was trained on patterns of " + toText(expected) +
                            " pixels after preparation, these are " + toText(patterns.patternShape()) +
                            ": use scans of the same detector and bin.",
                        {}, {toText(expected), toText(patterns.patternShape())});
        if (options.batchSize < 1 || options.threads < 0)
            return fail(ErrorCode::InvalidArgument,
                        "Predicting needs a batch of at least one pattern and no negative threads.");
        const auto* profiles = dynamic_cast<const ProfileModel*>(&model);
        const auto plan = planCompute(profiles ? DeviceChoice::Cpu : options.device,
                                      profiles ? PrecisionChoice::Float32 : options.precision, options.threads);
        if (!plan)
            return fail(plan.error());
        std::vector<std::int64_t> order(indices.begin(), indices.end());
        if (order.empty()) {
            order.resize(std::size_t(patterns.count()));
            std::iota(order.begin(), order.end(), std::int64_t(0));
        }
        if (profiles) {
            useThreads(plan->threads);
            return predict(*profiles, patterns, order, options, progress, stop, stage);
        }
        return predict(dynamic_cast<const TrainedModel&>(model), patterns, std::move(order), options, *plan, progress,
                       stop, stage);
    });
}

} // namespace dispersa
