// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_checks_p.h"

#include "core/learn/model_description_p.h"

#include <cmath>

namespace dispersa {

namespace {

Result<void> checkIndices(const TrainingSet& set, const std::vector<std::int64_t>& indices, std::size_t outputs)
{
    for (std::int64_t index : indices) {
        if (index < 0 || index >= set.patterns->count())
            return fail(ErrorCode::InvalidArgument, "A training index lies outside of the patterns.");
        for (std::size_t i = 0; i < outputs; ++i)
            if (!std::isfinite(set.targets[std::size_t(index) * outputs + i]))
                return fail(ErrorCode::InvalidArgument, "A target of pattern " + std::to_string(index) +
                                                            " is not a number: leave such pixels out of the split.");
    }
    return {};
}

Result<void> checkSet(const TrainingSet& set, const ModelDescription& description)
{
    const auto outputs = std::size_t(description.network.outputs);
    if (!set.patterns)
        return fail(ErrorCode::InvalidArgument, "There are no patterns to train on.");
    if (!description.profile)
        if (const auto table = layerTable(description.network, description.diffraction.bin); !table)
            return fail(table.error());
    if (const std::string wrong = wrongInDescription(description); !wrong.empty())
        return fail(ErrorCode::InvalidArgument, "The network cannot be trained: " + wrong + ".");
    const PatternShape expected = inputShape(description);
    if (set.patterns->patternShape() != expected)
        return fail(ErrorCode::InvalidArgument, "The patterns are " + toText(set.patterns->patternShape()) +
                                                    " pixels, the network was asked for " + toText(expected) + ".");
    if (set.targets.size() != std::size_t(set.patterns->count()) * outputs)
        return fail(ErrorCode::InvalidArgument, "The number of targets does not fit the number of patterns.");
    if (set.train.empty())
        return fail(ErrorCode::NothingToTrain, "No pattern is left to train on: use a larger crop or another split.");
    if (const auto checked = checkIndices(set, set.train, outputs); !checked)
        return checked;
    return checkIndices(set, set.validation, outputs);
}

} // namespace

Result<void> TrainOptions::check() const
{
    if (const auto checked = TrainingSettings::check(); !checked)
        return fail(ErrorCode::InvalidArgument, checked.error().message, {}, checked.error().arguments);
    if (threads < 0)
        return fail(ErrorCode::InvalidArgument, "The training needs zero (all) or more threads.");
    return {};
}

Result<void> checkTraining(const TrainingSet& set, const ModelDescription& description, const TrainOptions& options)
{
    if (const auto checked = options.check(); !checked)
        return checked;
    if (const auto checked = checkSet(set, description); !checked)
        return checked;
    if (options.loss == LossKind::CrossEntropy && description.network.activation != OutputActivation::Softmax)
        return fail(ErrorCode::InvalidArgument,
                    "The cross-entropy needs outputs that sum to one: choose a recipe with softmax, or another loss.");
    return {};
}

std::vector<double> trainingMeans(const TrainingSet& set, std::size_t outputs)
{
    std::vector<double> means(outputs, 0.0);
    for (std::int64_t index : set.train)
        for (std::size_t i = 0; i < outputs; ++i)
            means[i] += set.targets[std::size_t(index) * outputs + i];
    for (double& mean : means)
        mean /= double(set.train.size());
    return means;
}

} // namespace dispersa
