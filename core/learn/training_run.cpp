// SPDX-License-Identifier: GPL-3.0-or-later
// Forward, backward, step: everything that happens to a batch.
#include "core/learn/training_run_p.h"

#include "core/learn/batch_loader_p.h"
#include "core/learn/torch_compat.h"

#include <ATen/Context.h>
#include <ATen/Functions.h>

#include <algorithm>
#include <limits>

namespace dispersa {

namespace {

constexpr double adamEpsilon = 1e-7; // Keras' default; PyTorch's is 1e-8
constexpr double safeRate = 1e-4;    // the paper's; needs no warm-up
constexpr float noOutput = std::numeric_limits<float>::quiet_NaN();

/// Independent streams of random numbers from one seed.
enum SeedStream : std::uint64_t { weightStream = 0, dropoutStream = 1, orderStream = 2 };
std::uint64_t streamSeed(std::uint64_t seed, SeedStream stream)
{
    Random random(seed);
    std::uint64_t value = random.next();
    for (std::uint64_t i = 0; i < stream; ++i)
        value = random.next();
    return value;
}

torch::Tensor indexTensor(std::span<const std::int64_t> indices, const c10::Device& device)
{
    auto* data = const_cast<std::int64_t*>(indices.data()); // from_blob wants it so; nothing writes there
    return torch::from_blob(data, {std::int64_t(indices.size())}, at::kLong).to(device);
}

} // namespace

TrainingRun::TrainingRun(const TrainingSet& set, const NetworkOptions& network, const TrainOptions& options,
                         const ComputePlan& plan)
    : m_set(set), m_options(options), m_plan(plan), m_random(streamSeed(options.seed, orderStream)), m_network(network)
{
    m_network->initialise(streamSeed(options.seed, weightStream));
    useChannelsLast(m_network);
    m_network->to(plan.device);
    at::Generator dropout = at::globalContext().defaultGenerator(plan.device).clone();
    dropout.set_current_seed(streamSeed(options.seed, dropoutStream));
    m_network->setDropoutGenerator(std::move(dropout));
    m_optimizer.emplace(m_network->parameters(), torch::optim::AdamOptions(options.learningRate).eps(adamEpsilon));

    auto* targets = const_cast<float*>(set.targets.data());
    m_targets = torch::from_blob(targets, {set.patterns->count(), network.outputs}, at::kFloat).to(plan.device);
    m_outputs = at::full_like(m_targets, noOutput);
}

Result<std::optional<double>> TrainingRun::train(const BatchDone& done)
{
    std::vector<std::int64_t> order = m_set.train;
    m_random.shuffle(std::span(order));
    m_network->train();
    return pass(std::move(order), true, done);
}

Result<std::optional<double>> TrainingRun::validate(const BatchDone& done)
{
    m_network->eval();
    const torch::NoGradGuard noGrad;
    return pass(m_set.validation, false, done);
}

void TrainingRun::warmUp()
{
    if (m_steps > m_options.warmupSteps)
        return;
    const double start = std::min(safeRate, m_options.learningRate);
    const double share = m_options.warmupSteps > 0 ? double(m_steps) / m_options.warmupSteps : 1.0;
    const double rate = start + (m_options.learningRate - start) * share;
    for (torch::optim::OptimizerParamGroup& group : m_optimizer->param_groups())
        static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
    ++m_steps;
}

torch::Tensor TrainingRun::step(float* patterns, const torch::Tensor& indices, bool learning)
{
    const torch::Tensor input = patternTensor(patterns, indices.size(0), m_network->options()).to(m_plan.device);
    torch::Tensor output;
    {
        const torch_compat::AutocastBFloat16 autocast(m_plan.device.type(), m_plan.bfloat16);
        output = m_network(input);
    }
    const torch::Tensor loss = (output - m_targets.index_select(0, indices)).abs().mean();
    if (learning) {
        for (torch::Tensor& parameter : m_network->parameters())
            parameter.mutable_grad() = torch::Tensor(); // instead of filling gradients with zeros and adding to them
        loss.backward();
        warmUp();
        m_optimizer->step();
    }
    m_outputs.index_copy_(0, indices, output.detach());
    return loss.detach();
}

Result<std::optional<double>> TrainingRun::pass(std::vector<std::int64_t> order, bool learning, const BatchDone& done)
{
    BatchLoader loader(*m_set.patterns, std::move(order), m_options.batchSize);
    // The sum stays on the device: reading every step's loss would make a GPU wait for us and us for it.
    torch::Tensor sum = at::zeros({}, at::TensorOptions(m_plan.device).dtype(at::kDouble));
    std::int64_t patterns = 0;
    const std::function<double()> mean = [&] { return sum.item<double>() / double(patterns); };
    while (true) {
        const auto batch = loader.next();
        if (!batch)
            return fail(batch.error());
        if (!*batch)
            break;
        sum += step((*batch)->patterns, indexTensor((*batch)->indices, m_plan.device), learning) * (*batch)->count();
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

} // namespace dispersa
