// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a trained network over patterns.
#include "core/base/random.h"
#include "core/learn/device_p.h"
#include "core/learn/device_stream_p.h"
#include "core/learn/dropout_passes_p.h"
#include "core/learn/epoch_order_p.h"
#include "core/learn/host_copy_p.h"
#include "core/learn/network_input_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/part_team_p.h"
#include "core/learn/pattern_feed_p.h"
#include "core/learn/profile_model_p.h"
#include "core/learn/recycled_memory_p.h"
#include "core/learn/torch_compat.h"
#include "core/learn/torch_errors_p.h"
#include "core/learn/trainer.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

namespace dispersa {

namespace {

using Clock = std::chrono::steady_clock;

/// The network where it can run on `device`: itself on the CPU, else a copy.
Network networkOn(const Network& network, const c10::Device& device)
{
    if (device.is_cpu())
        return network;
    Network copy(network->options());
    applyState(copyState(network), copy);
    useChannelsLast(copy);
    copy->to(device);
    copy->eval();
    return copy;
}

/// Networks and what their dropout passes drop; no masks: there are no passes.
struct Ensemble {
    std::vector<Network> networks = {};
    std::vector<torch::Tensor> masks = {};
};

Ensemble ensembleOf(const TrainedModel& model, const PredictOptions& options, const c10::Device& device)
{
    Ensemble ensemble;
    Random random(options.seed);
    for (const Network& network : model.networks()) {
        ensemble.networks.push_back(networkOn(network, device));
        if (options.dropoutPasses > 0)
            ensemble.masks.push_back(dropoutMasks(network, options.dropoutPasses, random.next(), device));
    }
    return ensemble;
}

/// Mean and standard deviation of what the networks make of one batch; see Prediction::sigma. The second is undefined
/// where nothing can differ. With `bfloat16` the convolutions round to it; the dense layers, which take little time, and the
/// outputs do not.
std::pair<torch::Tensor, torch::Tensor> predictBatch(Ensemble& ensemble, const torch::Tensor& input, bool bfloat16)
{
    const auto featuresOf = [&](Network& network) {
        const torch_compat::AutocastBFloat16 autocast(input.device().type(), bfloat16);
        return network->trunk(input).to(torch::kFloat);
    };
    std::vector<torch::Tensor> outputs, variances;
    for (std::size_t i = 0; i < ensemble.networks.size(); ++i) {
        const torch::Tensor features = featuresOf(ensemble.networks[i]);
        outputs.push_back(ensemble.networks[i]->head(features));
        if (i < ensemble.masks.size())
            variances.push_back(dropoutVariance(ensemble.networks[i], features, ensemble.masks[i]));
    }
    if (outputs.size() == 1 && variances.empty())
        return {outputs.front(), {}};
    const torch::Tensor all = at::stack(outputs), mean = all.mean(0);
    torch::Tensor variance = (all - mean).square().mean(0);
    if (!variances.empty())
        variance = variance + at::stack(variances).mean(0);
    return {mean, variance.sqrt()};
}

/// Rows of the batch that each part has, predicted by it and put together again; a batch too small for that as a whole.
std::pair<torch::Tensor, torch::Tensor>
predictInParts(PartTeam* team, const torch::Tensor& stored,
               const std::function<std::pair<torch::Tensor, torch::Tensor>(const torch::Tensor& stored)>& predict)
{
    const std::int64_t n = stored.size(0);
    if (!team || n < 2 * team->parts())
        return predict(stored);
    std::vector<torch::Tensor> means(std::size_t(team->parts())), sigmas(means);
    team->run([&](int part) {
        const c10::InferenceMode inference;
        std::tie(means[std::size_t(part)], sigmas[std::size_t(part)]) =
            predict(stored.slice(0, team->first(n, part), team->first(n, part + 1)));
    });
    return {at::cat(means), sigmas.front().defined() ? at::cat(sigmas) : torch::Tensor()};
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

/// `rows`: on the CPU, row-major.
void append(const torch::Tensor& rows, std::vector<float>& values)
{
    values.insert(values.end(), rows.data_ptr<float>(), rows.data_ptr<float>() + rows.numel());
}

/// What the networks made of one batch, on its way back.
struct BatchOutputs {
    HostCopy mean;
    std::optional<HostCopy> sigma;
    std::int64_t patterns;
};

Result<Prediction> predict(const TrainedModel& model, const PatternSource& patterns, std::vector<std::int64_t> order,
                           const PredictOptions& options, const ComputePlan& plan, const ProgressSink& sink,
                           const std::stop_token& stop, const std::string& stage)
{
    useThreads(plan.threads);
    const RecycledMemory memory;
    const c10::InferenceMode inference;
    Ensemble ensemble = ensembleOf(model, options, plan.device);
    std::unique_ptr<PartTeam> team;
    if (const BatchDivision division = BatchDivision::of(plan.threads, options.batchSize);
        plan.device.is_cpu() && division.parts > 1)
        team = std::make_unique<PartTeam>(division);
    const auto total = std::int64_t(order.size());
    Prediction result;
    result.outputs.reserve(order.size() * std::size_t(model.description().network.outputs));
    Reporter reporter(sink, stage, total);
    const std::size_t window = EpochOrder().window(order.size(), ResidentPatterns::bytes(patterns, 1));
    StreamedFeed feed(patterns, std::move(order), options.batchSize, plan.device, window);
    const std::optional<c10::Stream> wayBack = ownStream(plan.device);
    std::optional<BatchOutputs> computed;
    std::int64_t begun = 0, done = 0;
    const auto collect = [&] {
        const std::size_t first = result.outputs.size();
        append(computed->mean.wait(), result.outputs);
        if (computed->sigma)
            append(computed->sigma->wait(), result.sigma);
        if (options.onOutputs)
            options.onOutputs(done, std::span(result.outputs).subspan(first));
        done += computed->patterns;
        computed.reset();
        reporter.done(done);
    };
    while (begun < total) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "The prediction was cancelled.");
        const auto batch = feed.next();
        if (!batch)
            return fail(batch.error());
        const auto [mean, sigma] = predictInParts(team.get(), (*batch)->stored, [&](const torch::Tensor& stored) {
            return predictBatch(ensemble, scaledInput(countsFrom(stored, patterns.patternShape()), patterns.countScaling()),
                                plan.bfloat16);
        });
        if (computed)
            collect(); // the GPU works on this batch meanwhile
        computed.emplace(BatchOutputs{HostCopy(mean, wayBack),
                                      sigma.defined() ? std::optional(HostCopy(sigma, wayBack)) : std::nullopt,
                                      (*batch)->count()});
        begun += computed->patterns;
        if (!wayBack)
            collect();
    }
    if (computed)
        collect();
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
        const torch::Tensor all = model.predictAll(read), mean = (all * shares).sum(0);
        const std::size_t before = result.outputs.size();
        append(mean.contiguous(), result.outputs);
        if (all.size(0) > 1)
            append(((all - mean).square() * shares).sum(0).sqrt().contiguous(), result.sigma);
        if (options.onOutputs)
            options.onOutputs(std::int64_t(first), std::span(result.outputs).subspan(before));
        reporter.done(std::int64_t(first + chosen.size()));
    }
    return result;
}

} // namespace

Result<void> checkDropoutPasses(const ModelDescription& description, int passes)
{
    if (passes == 0)
        return {};
    if (passes < 2)
        return fail(ErrorCode::InvalidArgument, "The spread of predictions with dropout needs two passes or more. Set "
                                                "'account.dropout_passes' to 0, or to 20, say.");
    if (description.profile)
        return fail(ErrorCode::InvalidArgument,
                    "The recipe '" + description.recipe + "' is made of regressions that predict without dropout: the "
                    "spread of their members says how sure they are. Set 'account.dropout_passes' to 0.");
    if (description.network.dropout == 0)
        return fail(ErrorCode::InvalidArgument,
                    "The network was made without dropout: predictions with dropout would all be the same. Set "
                    "'account.dropout_passes' to 0, or train several members.");
    return {};
}

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
        if (const auto checked = checkDropoutPasses(model.description(), options.dropoutPasses); !checked)
            return fail(checked.error());
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
