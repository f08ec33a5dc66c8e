// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/training_settings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dispersa {
namespace {

using Option = TrainingOption;
using Group = Option::Group;
using Settings = TrainingSettings;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string numberText(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

double asNumber(const TrainingValue& value)
{
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole ? double(*whole) : std::get<double>(value);
}

/// Where the field is: in the settings themselves or in their augmentation.
template<class T>
std::function<T&(Settings&)> field(T Settings::*member)
{
    return [member](Settings& settings) -> T& { return settings.*member; };
}
template<class T>
std::function<T&(Settings&)> field(T AugmentOptions::*member)
{
    return [member](Settings& settings) -> T& { return settings.augment.*member; };
}

template<class Member>
Option switchOption(const char* key, const char* label, const char* help, Group group, Member member)
{
    const auto at = field(member);
    return {key, label, help, group, Option::Kind::Switch, 0, 1, {},
            [at](const Settings& s) { return TrainingValue(at(const_cast<Settings&>(s))); },
            [at](Settings& s, const TrainingValue& value) { at(s) = std::get<bool>(value); }};
}

template<class Member>
Option wholeOption(const char* key, const char* label, const char* help, Group group, Member member, double least,
                   double most)
{
    const auto at = field(member);
    return {key, label, help, group, Option::Kind::Whole, least, most, {},
            [at](const Settings& s) { return TrainingValue(std::int64_t(at(const_cast<Settings&>(s)))); },
            [at](Settings& s, const TrainingValue& value) { at(s) = int(std::get<std::int64_t>(value)); }};
}

template<class Member>
Option numberOption(const char* key, const char* label, const char* help, Group group, Member member, double least,
                    double most)
{
    const auto at = field(member);
    return {key, label, help, group, Option::Kind::Number, least, most, {},
            [at](const Settings& s) { return TrainingValue(at(const_cast<Settings&>(s))); },
            [at](Settings& s, const TrainingValue& value) { at(s) = asNumber(value); }};
}

template<class Word>
Option wordOption(const char* key, const char* label, const char* help, Group group, Word Settings::*member,
                  const char* (*nameOf)(Word), std::vector<Word> choices)
{
    Option option = {key, label, help, group, Option::Kind::Word, 0, 0, {}, {}, {}};
    for (const Word choice : choices)
        option.words.emplace_back(nameOf(choice));
    option.get = [member, nameOf](const Settings& s) { return TrainingValue(std::string(nameOf(s.*member))); };
    option.set = [member, nameOf, choices](Settings& s, const TrainingValue& value) {
        for (const Word choice : choices)
            if (std::get<std::string>(value) == nameOf(choice))
                s.*member = choice;
    };
    return option;
}

Option forBoth(Option option)
{
    option.forProfiles = true;
    return option;
}
Option forProfiles(Option option)
{
    option.forProfiles = true;
    option.forNetworks = false;
    return option;
}

std::vector<Option> makeOptions()
{
    using A = AugmentOptions;
    return {
        wholeOption("epochs", "Epochs, at most", "How often the training sees every pattern, unless it stops earlier.",
                    Group::Length, &Settings::epochs, 1, 100000),
        wholeOption("patience", "Patience",
                    "The training stops after so many epochs in which the validation loss did not improve.",
                    Group::Length, &Settings::patience, 1, 100000),
        wordOption("weights", "Weights kept",
                   "The network is kept as it was after the last epoch, as in the paper, or after the best one.",
                   Group::Length, &Settings::weights, keptWeightsName, {KeptWeights::Last, KeptWeights::Best}),
        wordOption("optimizer", "Optimiser",
                   "The rule that turns gradients into steps: Adam (the paper), AdamW (decoupled weight decay) or SGD "
                   "with momentum 0.9.",
                   Group::Step, &Settings::optimizer, optimizerName,
                   {OptimizerKind::Adam, OptimizerKind::AdamW, OptimizerKind::Sgd}),
        numberOption("learning_rate", "Learning rate",
                     "The length of a step; rates above 1e-4 are reached over the warm-up steps.", Group::Step,
                     &Settings::learningRate, 1e-8, 1),
        wordOption("schedule", "Schedule",
                   "The rate stays constant, falls to zero along a cosine until the last epoch, or halves when the "
                   "validation loss stays for two epochs (plateau).",
                   Group::Step, &Settings::schedule, scheduleName,
                   {ScheduleKind::Constant, ScheduleKind::Cosine, ScheduleKind::Plateau}),
        wholeOption("warmup_steps", "Warm-up steps",
                    "Batches over which a learning rate above 1e-4 grows from there; 0 starts at the full rate.",
                    Group::Step, &Settings::warmupSteps, 0, 1000000),
        wholeOption("batch_size", "Batch", "Patterns whose gradients are averaged for one step.", Group::Step,
                    &Settings::batchSize, 1, 65536),
        numberOption("weight_decay", "Weight decay",
                     "Pulls weights towards zero, against learning the training scan by heart; 0 switches it off.",
                     Group::Step, &Settings::weightDecay, 0, 1),
        wordOption("loss", "Loss",
                   "What is made small: the mean absolute error (the paper), the mean squared error, Huber's mixture of "
                   "both, or the cross-entropy between compositions weighted by their sum.",
                   Group::Loss, &Settings::loss, lossName,
                   {LossKind::MeanAbsolute, LossKind::MeanSquared, LossKind::Huber, LossKind::CrossEntropy}),
        switchOption("deterministic", "Deterministic",
                     "Only algorithms that repeat bit for bit on a GPU, which are slower; the CPU always repeats.",
                     Group::Loss, &Settings::deterministic),
        forBoth(wholeOption("members", "Members",
                            "So many models are trained with seeds of their own; their mean predicts better than one, and "
                            "their spread says how sure it is.",
                            Group::Ensemble, &Settings::members, 1, 20)),
        forProfiles(wordOption("regressor", "Regression",
                               "The prediction is the mean over the recipe's regressions, or one kind alone: ridge "
                               "(linear), kernel ridge, or small dense networks (mlp).",
                               Group::Ensemble, &Settings::regressor, regressorChoiceName,
                               {RegressorChoice::Mean, RegressorChoice::Ridge, RegressorChoice::Kernel,
                                RegressorChoice::Mlp})),
        switchOption("augment_mirror", "Mirror", "Patterns are mirrored at random in y and in x.", Group::Augmentation,
                     &A::mirror),
        switchOption("augment_quarter_turns", "Quarter turns",
                     "Square patterns are turned at random by multiples of 90 degrees.", Group::Augmentation,
                     &A::quarterTurns),
        numberOption("augment_shift_px", "Shift (px)",
                     "Patterns are shifted at random by up to so many pixels, so that the beam's position teaches "
                     "nothing.",
                     Group::Augmentation, &A::shift_px, 0, 16),
        numberOption("augment_scale", "Q scale",
                     "Diffraction vectors are stretched at random by up to this share, as another camera length would.",
                     Group::Augmentation, &A::scale, 0, 0.2),
        numberOption("augment_ellipse", "Ellipse",
                     "Circles become ellipses whose axes differ by up to this share, in a random direction.",
                     Group::Augmentation, &A::ellipse, 0, 0.2),
        numberOption("augment_gain", "Gain", "All counts of a pattern are multiplied by a random factor within 1 -+ this.",
                     Group::Augmentation, &A::gain, 0, 0.9),
        numberOption("augment_thinning", "Dose thinning",
                     "Up to this share of the electrons is removed at random, as a lower dose would.",
                     Group::Augmentation, &A::thinning, 0, 0.95),
    };
}

tl::unexpected<Error> wrongValue(const std::string& key, const std::string& wrong)
{
    return fail(ErrorCode::StudyInvalid, "The study's 'recipe." + key + "' " + wrong + ".", {}, {"recipe." + key});
}

} // namespace

std::string TrainingOption::flag() const
{
    std::string text = "--" + key;
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
}

std::string TrainingOption::wrongWith(const TrainingValue& value) const
{
    switch (kind) {
    case Kind::Switch:
        return std::holds_alternative<bool>(value) ? "" : "must be true or false";
    case Kind::Word: {
        const auto* word = std::get_if<std::string>(&value);
        return word && std::find(words.begin(), words.end(), *word) != words.end() ? ""
                                                                                   : "must be one of " + joined(words);
    }
    case Kind::Whole:
    case Kind::Number:
        break;
    }
    if (std::holds_alternative<bool>(value))
        return "must be a number, not true or false";
    if (std::holds_alternative<std::string>(value))
        return "must be a number";
    if (kind == Kind::Whole && !std::holds_alternative<std::int64_t>(value))
        return "must be a whole number";
    const double number = asNumber(value);
    return number >= least && number <= most
               ? ""
               : "must lie between " + numberText(least) + " and " + numberText(most);
}

const std::vector<TrainingOption>& trainingOptions()
{
    static const std::vector<Option> all = makeOptions();
    return all;
}

const TrainingOption* trainingOption(const std::string& key)
{
    for (const Option& option : trainingOptions())
        if (option.key == key)
            return &option;
    return nullptr;
}

Result<TrainingSettings> withChanges(TrainingSettings settings, const TrainingChanges& changes)
{
    for (const auto& [key, value] : changes) {
        const Option* option = trainingOption(key);
        if (!option)
            return wrongValue(key, "is not a setting of the training");
        if (const std::string wrong = option->wrongWith(value); !wrong.empty())
            return wrongValue(key, wrong);
        option->set(settings, value);
    }
    return settings;
}

Result<void> TrainingSettings::check() const
{
    for (const Option& option : trainingOptions())
        if (const std::string wrong = option.wrongWith(option.get(*this)); !wrong.empty())
            return wrongValue(option.key, wrong);
    return {};
}

const char* optimizerName(OptimizerKind kind)
{
    constexpr const char* names[] = {"adam", "adamw", "sgd"};
    return names[int(kind)];
}

const char* scheduleName(ScheduleKind kind)
{
    constexpr const char* names[] = {"constant", "cosine", "plateau"};
    return names[int(kind)];
}

const char* lossName(LossKind kind)
{
    constexpr const char* names[] = {"mae", "mse", "huber", "cross_entropy"};
    return names[int(kind)];
}

const char* regressorChoiceName(RegressorChoice choice)
{
    constexpr const char* names[] = {"mean", "ridge", "kernel", "mlp"};
    return names[int(choice)];
}

const char* keptWeightsName(KeptWeights weights)
{
    return weights == KeptWeights::Last ? "last" : "best";
}

} // namespace dispersa
