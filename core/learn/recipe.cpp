// SPDX-License-Identifier: GPL-3.0-or-later
// The recipes, and the sizes of the network's layers, without torch.
#include "core/learn/recipe.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dispersa {

namespace {

constexpr std::array<int, 5> channels = {32, 64, 128, 256, 512};
constexpr std::array<int, 3> denseWidths = {512, 256, 128};

/// Trimmed profiles over a near and a far neighbourhood: near enough for sharp maps, counts enough for small fractions.
/// Inside of ring 5 the direct beam's tails vary from scan to scan, outside of ring 39 few electrons arrive.
std::vector<ProfileFeature> trimmedProfiles(int near, int far)
{
    constexpr auto kind = ProfileFeature::Kind::Trimmed;
    return {{.kind = kind, .neighbourhood = near, .firstRing = 5, .lastRing = 39},
            {.kind = kind, .neighbourhood = far, .firstRing = 5, .lastRing = 39}};
}

/// Ridge, kernel ridge and small dense networks. Their strong penalties, and dropout, noise and mixing of the networks,
/// keep them from learning single training points by heart.
std::vector<RegressorOptions> threeRegressors(const std::vector<std::size_t>& features)
{
    return {{.kind = RegressorKind::Ridge, .features = features, .penalty = 0.3, .logarithm = true},
            {.kind = RegressorKind::Kernel, .features = features, .penalty = 6.3e-4, .width = 1.25, .logarithm = true},
            {.kind = RegressorKind::Mlp,
             .features = features,
             .penalty = 0.1,
             .dropout = 0.2,
             .noise = 0.2,
             .mixing = 1,
             .epochs = 7,
             .learningRate = 2e-3}};
}

/// Numbers as tests/bench/TRANSFER.md finds them over several pairs of scans.
Recipe profileRecipe(const Recipe& paper)
{
    Recipe recipe = paper;
    recipe.diffraction = {};
    recipe.diffraction.centre = CentreKind::SubPixel;
    recipe.training.members = 3;
    return recipe;
}

Recipe radialRecipe(const Recipe& paper)
{
    Recipe radial = profileRecipe(paper);
    radial.name = "radial";
    radial.summary = "Radial profiles of neighbouring probes about the direct beam, without Bragg spots, into three "
                     "regressions: transfers to other scans and trains in seconds.";
    radial.profile = ProfileOptions{trimmedProfiles(5, 11), threeRegressors({0, 1}), DoseScale::IfKnown};
    return radial;
}

Recipe combinedRecipe(const Recipe& paper)
{
    Recipe combined = profileRecipe(paper);
    combined.name = "combined";
    combined.summary = "The mean of the radial recipe over two sizes of neighbourhoods: what transfers best between scans.";
    combined.profile = ProfileOptions{trimmedProfiles(5, 11), threeRegressors({0, 1}), DoseScale::IfKnown};
    for (const ProfileFeature& feature : trimmedProfiles(7, 15))
        combined.profile->features.push_back(feature);
    for (const RegressorOptions& regressor : threeRegressors({2, 3}))
        combined.profile->regressors.push_back(regressor);
    return combined;
}

/// Sectors instead of whole rings, for what is not the same all round; the rest as in the radial recipe.
Recipe polarRecipe(const Recipe& paper)
{
    constexpr auto kind = ProfileFeature::Kind::Polar;
    Recipe polar = profileRecipe(paper);
    polar.name = "polar";
    polar.summary = "A small convolution network on the rings and sectors about the direct beam, whatever way a pattern is "
                    "turned: trains in less than a minute.";
    polar.profile = ProfileOptions{{{.kind = kind, .neighbourhood = 5, .firstRing = 5, .lastRing = 39},
                                    {.kind = kind, .neighbourhood = 11, .firstRing = 5, .lastRing = 39},
                                    {.kind = kind, .neighbourhood = 15, .firstRing = 5, .lastRing = 39}},
                                   {{.kind = RegressorKind::Polar,
                                     .features = {0, 1, 2},
                                     .penalty = 0.1,
                                     .dropout = 0.2,
                                     .noise = 0.2,
                                     .mixing = 1,
                                     .epochs = 10,
                                     .learningRate = 2e-3}},
                                   DoseScale::IfKnown};
    return polar;
}

std::vector<Recipe> makeRecipes()
{
    Recipe paper;
    paper.name = "paper";
    paper.summary =
        "The network and settings of Kumar & Rakita 2025: softmax over the elements, patterns divided by 65536.";

    Recipe paperHaadf = paper;
    paperHaadf.name = "paper-haadf";
    paperHaadf.summary = "The paper's network with ReLU outputs and HAADF as one more target.";
    paperHaadf.activation = OutputActivation::ReLU;
    paperHaadf.haadfIsTarget = true;

    // Counting data divided by 65536 are nearly zero, and a BatchNorm average that needs hundreds of steps to follow
    // keeps the paper's recipe flat for many epochs. The same layers learn in seconds with these settings.
    Recipe quick = paper;
    quick.name = "quick";
    quick.summary =
        "The paper's layers with square-root scaling, the direct beam centred and masked, and a faster rate.";
    quick.batchNormMomentum = 0.1;
    quick.training.learningRate = 1e-3;
    quick.diffraction.centre = CentreKind::CentreOfMass;
    quick.diffraction.beamMask_px = 8; // covers the beam of a 1 mrad probe and its tails, inside the first diffuse ring
    quick.diffraction.bin = 2;         // 128 x 128 pixels: the composition is in the rings, not in single pixels
    quick.diffraction.scaling = Scaling::SquareRoot;
    return {paper, paperHaadf, quick, radialRecipe(paper), combinedRecipe(paper), polarRecipe(paper)};
}

std::string shapeText(int depth, PatternShape shape)
{
    return std::to_string(depth) + " x " + std::to_string(shape.height) + " x " + std::to_string(shape.width);
}

PatternShape convolved(PatternShape s)
{
    return {s.height - 2, s.width - 2};
}
PatternShape pooled(PatternShape s)
{
    return {s.height / 2, s.width / 2};
}

tl::unexpected<Error> patternTooSmall(PatternShape shape, int bin)
{
    const std::string minimum = std::to_string(smallestPattern_px);
    std::string message = "The prepared patterns are " + toText(shape) + " pixels, but the network needs at least " +
                          minimum + " x " + minimum + ".";
    message +=
        bin > 1 ? " Use a bin smaller than " + std::to_string(bin) + "." : " Use patterns with more detector pixels.";
    return fail(ErrorCode::PatternTooSmall, std::move(message), {}, {toText(shape), minimum, std::to_string(bin)});
}

} // namespace

