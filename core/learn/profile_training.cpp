// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/profile_training_p.h"

#include "core/learn/device_p.h"
#include "core/learn/history_csv_p.h"
#include "core/learn/profile_model_p.h"
#include "core/learn/torch_errors_p.h"

#include <ATen/Functions.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <functional>
#include <future>
#include <limits>
#include <optional>
#include <thread>

namespace dispersa {
namespace {

using Clock = std::chrono::steady_clock;

/// How far the mean sum of the targets may be from 1 for them to be a composition.
constexpr double compositionTolerance = 0.05;

/// Profiles and targets of `indices`.
Result<RegressionPoints> pointsOf(const TrainingSet& set, const std::vector<std::int64_t>& indices, std::int64_t outputs)
{
    const std::int64_t values = set.patterns->patternShape().count(), count = std::int64_t(indices.size());
    RegressionPoints points{at::empty({count, values}), at::empty({count, outputs})};
    if (auto done = set.patterns->gather(indices, {points.features.data_ptr<float>(), std::size_t(count * values)}); !done)
        return fail(done.error());
    float* to = points.targets.data_ptr<float>();
    for (const std::int64_t index : indices)
        to = std::copy_n(set.targets.begin() + index * outputs, outputs, to);
    return points;
}

double meanError(const torch::Tensor& predicted, const torch::Tensor& targets)
{
    return (predicted - targets).abs().mean().item<double>();
}

/// Training and validation part with what the members so far make of them.
struct Part {
    RegressionPoints points;
    torch::Tensor sum = {};  ///< of the present regression's members
    torch::Tensor mean = {}; ///< over the regressions before it
    void add(const Regressor& member, const RegressorOptions& regressor, const ProfileOptions& profile)
    {
        const torch::Tensor predicted = member.predict(readBy(regressor, profile, points.features));
        sum = sum.defined() ? sum + predicted : predicted;
    }
    /// With the present regression as number `before` and `members` of it.
    torch::Tensor predicted(std::size_t before, std::size_t members) const
    {
        const torch::Tensor own = sum / double(members);
        return before == 0 ? own : (mean * double(before) + own) / double(before + 1);
    }
};

/// Rows of `predicted` at `indices` of `all`.
void put(const torch::Tensor& predicted, const std::vector<std::int64_t>& indices, std::vector<float>& all)
{
    const torch::Tensor rows = predicted.contiguous();
    const std::int64_t outputs = rows.size(1);
    const float* from = rows.data_ptr<float>();
    for (const std::int64_t index : indices) {
        std::copy_n(from, outputs, all.begin() + index * outputs);
        from += outputs;
    }
}

/// Fits members of one regression beside each other, one per core: steps of small networks are too short to be shared
/// between cores. A single member has all cores.
class Members {
  public:
    Members(int count, int threads, std::function<RegressorPtr(int)> fit)
        : m_fit(std::move(fit)), m_results(std::size_t(count))
    {
        if (count < 2)
            return;
        m_products.emplace();
        for (int t = 0; t < std::min(count, std::max(1, threads)); ++t)
            m_threads.emplace_back([this] {
                useThreads(1);
                for (int m = m_next++; m < int(m_results.size()); m = m_next++)
                    m_results[std::size_t(m)].promise.set_value(fitted(m));
            });
    }
    /// In ascending order, each once. Rethrows what the fit threw.
    RegressorPtr take(int member)
    {
        return m_threads.empty() ? m_fit(member) : m_results[std::size_t(member)].future.get()();
    }

  private:
    using Outcome = std::function<RegressorPtr()>;
    struct Slot {
        std::promise<Outcome> promise;
        std::future<Outcome> future = promise.get_future();
    };
    Outcome fitted(int member) const
    {
        try {
            return [regressor = m_fit(member)] { return regressor; };
        } catch (...) {
            return [error = std::current_exception()]() -> RegressorPtr { std::rethrow_exception(error); };
        }
    }
    std::optional<SingleThreadedProducts> m_products;
    std::function<RegressorPtr(int)> m_fit;
    std::vector<Slot> m_results;
    std::atomic<int> m_next = 0;
    std::vector<std::jthread> m_threads;
};

class ProfileTraining {
  public:
    ProfileTraining(const TrainingSet& set, ModelDescription description, const TrainOptions& options,
                    const EpochSink& onEpoch, const ProgressSink& progress, const std::stop_token& stop)
        : m_set(set), m_description(std::move(description)), m_options(options), m_onEpoch(onEpoch),
          m_progress(progress), m_stop(stop), m_profile(*m_description.profile)
    {
        for (const RegressorOptions& regressor : m_profile.regressors)
            m_total += membersOf(regressor);
    }

