// SPDX-License-Identifier: GPL-3.0-or-later
// Trains a network on prepared patterns. Runs on the caller's thread; LibTorch uses the others.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/pattern_source.h"
#include "core/data/training_history.h"
#include "core/data/training_settings.h"
#include "core/learn/model.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

enum class DeviceChoice { Auto, Cpu, Cuda };
enum class PrecisionChoice { Auto, Float32, BFloat16 };

/// "CUDA: NVIDIA ..." or "CPU, 2 threads": what training would use now.
std::string deviceDescription(DeviceChoice device, int threads);

/// What is learned how, and on which part of the machine.
struct TrainOptions : TrainingSettings {
    std::uint64_t seed = 42; ///< initial weights, shuffling, dropout, augmentation
    DeviceChoice device = DeviceChoice::Auto;
    PrecisionChoice precision = PrecisionChoice::Auto;
    int threads = 0;                              ///< 0: all cores
    /// last.safetensors: the last finished epoch as model file, with all that a training needs to go on; empty: none. There
    /// from the first report on; a later epoch's is written while the next one trains, the last one's before the end. Members
    /// of an ensemble from the second on have theirs in sub-folders "member1", ...; and so in `tensorboardFolder`.
    std::filesystem::path checkpointFolder = {};
    std::filesystem::path tensorboardFolder = {}; ///< event file; empty: none
    std::filesystem::path historyFile = {};       ///< history.csv, rewritten atomically each epoch; empty: none
    /// A last.safetensors to go on from, with the same study, to `epochs` in all. The history is then, seconds aside, that
    /// of a training that was never interrupted (on a CPU, same number of threads). Where patience had ended it,
    /// patience begins anew. Of an ensemble: the first member's file; the others lie beside it, and each that is not trained
    /// to the end goes on or begins. A member that patience had ended stays as it is. Empty: from the start.
    std::filesystem::path resumeFrom = {};
    /// Fine-tuning: the initial weights are this model's, but for the output layer if its targets are others. From an
    /// ensemble each member takes those of the member of its number, and of the first where there is none.
    ModelPtr startFrom = {};
    Result<void> check() const;
};

/// Patterns with their targets. `train` and `validation` index both.
struct TrainingSet {
    PatternSourcePtr patterns;
    std::vector<float> targets = {}; ///< [patterns->count(), outputs], finite where indexed
    std::vector<std::int64_t> train = {};
    std::vector<std::int64_t> validation = {}; ///< may be empty: then nothing stops early
};

/// Where an epoch stands in an ensemble. Members train one after the other, each from epoch 1.
struct EnsembleEpoch {
    int member = 0; ///< from 0
    int members = 1;
    EpochRecord mean = {}; ///< what the history now says of this epoch
};

/// Told after each epoch on the training thread.
struct EpochReport {
    EpochRecord record; ///< of the network that was trained
    bool bestSoFar = false;
    /// Outputs seen during this epoch for every trained or validated pattern, [count, outputs], NaN elsewhere; from the
    /// weights as they were when each batch passed. Shared, immutable. Of an ensemble's first member only.
    std::shared_ptr<const std::vector<float>> outputs = {};
    std::optional<EnsembleEpoch> ensemble = {}; ///< nothing where one network is trained
    /// What belongs at this epoch of the history, which an earlier member may have reached before.
    const EpochRecord& inHistory() const { return ensemble ? ensemble->mean : record; }
};
using EpochSink = std::function<void(const EpochReport&)>;

struct TrainOutcome {
    ModelPtr model;
    /// Of an ensemble: per epoch the mean over the members that came so far, and the seconds of all of them, so that there is
    /// one curve, which is as long as the longest training.
    std::vector<EpochRecord> history = {};
    int bestEpoch = 0;          ///< 1-based, by valLoss (or loss without validation) of the history
    bool stoppedEarly = false;  ///< patience ran out, for every member
    /// Stop was requested; the best weights so far were kept. Of an ensemble: the members that were trained to the end, or the
    /// first one with its best weights.
    bool stoppedByUser = false;
    std::string device = {};
    std::string precision = {}; ///< "fp32" or "bf16"
    int threads = 0;
    int batchSize = 0;     ///< that was used: less than asked for where a GPU's memory did not suffice
    int resumedEpochs = 0; ///< of the history that an earlier training made
};

    /// last.safetensors: the last finished epoch as model file, with all that a training needs to go on; empty: none. There
    /// from the first report on; a later epoch's is written while the next one trains, the last one's before the end. Members
    /// of an ensemble from the second on have theirs in sub-folders "member1", ...; and so in `tensorboardFolder`.
Result<TrainOutcome> trainNetwork(const TrainingSet& set, const ModelDescription& description,
                                  const TrainOptions& options, const EpochSink& onEpoch, const ProgressSink& progress,
                                  std::stop_token stop);

/// Keras' EarlyStopping(monitor=val_loss, min_delta=0): improvement is strictly smaller; stops when `patience` epochs
/// in a row did not improve.
class EarlyStopping {
  public:
    explicit EarlyStopping(int patience) : m_patience(patience) {}
    /// Feeds one epoch's loss (NaN never improves); true if this is the best so far.
    bool observe(double loss);
    bool shouldStop() const { return m_waited >= m_patience; }
    int bestEpoch() const { return m_bestEpoch; }
    /// Patience begins anew: somebody wants to go on.
    void waitAnew() { m_waited = 0; }

  private:
    int m_patience;
    int m_epoch = 0;
    int m_bestEpoch = 0;
    int m_waited = 0;
    std::optional<double> m_best;
};

struct PredictOptions {
    int batchSize = 64;
    DeviceChoice device = DeviceChoice::Auto;
    PrecisionChoice precision = PrecisionChoice::Float32;
    int threads = 0;
    /// Monte Carlo dropout: so many more predictions with dropout on, whose spread counts in `sigma`; 0, or 2 and more.
    /// Only for networks that have dropout.
    int dropoutPasses = 0;
    std::uint64_t seed = 42; ///< of what these passes drop: the same for all patterns and on every device
    /// Told after each batch, on the predicting thread: the outputs [n, outputs] of the patterns asked for from number
    /// `first` on, in the order they were asked for. May be empty.
    std::function<void(std::int64_t first, std::span<const float> outputs)> onOutputs = {};
};

/// Refuses dropout passes that would say nothing. Error: InvalidArgument (a single pass; a model without dropout).
Result<void> checkDropoutPasses(const ModelDescription& description, int passes);

/// What a model makes of patterns, [n, outputs], row-major.
struct Prediction {
    std::vector<float> outputs = {}; ///< mean over the members, without dropout
    /// Standard deviation between the members (divided by their number), or over the dropout passes, or of both together:
    /// the square root of the variance between the members plus the mean of their variances over the passes. Empty where
    /// there is one member and no pass.
    std::vector<float> sigma = {};
};

/// Outputs for the patterns `indices` (all if empty). Errors: InvalidArgument (dropout passes of a model without dropout),
/// ModelMismatch (pattern size), Cancelled, DeviceUnavailable, OutOfMemory.
Result<Prediction> predictPatterns(const Model& model, const PatternSource& patterns,
                                   std::span<const std::int64_t> indices, const PredictOptions& options,
                                   const ProgressSink& progress, std::stop_token stop,
                                   const std::string& stage = "predict");

} // namespace dispersa
