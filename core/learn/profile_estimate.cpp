// SPDX-License-Identifier: GPL-3.0-or-later
// What fitting a profile recipe will cost, from a trial with made-up profiles.
#include "core/learn/device_p.h"
#include "core/learn/network_fitting_p.h"
#include "core/learn/profile_training_p.h"
#include "core/learn/regressor_p.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include <algorithm>
#include <chrono>

namespace dispersa {

Result<TrainingEstimate> estimateProfile(const ModelDescription& description, const TrainOptions& options,
                                         const TrainingAmount& amount, std::stop_token stop)
{
    using Clock = std::chrono::steady_clock;
    constexpr std::int64_t trialPoints = 1500;
    const auto plan = planCompute(DeviceChoice::Cpu, PrecisionChoice::Float32, options.threads);
    if (!plan)
        return fail(plan.error());
    useThreads(plan->threads);
    const ProfileOptions profile = withRegressor(*description.profile, options.regressor);
    const std::int64_t outputs = description.network.outputs;
    const at::Generator generator = at::detail::createCPUGenerator(options.seed);
    TrainingEstimate estimate;
    estimate.device = plan->deviceText;
    int members = 0;
    for (RegressorOptions regressor : profile.regressors) {
        const std::int64_t values = featuresOf(profile, regressor);
        const RegressionPoints points{at::rand({trialPoints, values}, generator), at::rand({trialPoints, outputs}, generator)};
        const bool network = regressor.isNetwork(), kernel = regressor.kind == RegressorKind::Kernel;
        const double steps = double(fittingSteps(std::min(amount.train, mostNetworkPoints), regressor));
        if (network)
            regressor.epochs = 0;
        const double trialSteps = double(fittingSteps(trialPoints, regressor));
        const auto start = Clock::now();
        const RegressorPtr fitted = fitRegressor(points, regressor, options.seed, stop);
        if (!fitted)
            return fail(ErrorCode::Cancelled, "The estimate was cancelled.");
        const double fit = std::chrono::duration<double>(Clock::now() - start).count();
        const auto predicting = Clock::now();
        const torch::NoGradGuard noGrad;
        fitted->predict(points.features);
        const double look = std::chrono::duration<double>(Clock::now() - predicting).count() / trialPoints;
        const double used = double(kernel ? std::min(amount.train, mostKernelPoints) : amount.train);
        const double more = used / trialPoints;
        const int times = network ? options.members : 1;
        members += times;
        // Solving for the kernel's weights grows with the cube of its points, reading it with their number.
        estimate.trainingSeconds += times * (network ? fit * steps / trialSteps : kernel ? fit * more * more * more : fit * more);
        const double eachLook = kernel ? look * more : look;
        estimate.trainingSeconds += times * eachLook * double(amount.train + amount.validation);
        estimate.predictionSeconds += times * eachLook * double(amount.predict);
        if (kernel) // the kernel once in single and twice in double precision
            estimate.memory_bytes = std::max(estimate.memory_bytes, std::uint64_t(used * used * 20));
    }
    estimate.memory_bytes += std::uint64_t(amount.train) * std::uint64_t(profile.values()) * 3 * sizeof(float);
    estimate.secondsPerEpoch = estimate.trainingSeconds / std::max(1, members);
    return estimate;
}

} // namespace dispersa
