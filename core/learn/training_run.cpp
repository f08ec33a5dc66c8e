// SPDX-License-Identifier: GPL-3.0-or-later
// Forward, backward, step: everything that happens to a batch.
#include "core/learn/training_run_p.h"

#include "core/base/log.h"
#include "core/learn/cuda_graph_p.h"
#include "core/learn/epoch_order_p.h"
#include "core/learn/loss_p.h"
#include "core/learn/network_input_p.h"
#include "core/learn/torch_compat.h"

#include <ATen/Context.h>
#include <ATen/Functions.h>

#include <algorithm>
#include <limits>

namespace dispersa {

namespace {

constexpr float noOutput = std::numeric_limits<float>::quiet_NaN();

/// Independent streams of random numbers from one seed; all but the weights' begin anew in each epoch.
enum SeedStream : std::uint64_t { weightStream, dropoutStream, orderStream, augmentStream, streams };
std::uint64_t streamSeed(std::uint64_t seed, SeedStream stream, int epoch = 0)
{
    Random random(seed);
    std::uint64_t base = 0;
    for (std::uint64_t i = 0; i <= stream; ++i)
        base = random.next();
    return epoch == 0 ? base : Random(base + std::uint64_t(epoch)).next();
}

torch::Tensor indexTensor(std::span<const std::int64_t> indices, const c10::Device& device)
{
    torch::Tensor tensor = at::empty({std::int64_t(indices.size())}, at::kLong);
    std::copy(indices.begin(), indices.end(), tensor.data_ptr<std::int64_t>());
    return tensor.to(device);
}

std::vector<std::pair<std::string, at::Tensor>> namedParameters(const Network& network)
{
    std::vector<std::pair<std::string, at::Tensor>> parameters;
    for (const auto& item : network->named_parameters())
        parameters.emplace_back(item.key(), item.value());
    return parameters;
}

/// Those tensors of `initial` that the network has in that shape.
NetworkState fitting(const NetworkState& initial, const Network& network)
{
    NetworkState state;
    if (initial.empty())
        return state;
    for (auto& [name, tensor] : copyState(network))
        for (const auto& [key, value] : initial)
            if (key == name && value.sizes() == tensor.sizes())
                state.emplace_back(key, value);
    return state;
}

} // namespace

TrainingRun::TrainingRun(const TrainingSet& set, const NetworkOptions& network, const TrainOptions& options,
                         const ComputePlan& plan, const NetworkState& initial)
    : TrainingRun(set, network, options, plan, initial, plan.recordsSteps ? stepRecorderFor(plan.device) : nullptr)
{
}

TrainingRun::TrainingRun(const TrainingSet& set, const NetworkOptions& network, const TrainOptions& options,
                         const ComputePlan& plan, const NetworkState& initial, std::unique_ptr<StepRecorder> recorder)
    : m_set(set), m_options(options), m_plan(plan), m_schedule(options, stepsPerEpoch()), m_network(network),
      m_stream(ownStream(plan.device)), m_augmenter(options.augment)
{
    // cuDNN may try which algorithm is quickest where the result need not repeat bit for bit.
    at::globalContext().setBenchmarkCuDNN(plan.device.is_cuda() && !options.deterministic);
    at::globalContext().setDeterministicCuDNN(options.deterministic);
    at::globalContext().setDeterministicAlgorithms(options.deterministic, /*warn_only=*/true);
    m_network->initialise(streamSeed(options.seed, weightStream));
    applyState(fitting(initial, m_network), m_network);
    useChannelsLast(m_network);
    m_network->to(plan.device);
    m_dropout = at::globalContext().defaultGenerator(plan.device).clone();
    m_optimizer.emplace(namedParameters(m_network), options);
    if (const BatchDivision division = BatchDivision::of(plan.threads, options.batchSize);
        plan.device.is_cpu() && division.parts > 1)
        m_parts = std::make_unique<BatchParts>(m_network, division);

    auto* targets = const_cast<float*>(set.targets.data());
    m_targets = torch::from_blob(targets, {set.patterns->count(), network.outputs}, at::kFloat).to(plan.device);
    m_outputs = at::full_like(m_targets, noOutput);
    m_lossSum = at::zeros({}, at::TensorOptions(plan.device).dtype(at::kDouble));
    m_learn.emplace([this](const StepInput& input) { learn(input); }, options.batchSize, std::move(recorder));
}

std::int64_t TrainingRun::stepsPerEpoch() const
{
    return (std::int64_t(m_set.train.size()) + m_options.batchSize - 1) / m_options.batchSize;
}

Result<std::optional<double>> TrainingRun::train(int epoch, const BatchDone& done)
{
    if (const auto settled = settleOnDevice(); !settled)
        return fail(settled.error());
    const std::uint64_t patternBytes = ResidentPatterns::bytes(*m_set.patterns, 1);
    std::vector<std::int64_t> order =
        EpochOrder().shuffled(m_set.train, patternBytes, streamSeed(m_options.seed, orderStream, epoch));
    m_dropout.set_current_seed(streamSeed(m_options.seed, dropoutStream, epoch));
    m_augmenter.seed(streamSeed(m_options.seed, augmentStream, epoch), m_plan.device);
    m_network->train();
    return pass(std::move(order), true, done);
}

Result<std::optional<double>> TrainingRun::validate(const BatchDone& done)
{
    m_network->eval();
    const torch::NoGradGuard noGrad;
    return pass(m_set.validation, false, done);
}

Result<void> TrainingRun::settleOnDevice()
{
    if (m_settled)
        return {};
    m_settled = true;
    std::vector<std::int64_t> all = m_set.train;
    all.insert(all.end(), m_set.validation.begin(), m_set.validation.end());
    if (ResidentPatterns::bytes(*m_set.patterns, all.size()) > m_plan.residentBytes)
        return {};
    auto resident = ResidentPatterns::create(*m_set.patterns, all, m_plan.device);
    if (!resident)
        return fail(resident.error());
    m_resident = std::move(*resident);
    log(LogLevel::Info, "The patterns stay in the GPU's memory while training.");
    return {};
}

std::unique_ptr<PatternFeed> TrainingRun::feed(std::vector<std::int64_t> order) const
{
    if (m_resident)
        return std::make_unique<ResidentFeed>(m_resident, std::move(order), m_options.batchSize);
    const std::size_t all = m_set.train.size() + m_set.validation.size();
    const std::uint64_t patternBytes = ResidentPatterns::bytes(*m_set.patterns, 1);
    // The validation is read in the file's order, but it is part of what does not fit.
    const std::size_t window = EpochOrder().window(all, patternBytes);
    return std::make_unique<StreamedFeed>(*m_set.patterns, std::move(order), m_options.batchSize, m_plan.device, window);
}

StepInput TrainingRun::drawn(const torch::Tensor& stored, const torch::Tensor& indices)
{
    const torch::NoGradGuard noGrad;
    StepInput input{stored, indices, {}};
    if (m_options.augment.any())
        input.counts = m_augmenter(countsFrom(stored, m_set.patterns->patternShape()));
    const at::ScalarType features = m_plan.bfloat16 ? at::kBFloat16 : at::kFloat;
    input.dropout = m_network->drawDropout(stored.size(0), features, m_dropout);
    return input;
}

torch::Tensor TrainingRun::outputOf(Network& network, const StepInput& input, const BatchPart& part) const
{
    torch::Tensor patterns;
    {
        const torch::NoGradGuard noGrad;
        patterns = scaledInput(countsFrom(input.counts, m_set.patterns->patternShape()), m_set.patterns->countScaling());
    }
    const torch_compat::AutocastBFloat16 autocast(m_plan.device.type(), m_plan.bfloat16);
    return network->forward(patterns, input.dropout, part);
}

torch::Tensor TrainingRun::lossOfBatch(const torch::Tensor& output, const torch::Tensor& indices)
{
    const torch::Tensor loss = lossOf(m_options.loss, output, m_targets.index_select(0, indices));
    m_outputs.index_copy_(0, indices, output.detach());
    m_lossSum.add_(loss.detach() * indices.size(0));
    return loss;
}

bool TrainingRun::isDivided(const StepInput& input) const
{
    return m_parts && input.indices.size(0) >= m_parts->fewest();
}

BatchParts::Forward TrainingRun::partOf(const StepInput& input) const
{
    return [this, &input](Network& network, const BatchPart& part, std::int64_t count) {
        const auto own = [&](const torch::Tensor& all) {
            return all.defined() ? all.narrow(0, part.first, count) : torch::Tensor();
        };
        return outputOf(network, {own(input.counts), {}, own(input.dropout)}, part);
    };
}

void TrainingRun::look(const StepInput& input)
{
    lossOfBatch(isDivided(input) ? m_parts->look(input.indices.size(0), partOf(input)) : outputOf(m_network, input),
                input.indices);
}

void TrainingRun::learn(const StepInput& input)
{
    for (torch::Tensor& parameter : m_network->parameters())
        parameter.mutable_grad() = torch::Tensor(); // instead of filling gradients with zeros and adding to them
    if (isDivided(input)) {
        torch::Tensor output = m_parts->forward(input.indices.size(0), partOf(input));
        output.requires_grad_();
        lossOfBatch(output, input.indices).backward();
        m_parts->backward(output.grad());
    } else {
        lossOfBatch(outputOf(m_network, input), input.indices).backward();
    }
    m_optimizer->apply();
}

Result<std::optional<double>> TrainingRun::pass(std::vector<std::int64_t> order, bool learning, const BatchDone& done)
{
    const StreamScope scope(m_stream);
    if (learning)
        m_learn->beginPass(); // before the feed, whose thread reserves memory of the device's
    const torch::Tensor indices = indexTensor(order, m_plan.device);
    const std::unique_ptr<PatternFeed> batches = feed(std::move(order));
    m_lossSum.zero_();
    std::int64_t patterns = 0;
    const std::function<double()> mean = [&] { return m_lossSum.item<double>() / double(patterns); };
    while (true) {
        const auto batch = batches->next();
        if (!batch)
            return fail(batch.error());
        if (!*batch)
            break;
        const torch::Tensor chosen = indices.narrow(0, patterns, (*batch)->count());
        if (learning) {
            m_optimizer->begin(m_schedule.next());
            (*m_learn)(drawn((*batch)->stored, chosen));
        } else {
            look({(*batch)->stored, chosen, {}});
        }
        patterns += (*batch)->count();
        if (!done(patterns, mean))
            return std::optional<double>();
    }
    return std::optional(mean());
}

std::shared_ptr<const std::vector<float>> TrainingRun::takeOutputs()
{
    const torch::Tensor host = m_outputs.to(at::kCPU).contiguous();
    const auto* data = host.data_ptr<float>();
    auto outputs = std::make_shared<const std::vector<float>>(data, data + host.numel());
    m_outputs.fill_(noOutput);
    return outputs;
}

bool TrainingRun::restore(const NetworkState& weights, const NetworkState& moments,
                          const std::vector<EpochRecord>& history)
{
    const std::int64_t steps = stepsPerEpoch() * std::int64_t(history.size());
    if (!m_optimizer->restore(moments, steps))
        return false;
    applyState(weights, m_network);
    RateSchedule::State state;
    state.steps = steps;
    m_schedule.restore(state);
    for (const EpochRecord& record : history)
        m_schedule.epochEnded(record.valLoss.value_or(record.loss));
    return true;
}

} // namespace dispersa
