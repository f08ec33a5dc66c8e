// SPDX-License-Identifier: GPL-3.0-or-later
// A recipe: network, recommended preparation and training options under one name.
#pragma once

#include "core/base/error.h"
#include "core/data/geometry.h"
#include "core/data/preparation.h"
#include "core/data/profile_options.h"
#include "core/data/study.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

enum class OutputActivation { Softmax, ReLU };

/// The paper's layers; what differs between recipes. Kumar & Rakita 2025.
struct NetworkOptions {
    int patternHeight = 256;
    int patternWidth = 256;
    int outputs = 5;
    OutputActivation activation = OutputActivation::Softmax;
    double batchNormMomentum = 0.01; ///< LibTorch's; Keras calls this 0.99
    double batchNormEpsilon = 1e-3;
    double dropout = 0.5;
    bool operator==(const NetworkOptions&) const = default;
};

/// Smallest pattern edge the five convolutions can take.
inline constexpr int smallestPattern_px = 94;

struct Recipe {
    std::string name;
    std::string summary; ///< one English sentence
    OutputActivation activation = OutputActivation::Softmax;
    bool haadfIsTarget = false; ///< HAADF is one more output, last
    double batchNormMomentum = 0.01;
    TrainingSettings training = {};
    std::optional<ProfileOptions> profile = {}; ///< regressions on ring profiles instead of a network on patterns
    DiffractionOptions diffraction = {}; ///< used when the study does not say; meant for patterns of 256 x 256
};

/// paper, paper-haadf, quick, radial, combined, polar.
const std::vector<Recipe>& recipes();
/// Error: UnknownRecipe, naming those there are.
Result<Recipe> recipeNamed(const std::string& name);

/// The recipe as it is: only what a study always says stands among the changes.
RecipeChoice unchanged(const Recipe& recipe);

/// The recipe's training settings with what the user changed of them. Errors: UnknownRecipe, StudyInvalid.
Result<TrainingSettings> trainingSettings(const RecipeChoice& choice);

/// The recipe's preparation for patterns of `detector` pixels: bin and beam mask follow the detector's size (128
/// instead of 256 pixels: half of both), and the bin stays small enough for the network. A bin of 1 stays 1.
DiffractionOptions recommendedDiffraction(const Recipe& recipe, PatternShape detector);

/// The preparation that holds for a study: its own, else what its recipe recommends for that detector.
DiffractionOptions diffractionInUse(const Study& study, PatternShape detector);

/// The regressions of the kind that is chosen; none if there is none.
ProfileOptions withRegressor(ProfileOptions profile, RegressorChoice choice);

/// One layer for the table shown before training; shape as "32 x 254 x 254".
struct LayerInfo {
    std::string name;
    std::string outputShape;
    std::int64_t parameters = 0; ///< learnable numbers
};
/// The layers in order. `bin` is only named in the message. Error: PatternTooSmall (arguments: size, minimum, bin).
Result<std::vector<LayerInfo>> layerTable(const NetworkOptions& options, int bin = 1);

/// Rows and columns of what leaves the last of the five convolution blocks; 512 channels of it enter the first dense
/// layer.
PatternShape lastConvolutionShape(PatternShape pattern);

} // namespace dispersa
