// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/ensemble_training_p.h"

#include "core/base/log.h"
#include "core/base/random.h"
#include "core/learn/history_csv_p.h"
#include "core/learn/network_state_p.h"

#include <algorithm>
#include <limits>
#include <system_error>

namespace dispersa {

namespace fs = std::filesystem;

namespace {

constexpr const char* checkpointName = "last.safetensors";

/// Of those histories that have the epoch. It is one that some have.
EpochRecord meanOf(const std::vector<History>& histories, std::size_t epoch)
{
    EpochRecord mean;
    mean.epoch = int(epoch) + 1;
    double members = 0, validated = 0, valLoss = 0;
    for (const History& history : histories) {
        if (epoch >= history.size())
            continue;
        const EpochRecord& record = history[epoch];
        ++members;
        mean.loss += record.loss;
        mean.seconds += record.seconds;
        mean.patternsPerSecond += record.patternsPerSecond;
        if (record.valLoss) {
            ++validated;
            valLoss += *record.valLoss;
        }
    }
    mean.loss /= members;
    mean.patternsPerSecond /= members;
    if (validated > 0)
        mean.valLoss = valLoss / validated;
    return mean;
}

/// How far the whole ensemble is, from how far its member is.
class EnsembleProgress {
  public:
    EnsembleProgress(const ProgressSink& sink, int members) : m_sink(sink), m_members(members) {}
    ProgressSink of(int member)
    {
        if (!m_sink)
            return {};
        return [this, member](const Progress& own) { tell(own, member); };
    }

  private:
    void tell(const Progress& own, int member)
    {
        Progress all = own;
        all.done += member * own.total;
        all.total *= m_members;
        all.metrics.insert(all.metrics.begin(), {{"member", member + 1}, {"members", m_members}});
        for (auto& [name, value] : all.metrics)
            if (name == "seconds_left") {
                if (own.total > own.done)
                    m_secondsPerBatch = value / double(own.total - own.done);
                value = m_secondsPerBatch * double(all.total - all.done);
            }
        report(m_sink, all);
    }

    const ProgressSink& m_sink;
    const int m_members;
    double m_secondsPerBatch = 0;
};

/// Tells what the epochs of a member mean for the ensemble. `role` and `onEpoch` must outlive it.
EpochSink memberSink(const EpochSink& onEpoch, const MemberRole& role, int member, int members)
{
    if (!onEpoch)
        return {};
    return [&, member, members](const EpochReport& own) {
        std::vector<History> all = role.before;
        all.emplace_back(std::size_t(own.record.epoch), own.record); // only its last epoch is looked at
        EpochReport whole = own;
        whole.ensemble = EnsembleEpoch{member, members, meanOf(all, std::size_t(own.record.epoch) - 1)};
        if (member > 0) { // maps of a network that has just begun would replace those of the first
            whole.bestSoFar = false;
            whole.outputs.reset();
        }
        onEpoch(whole);
    };
}

TrainOptions memberOptions(const TrainOptions& options, int member)
{
    TrainOptions own = options;
    own.members = 1;
    own.seed = memberSeed(options.seed, member);
    for (fs::path* folder : {&own.checkpointFolder, &own.tensorboardFolder})
        if (!folder->empty())
            *folder = memberFolder(*folder, member);
    if (!options.resumeFrom.empty() && member > 0) {
        own.resumeFrom = memberFolder(options.resumeFrom.parent_path(), member) / checkpointName;
        if (std::error_code code; !fs::exists(own.resumeFrom, code))
            own.resumeFrom.clear(); // the training was interrupted before it came to this one
    }
    if (options.startFrom && !options.startFrom->description().profile)
        own.startFrom = memberAlone(*options.startFrom, member);
    return own;
}

} // namespace

std::uint64_t memberSeed(std::uint64_t seed, int member)
{
    if (member == 0)
        return seed;
    Random random(seed ^ 0x6d656d6265727321u); // a stream apart from those that the seed itself begins
    for (int before = 1; before < member; ++before)
        random.next();
    return random.next();
}

fs::path memberFolder(const fs::path& folder, int member)
{
    return member == 0 ? folder : folder / ("member" + std::to_string(member));
}

void forgetMembers(const fs::path& checkpointFolder)
{
    if (checkpointFolder.empty())
        return;
    std::error_code code;
    for (int member = 1; member < int(trainingOption("members")->most); ++member) {
        const fs::path folder = memberFolder(checkpointFolder, member);
        if (fs::remove(folder / checkpointName, code))
            fs::remove(folder, code); // where nothing else lies there
    }
}

History meanHistory(std::vector<History> histories, History last)
{
    histories.push_back(std::move(last));
    std::size_t epochs = 0;
    for (const History& history : histories)
        epochs = std::max(epochs, history.size());
    History mean;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch)
        mean.push_back(meanOf(histories, epoch));
    return mean;
}

Result<TrainOutcome> trainEnsemble(const TrainingSet& set, const ModelDescription& description,
                                   const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                   std::stop_token stop)
{
    EnsembleProgress told(progress, options.members);
    MemberRole role{{}, true};
    std::vector<ModelPtr> members;
    TrainOutcome outcome;
    outcome.stoppedEarly = true; // unless one was not
    for (int m = 0; m < options.members && !outcome.stoppedByUser; ++m) {
        const std::string name = "network " + std::to_string(m + 1) + " of " + std::to_string(options.members);
        log(LogLevel::Info, "Training " + name + ".");
        auto trained = trainOneNetwork(set, description, memberOptions(options, m), role,
                                       memberSink(onEpoch, role, m, options.members), told.of(m), stop);
        const bool cancelled = trained ? trained->stoppedByUser : trained.error().code == ErrorCode::Cancelled;
        if (m > 0 && cancelled) {
            // Hardly trained, it would only spoil the mean of those that are. Its checkpoint stays.
            log(LogLevel::Info, "The training was stopped: " + name + " is left out.");
            outcome.stoppedByUser = true;
            break;
        }
        if (!trained)
            return trained;
        members.push_back(trained->model);
        role.before.push_back(std::move(trained->history));
        outcome.stoppedByUser = trained->stoppedByUser || (stop.stop_requested() && m + 1 < options.members);
        outcome.stoppedEarly = outcome.stoppedEarly && trained->stoppedEarly;
        outcome.batchSize = m == 0 ? trained->batchSize : std::min(outcome.batchSize, trained->batchSize);
        outcome.resumedEpochs = std::max(outcome.resumedEpochs, trained->resumedEpochs);
        outcome.device = trained->device;
        outcome.precision = trained->precision;
        outcome.threads = trained->threads;
    }
    outcome.stoppedEarly = outcome.stoppedEarly && !outcome.stoppedByUser;
    outcome.model = joinedModel(description, members);
    History last = std::move(role.before.back());
    role.before.pop_back();
    outcome.history = meanHistory(std::move(role.before), std::move(last));
    EarlyStopping stopping(std::numeric_limits<int>::max());
    for (const EpochRecord& record : outcome.history)
        stopping.observe(record.valLoss.value_or(record.loss));
    outcome.bestEpoch = std::max(1, stopping.bestEpoch());
    // What a network that was left out had added is taken back.
    if (!options.historyFile.empty())
        if (const auto written = writeHistoryCsv(outcome.history, options.historyFile); !written)
            return fail(written.error());
    return outcome;
}

} // namespace dispersa
