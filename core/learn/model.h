// SPDX-License-Identifier: GPL-3.0-or-later
// A trained network with all that is needed to use it again, and its file (safetensors).
#pragma once

#include "core/base/error.h"
#include "core/data/calibration.h"
#include "core/data/preparation.h"
#include "core/data/profile_options.h"
#include "core/data/study.h"
#include "core/learn/recipe.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// What stands in the model's metadata beside the weights.
struct ModelDescription {
    std::string recipe;
    NetworkOptions network = {}; ///< of a profile model only `outputs` and `activation` mean something
    std::optional<ProfileOptions> profile = {}; ///< regressions on ring profiles instead of a network on patterns
    int members = 1; ///< networks whose mean is the prediction, 1..20; of a profile model always 1
    std::vector<std::string> targets = {}; ///< one per output; HAADF last if the recipe has it
    DiffractionOptions diffraction = {};
    double scalingQuantile = 1;      ///< of DiffractionOptions::scaling
    MapFilterOptions mapFilter = {}; ///< how its targets were filtered
    Normalise normalise = Normalise::None;
    Calibration calibration = {}; ///< of the training scans
    double haadfLow = 0;          ///< HAADF target = max(0, (h - low) / (high - low))
    double haadfHigh = 1;
    std::vector<double> trainingMean = {}; ///< per target, over training pixels
    std::string provenanceJson = "{}";     ///< study, input fingerprints, versions, device, seed
};

/// Of what stands for one pattern: its pixels after preparation, or 1 x the values of its profiles.
PatternShape inputShape(const ModelDescription& description);

/// Weights and description; immutable, safe to use from several threads.
class Model {
  public:
    virtual ~Model() = default;
    virtual const ModelDescription& description() const = 0;
};
using ModelPtr = std::shared_ptr<const Model>;

/// The same weights with another description.
ModelPtr withDescription(const Model& model, ModelDescription description);

/// safetensors; tensors are named and shaped as PyTorch's state_dict of the same layers, of several members with "member0.",
/// "member1.", ... before; `__metadata__`["dispersa"] is one JSON string. Atomic. Error: WriteFailed.
Result<void> saveModel(const Model& model, const std::filesystem::path& path);
/// Errors: FileNotFound, FileUnreadable, ModelInvalid (header, sizes, names, shapes; hostile sizes are never
/// allocated).
Result<ModelPtr> loadModel(const std::filesystem::path& path);

} // namespace dispersa