    Result<TrainOutcome> run(const ComputePlan& plan)
    {
        useThreads(plan.threads);
        const auto outputs = std::int64_t(m_description.network.outputs);
        auto train = pointsOf(m_set, m_set.train, outputs), validation = pointsOf(m_set, m_set.validation, outputs);
        if (!train || !validation)
            return fail(train ? validation.error() : train.error());
        const double sum = train->targets.sum(1).mean().item<double>();
        m_profile.composition = m_description.network.activation == OutputActivation::Softmax && outputs > 1 &&
                                std::abs(sum - 1) < compositionTolerance;
        Part trained{std::move(*train)}, validated{std::move(*validation)};
        ProfileModel::Members members;
        TrainOutcome outcome;
        for (std::size_t r = 0; r < m_profile.regressors.size() && !outcome.stoppedByUser; ++r) {
            std::vector<RegressorPtr> own;
            const int wanted = membersOf(m_profile.regressors[r]);
            Members fitting(wanted, plan.threads, [&](int m) { return fit(trained.points, r, m); });
            for (int m = 0; m < wanted; ++m) {
                const auto start = Clock::now();
                RegressorPtr member = fitting.take(m);
                if (!member) {
                    outcome.stoppedByUser = true;
                    break;
                }
                own.push_back(std::move(member));
                const torch::NoGradGuard noGrad;
                for (Part* part : {&trained, &validated})
                    part->add(*own.back(), m_profile.regressors[r], m_profile);
                if (auto told = tell(trained, validated, r, own.size(), start, outcome); !told)
                    return fail(told.error());
            }
            if (own.empty())
                break;
            for (Part* part : {&trained, &validated}) {
                part->mean = part->predicted(r, own.size());
                part->sum = torch::Tensor();
            }
            members.push_back(std::move(own));
        }
        if (members.empty())
            return fail(ErrorCode::Cancelled, "The training was cancelled before its first regression was fitted.");
        m_profile.regressors.resize(members.size()); // those before the stop
        m_description.profile = m_profile;
        outcome.bestEpoch = int(outcome.history.size());
        outcome.model = std::make_shared<const ProfileModel>(m_description, std::move(members));
        outcome.device = plan.deviceText;
        outcome.precision = plan.precisionText();
        outcome.threads = plan.threads;
        outcome.batchSize = m_options.batchSize;
        return outcome;
    }

  private:
    int membersOf(const RegressorOptions& regressor) const
    {
        return regressor.isNetwork() ? m_options.members : 1;
    }

    RegressorPtr fit(const RegressionPoints& all, std::size_t regressor, int member) const
    {
        const RegressorOptions& options = m_profile.regressors[regressor];
        const RegressionPoints points{readBy(options, m_profile, all.features), all.targets, m_profile.composition};
        return fitRegressor(points, options, m_options.seed * 1000 + regressor * 100 + std::uint64_t(member), m_stop);
    }

    Result<void> tell(const Part& trained, const Part& validated, std::size_t regressor, std::size_t members,
                      Clock::time_point start, TrainOutcome& outcome) const
    {
        const torch::Tensor fitted = trained.predicted(regressor, members), held = validated.predicted(regressor, members);
        EpochRecord record;
        record.epoch = int(outcome.history.size()) + 1;
        record.loss = meanError(fitted, trained.points.targets);
        if (!m_set.validation.empty())
            record.valLoss = meanError(held, validated.points.targets);
        record.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        record.patternsPerSecond = double(m_set.train.size()) / std::max(record.seconds, 1e-9);
        outcome.history.push_back(record);
        if (!m_options.historyFile.empty())
            if (auto written = writeHistoryCsv(outcome.history, m_options.historyFile); !written)
                return written;
        report(m_progress, {"train", record.epoch, m_total, {{"loss", record.loss}}});
        if (!m_onEpoch)
            return {};
        std::vector<float> outputs(m_set.targets.size(), std::numeric_limits<float>::quiet_NaN());
        put(fitted, m_set.train, outputs);
        put(held, m_set.validation, outputs);
        m_onEpoch({record, true, std::make_shared<const std::vector<float>>(std::move(outputs))});
        return {};
    }

    const TrainingSet& m_set;
    ModelDescription m_description;
    const TrainOptions& m_options;
    const EpochSink& m_onEpoch;
    const ProgressSink& m_progress;
    const std::stop_token& m_stop;
    ProfileOptions m_profile;
    int m_total = 0;
};

} // namespace

Result<TrainOutcome> trainProfile(const TrainingSet& set, const ModelDescription& description,
                                  const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                  std::stop_token stop)
{
    // Some seconds of dense algebra in double: nothing that a GPU or bf16 would help.
    auto plan = planCompute(DeviceChoice::Cpu, PrecisionChoice::Float32, options.threads);
    if (!plan)
        return fail(plan.error());
    if (!options.resumeFrom.empty() || options.startFrom)
        return fail(ErrorCode::InvalidArgument,
                    "The recipe '" + description.recipe + "' is fitted anew each time, in seconds: it cannot go on from an "
                    "earlier training or model.");
    ModelDescription chosen = description;
    chosen.profile = withRegressor(*description.profile, options.regressor);
    if (chosen.profile->regressors.empty())
        return fail(ErrorCode::InvalidArgument, "The recipe '" + description.recipe + "' has no regression of the kind '" +
                                                    regressorChoiceName(options.regressor) + "': choose another kind or "
                                                    "recipe.",
                    {}, {"recipe.regressor"});
    return ProfileTraining(set, std::move(chosen), options, onEpoch, progress, stop).run(*plan);
}

} // namespace dispersa
