// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a trained network over patterns.
#include "core/learn/epoch_order_p.h"
#include "core/learn/device_p.h"
#include "core/learn/network_input_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/pattern_feed_p.h"
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

Result<std::vector<float>> predict(const TrainedModel& model, const PatternSource& patterns,
                                   std::vector<std::int64_t> order, const PredictOptions& options,
                                   const ComputePlan& plan, const ProgressSink& sink, const std::stop_token& stop,
                                   const std::string& stage)
{
    useThreads(plan.threads);
    const c10::InferenceMode inference;
    Network network = networkOn(model, plan.device);
    const NetworkOptions& layers = model.description().network;
    const auto total = std::int64_t(order.size());
    std::vector<float> outputs(order.size() * std::size_t(layers.outputs));
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
        std::copy_n(output.data_ptr<float>(), output.numel(), outputs.begin() + done * layers.outputs);
        if (options.onOutputs)
            options.onOutputs(done, {output.data_ptr<float>(), std::size_t(output.numel())});
        done += (*batch)->count();
        reporter.done(done);
    }
    return outputs;
}

} // namespace

Result<std::vector<float>> predictPatterns(const Model& model, const PatternSource& patterns,
                                           std::span<const std::int64_t> indices, const PredictOptions& options,
                                           const ProgressSink& progress, std::stop_token stop, const std::string& stage)
{
    return translated("predicting", [&]() -> Result<std::vector<float>> {
        const auto& trained = dynamic_cast<const TrainedModel&>(model);
        const NetworkOptions& layers = model.description().network;
        const PatternShape expected = {layers.patternHeight, layers.patternWidth};
        if (patterns.patternShape() != expected)
            return fail(ErrorCode::ModelMismatch,
                        "The model was trained on patterns of " + toText(expected) +
                            " pixels after preparation, these are " + toText(patterns.patternShape()) +
                            ": use scans of the same detector and bin.",
                        {}, {toText(expected), toText(patterns.patternShape())});
        if (options.batchSize < 1 || options.threads < 0)
            return fail(ErrorCode::InvalidArgument,
                        "Predicting needs a batch of at least one pattern and no negative threads.");
        const auto plan = planCompute(options.device, options.precision, options.threads);
        if (!plan)
            return fail(plan.error());
        std::vector<std::int64_t> order(indices.begin(), indices.end());
        if (order.empty()) {
            order.resize(std::size_t(patterns.count()));
            std::iota(order.begin(), order.end(), std::int64_t(0));
        }
        return predict(trained, patterns, std::move(order), options, *plan, progress, stop, stage);
    });
}

} // namespace dispersa
