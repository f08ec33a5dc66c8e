// SPDX-License-Identifier: GPL-3.0-or-later
// How a network is trained, as values, and the one table of them that study file, command line and window are made from.
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace dispersa {

enum class OptimizerKind { Adam, AdamW, Sgd };
enum class ScheduleKind { Constant, Cosine, Plateau };
enum class LossKind { MeanAbsolute, MeanSquared, Huber, CrossEntropy };
enum class KeptWeights { Last, Best };
/// Of a profile recipe's regressions: the mean over all of them, or those of one kind alone.
enum class RegressorChoice { Mean, Ridge, Kernel, Mlp };

/// Random changes of the training patterns, new in each epoch. They leave the composition as it is; 0 and false: none.
struct AugmentOptions {
    bool mirror = false;       ///< left to right and top to bottom, each with probability 1/2
    bool quarterTurns = false; ///< by 0, 90, 180 or 270 degrees; needs square patterns
    double shift_px = 0;       ///< by up to so many prepared pixels in y and in x, evenly distributed; 0..16
    double scale = 0;          ///< of the diffraction vectors, by a factor in 1 -+ this; 0..0.2
    double ellipse = 0;        ///< ratio of the axes up to 1 + this, in any direction; 0..0.2
    double gain = 0;           ///< all counts times a factor in 1 -+ this; 0..0.9
    double thinning = 0;       ///< as if the dose were lower by up to this share (binomial thinning of counts); 0..0.95
    bool operator==(const AugmentOptions&) const = default;
    bool any() const { return *this != AugmentOptions(); }
};

/// What a training does, whatever machine it runs on. The defaults are the paper's.
struct TrainingSettings {
    int epochs = 100;
    int batchSize = 64;
    OptimizerKind optimizer = OptimizerKind::Adam;
    double learningRate = 1e-4;
    ScheduleKind schedule = ScheduleKind::Constant;
    /// Steps over which a rate above the paper's 1e-4 grows from there. At 1e-3 from the first step, two of five seeds
    /// drove the softmax to one element, where the mean absolute error has no gradient left, and never came back.
    int warmupSteps = 100;
    double weightDecay = 0; ///< Adam, SGD: added to the gradient; AdamW: decoupled
    int patience = 5;       ///< epochs without improvement of the validation loss before stopping
    KeptWeights weights = KeptWeights::Last;
    LossKind loss = LossKind::MeanAbsolute;
    AugmentOptions augment = {};
    /// Models trained with seeds of their own whose mean is the prediction and whose spread is its sigma.
    int members = 1;
    RegressorChoice regressor = RegressorChoice::Mean;
    bool deterministic = false; ///< only algorithms that repeat bit for bit on a GPU; the CPU always repeats
    bool operator==(const TrainingSettings&) const = default;
    /// Every value within its bounds. Error: StudyInvalid naming the key.
    Result<void> check() const;
};

/// A value of an option: switch, whole number, number or word.
using TrainingValue = std::variant<bool, std::int64_t, double, std::string>;
/// Changes of a recipe's settings, by key.
using TrainingChanges = std::map<std::string, TrainingValue>;

/// One setting: how it is called, what it may be, and where it is in TrainingSettings.
struct TrainingOption {
    enum class Kind { Switch, Whole, Number, Word };
    enum class Group { Length, Step, Loss, Augmentation, Ensemble };

    std::string key;   ///< in the study's "recipe"; on the command line with dashes
    std::string label; ///< English
    std::string help;  ///< one English sentence
    Group group;
    Kind kind;
    double least = 0;                    ///< numbers: bounds, both allowed
    double most = 0;
    std::vector<std::string> words = {}; ///< Word: the choices
    std::function<TrainingValue(const TrainingSettings&)> get;
    std::function<void(TrainingSettings&, const TrainingValue&)> set; ///< the value has this kind and lies in the bounds
    /// What kind of recipe it changes: one of networks on patterns, one of regressions on ring profiles, both.
    bool forNetworks = true;
    bool forProfiles = false;
    /// Command line option: "--batch-size".
    std::string flag() const;
    /// "must lie between 1 and 65536", "must be one of adam, adamw, sgd", ...; empty if the value is allowed. A whole
    /// number is allowed where a number is.
    std::string wrongWith(const TrainingValue& value) const;
};

/// In the order in which they are shown.
const std::vector<TrainingOption>& trainingOptions();
/// Null if there is none.
const TrainingOption* trainingOption(const std::string& key);
/// The settings with the changes. Error: StudyInvalid naming the key ("recipe.batch_size") and what it must be.
Result<TrainingSettings> withChanges(TrainingSettings settings, const TrainingChanges& changes);

/// Words of the study file.
const char* optimizerName(OptimizerKind kind);
const char* scheduleName(ScheduleKind kind);
const char* lossName(LossKind kind);
const char* keptWeightsName(KeptWeights weights);
const char* regressorChoiceName(RegressorChoice choice);

} // namespace dispersa