const std::vector<Recipe>& recipes()
{
    static const std::vector<Recipe> all = makeRecipes();
    return all;
}

Result<Recipe> recipeNamed(const std::string& name)
{
    std::string known;
    for (const Recipe& recipe : recipes()) {
        if (recipe.name == name)
            return recipe;
        known += (known.empty() ? "" : ", ") + recipe.name;
    }
    return fail(ErrorCode::UnknownRecipe, "There is no recipe \"" + name + "\"; choose one of " + known + ".", {},
                {name, known});
}

RecipeChoice unchanged(const Recipe& recipe)
{
    RecipeChoice choice;
    choice.name = recipe.name;
    for (auto& [key, value] : choice.changes)
        value = trainingOption(key)->get(recipe.training);
    return choice;
}

Result<TrainingSettings> trainingSettings(const RecipeChoice& choice)
{
    const auto recipe = recipeNamed(choice.name);
    if (!recipe)
        return fail(recipe.error());
    return withChanges(recipe->training, choice.changes);
}

ProfileOptions withRegressor(ProfileOptions profile, RegressorChoice choice)
{
    if (choice == RegressorChoice::Mean)
        return profile;
    const RegressorKind wanted = choice == RegressorChoice::Ridge    ? RegressorKind::Ridge
                                 : choice == RegressorChoice::Kernel ? RegressorKind::Kernel
                                                                     : RegressorKind::Mlp;
    std::erase_if(profile.regressors, [wanted](const RegressorOptions& regressor) { return regressor.kind != wanted; });
    return profile;
}

DiffractionOptions recommendedDiffraction(const Recipe& recipe, PatternShape detector)
{
    DiffractionOptions options = recipe.diffraction;
    const int edge = std::min(detector.height, detector.width);
    if (edge <= 0)
        return options;
    options.beamMask_px *= edge / 256.0;
    options.beamMaskEdge_px *= edge / 256.0;
    if (options.bin > 1) {
        options.bin = std::clamp(int(std::lround(options.bin * edge / 256.0)), 1, 16);
        while (options.bin > 1 && edge / options.bin < smallestPattern_px)
            --options.bin;
    }
    return options;
}

DiffractionOptions diffractionInUse(const Study& study, PatternShape detector)
{
    if (study.diffraction)
        return *study.diffraction;
    const auto recipe = recipeNamed(study.recipe.name);
    return recipe ? recommendedDiffraction(*recipe, detector) : DiffractionOptions();
}

PatternShape lastConvolutionShape(PatternShape pattern)
{
    for (std::size_t i = 0; i < channels.size(); ++i)
        pattern = pooled(convolved(pattern));
    return pattern;
}

Result<std::vector<LayerInfo>> layerTable(const NetworkOptions& options, int bin)
{
    PatternShape shape = {options.patternHeight, options.patternWidth};
    if (std::min(shape.height, shape.width) < smallestPattern_px)
        return patternTooSmall(shape, bin);
    if (options.outputs < 1)
        return fail(ErrorCode::InvalidArgument, "The network needs at least one target.");

    std::vector<LayerInfo> table;
    table.push_back({"Input", shapeText(1, shape)});
    int depth = 1;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        const int width = channels[i];
        shape = convolved(shape);
        table.push_back({"Convolution " + number + " (3 x 3)", shapeText(width, shape), (9LL * depth + 1) * width});
        if (i == 0)
            table.push_back({"BatchNorm", shapeText(width, shape), 2LL * width});
        table.push_back({"ReLU", shapeText(width, shape)});
        shape = pooled(shape);
        table.push_back({"MaxPool " + number + " (2 x 2)", shapeText(width, shape)});
        depth = width;
    }
    std::int64_t inputs = depth * shape.count();
    table.push_back({"Dropout", shapeText(depth, shape)});
    table.push_back({"Flatten", std::to_string(inputs)});
    for (std::size_t i = 0; i < denseWidths.size(); ++i) {
        const int width = denseWidths[i];
        table.push_back({"Dense " + std::to_string(i + 1), std::to_string(width), (inputs + 1) * width});
        table.push_back({"ReLU", std::to_string(width)});
        inputs = width;
    }
    const std::string outputs = std::to_string(options.outputs);
    table.push_back({"Output", outputs, (inputs + 1) * options.outputs});
    table.push_back({options.activation == OutputActivation::Softmax ? "Softmax" : "ReLU", outputs});
    return table;
}

} // namespace dispersa
