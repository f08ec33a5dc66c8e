// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/opened_study.h"

#include "core/prepare/pattern_preparation.h"
#include "core/prepare/ring_sums.h"
#include "core/workflow/guard_rule.h"
#include "core/workflow/run_study.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace dispersa {
namespace {

/// Relative difference of Q pixels above which a model's input is another scale.
constexpr double qPixelTolerance = 0.02;

std::optional<Error> scanObstacle(const OpenedStudy& opened, const OpenedScan& scan)
{
    const std::string& name = scan.entry.name;
    if (scan.obstacle)
        return scan.obstacle;
    if (!scan.diffraction)
        return Error{ErrorCode::DatasetMissing,
                     "Scan '" + name + "' has no diffraction patterns. Add its 4D-STEM file or ignore the scan.",
                     {},
                     {name}};
    if (const Region crop = opened.crop(scan); !crop.fitsInto(scan.shape()))
        return Error{ErrorCode::ShapeMismatch,
                     "The crop (" + toText(crop) + ") does not fit into scan '" + name + "', which is " +
                         toText(scan.shape()) + " probe positions.",
                     {},
                     {name, toText(crop), toText(scan.shape())}};
    if (!opened.trains() || scan.entry.role != ScanRole::Train)
        return std::nullopt;
    for (const std::string& target : opened.targets)
        if (!scan.map(target))
            return Error{ErrorCode::DatasetMissing,
                         "Scan '" + name + "' has no map of " + target +
                             ", which the network shall learn. Add the map, leave the target out or do not train on this scan.",
                         {},
                         {name, target}};
    return std::nullopt;
}

void checkPatternSizes(const OpenedStudy& opened, std::vector<Error>& obstacles)
{
    PatternShape expected = {};
    std::string first;
    const ModelPtr& model = opened.model ? opened.model : opened.startFrom;
    for (const OpenedScanPtr& scan : opened.scans) {
        if (!scan->diffraction)
            continue;
        const PatternShape shape = preparedShape(scan->diffraction->patternShape(), opened.diffraction.bin);
        if (model) {
            const NetworkOptions& network = model->description().network;
            if (!model->description().profile && shape != PatternShape{network.patternHeight, network.patternWidth})
                obstacles.push_back({ErrorCode::ModelMismatch,
                                     "The model takes patterns of " +
                                         toText(PatternShape{network.patternHeight, network.patternWidth}) +
                                         " pixels, but those of scan '" + scan->entry.name + "' are " + toText(shape) +
                                         " after binning by " + std::to_string(opened.diffraction.bin) + ".",
                                     scan->diffraction->file(),
                                     {scan->entry.name, toText(shape)}});
        } else if (first.empty()) {
            first = scan->entry.name;
            expected = shape;
        } else if (shape != expected) {
            obstacles.push_back({ErrorCode::ShapeMismatch,
                                 "The patterns of scan '" + scan->entry.name + "' are " + toText(shape) +
                                     " pixels but those of '" + first + "' are " + toText(expected) +
                                     "; one network cannot take both.",
                                 scan->diffraction->file(),
                                 {scan->entry.name, toText(shape), first, toText(expected)}});
        }
    }
}

/// Says where one pixel, or one ring of a profile, stands for another scattering vector than where the model was trained:
/// it can run, but the user must know.
void compareCalibration(OpenedStudy& opened, const ModelDescription& trained)
{
    const bool rings = trained.profile.has_value();
    const auto expected = rings ? trained.profile->ringWidth_invA : trained.calibration.qPixel_invA;
    for (const OpenedScanPtr& scan : opened.scans) {
        if (!scan->diffraction)
            continue;
        const auto own = rings ? ringWidth_invA(*scan) : scan->calibration.qPixel_invA;
        if (expected && own && !(std::abs(*own / *expected - 1) <= qPixelTolerance))
            opened.warnings.push_back({"q_pixel_differs",
                                       std::string(rings ? "A ring of the profiles" : "The Q pixel") + " of scan '" +
                                           scan->entry.name + "' is " + std::to_string(*own) +
                                           " 1/A, but the model was trained at " + std::to_string(*expected) +
                                           " 1/A; its predictions may be wrong.",
                                       {},
                                       scan->entry.name});
    }
}

/// The same between the scans of a study that trains: what one of them teaches is wrong for the other.
void compareCalibrations(OpenedStudy& opened)
{
    const auto first = std::find_if(opened.scans.begin(), opened.scans.end(), [](const OpenedScanPtr& scan) {
        return scan->entry.role == ScanRole::Train && scan->diffraction;
    });
    if (first == opened.scans.end())
        return;
    ModelDescription trained;
    trained.calibration = (*first)->calibration;
    if (opened.recipe && opened.recipe->profile) {
        trained.profile = opened.recipe->profile;
        trained.profile->ringWidth_invA = ringWidth_invA(**first);
    }
    compareCalibration(opened, trained);
}

/// A model is used with the preparation it was trained on; says so where the study asks for another.
void compareModel(OpenedStudy& opened)
{
    compareCalibration(opened, opened.model->description());
    const DiffractionOptions& trained = opened.model->description().diffraction;
    if (opened.study.diffraction && *opened.study.diffraction != trained)
        opened.warnings.push_back({"preparation_of_model",
                                   "The model was trained on patterns prepared otherwise than the study says (centring, "
                                   "mask, bin or scaling); the model's preparation is used.",
                                   {},
                                   {}});
}

/// Fine-tuning on patterns that were prepared otherwise begins with weights that know something else.
void compareStart(OpenedStudy& opened)
{
    compareCalibration(opened, opened.startFrom->description());
    if (opened.startFrom->description().diffraction != opened.diffraction)
        opened.warnings.push_back({"start_prepared_otherwise",
                                   "The model that the training starts from knows patterns prepared otherwise "
                                   "(centring, mask, bin or scaling); its weights may help little.",
                                   *opened.study.recipe.startFrom,
                                   {}});
    const auto settings = trainingSettings(opened.study.recipe);
    if (settings && settings->members > opened.startFrom->description().members)
        opened.warnings.push_back({"members_start_alike",
                                   "Members of the ensemble start from the same weights; their spread (sigma) will be smaller "
                                   "than that of networks with first weights of their own.",
                                   *opened.study.recipe.startFrom,
                                   {}});
}

/// Of scans that intervals shall be fitted on and that say nothing about a target, since nobody measured it there.
void compareCalibrationScans(OpenedStudy& opened)
{
    const std::vector<std::string>& named = opened.study.account.calibrateOn;
    std::vector<std::string> nowhere = opened.targets;
    for (const OpenedScanPtr& scan : opened.scans) {
        if (std::find(named.begin(), named.end(), scan->entry.name) == named.end())
            continue;
        std::string missing;
        for (const std::string& target : opened.targets)
            if (scan->map(target))
                std::erase(nowhere, target);
            else
                missing += (missing.empty() ? "" : ", ") + target;
        if (!missing.empty())
            opened.warnings.push_back({"calibration_scan_without_map",
                                       "Scan '" + scan->entry.name + "' has no measured map of " + missing +
                                           ": intervals around these targets cannot be fitted on it, although "
                                           "'account.calibrate_on' names it.",
                                       {},
                                       scan->entry.name});
    }
    std::string without;
    for (const std::string& target : nowhere)
        without += (without.empty() ? "" : ", ") + target;
    if (!named.empty() && !without.empty())
        opened.warnings.push_back({"no_calibration_map",
                                   "None of the scans in 'account.calibrate_on' has a measured map of " + without +
                                       ", so there are no intervals around these predictions. Name scans that have one.",
                                   {},
                                   {}});
}

/// Passes with dropout that would silently do nothing are an obstacle.
void refuseDropoutPasses(const OpenedStudy& opened, std::vector<Error>& obstacles)
{
    ModelDescription description;
    if (opened.model) {
        description = opened.model->description();
    } else if (opened.recipe) {
        description.recipe = opened.recipe->name;
        description.profile = opened.recipe->profile;
    }
    if (const auto checked = checkDropoutPasses(description, opened.study.account.dropoutPasses); !checked)
        obstacles.push_back({ErrorCode::StudyInvalid, checked.error().message, {}, {"account.dropout_passes"}});
}

} // namespace

OpenedStudy openStudy(const Study& study, std::vector<Error>& obstacles)
{
    OpenedStudy opened;
    opened.study = study;
    if (auto checked = study.check(); !checked)
        obstacles.push_back(checked.error());
    if (study.model) {
        if (auto model = loadModel(*study.model)) {
            opened.model = *model;
            opened.targets = opened.model->description().targets;
            opened.diffraction = opened.model->description().diffraction;
        } else {
            obstacles.push_back(model.error());
            return opened;
        }
    } else if (auto recipe = recipeNamed(study.recipe.name)) {
        opened.recipe = *recipe;
        opened.diffraction = diffractionInUse(study, {});
        opened.targets = study.targets;
        std::erase(opened.targets, "HAADF");
        if (recipe->haadfIsTarget)
            opened.targets.push_back("HAADF");
        if (study.recipe.startFrom) {
            if (auto model = loadModel(*study.recipe.startFrom))
                opened.startFrom = *model;
            else
                obstacles.push_back(model.error());
        }
    } else {
        obstacles.push_back(recipe.error());
        return opened;
    }
    bool anyTrains = false;
    for (const StudyScan& entry : study.scans) {
        if (entry.role == ScanRole::Ignore)
            continue;
        anyTrains = anyTrains || entry.role == ScanRole::Train;
        auto scan = openScan(entry, study.calibration);
        if (!scan) {
            obstacles.push_back(scan.error());
            continue;
        }
        if (auto obstacle = scanObstacle(opened, **scan))
            obstacles.push_back(*obstacle);
        for (const Warning& warning : (*scan)->warnings)
            opened.warnings.push_back(warning);
        if (opened.trains() && (*scan)->diffraction && opened.scans.empty())
            opened.diffraction = diffractionInUse(study, (*scan)->diffraction->patternShape());
        opened.scans.push_back(*scan);
    }
    if (opened.trains() && !anyTrains)
        obstacles.push_back({ErrorCode::NothingToTrain,
                             study.scans.empty() ? "The study has no scan. Open scans first."
                                                 : "No scan has the role 'train'. Give it to the scans with element maps."});
    else if (opened.scans.empty() && obstacles.empty())
        obstacles.push_back({ErrorCode::NothingToTrain, "The study has no scan to predict. Open scans first."});
    checkPatternSizes(opened, obstacles);
    if (opened.model)
        compareModel(opened);
    else
        compareCalibrations(opened);
    compareCalibrationScans(opened);
    if (!opened.model && obstacles.empty())
        if (auto network = networkFor(opened); !network)
            obstacles.push_back(network.error());
    if (opened.startFrom)
        compareStart(opened);
    if (opened.recipe && opened.recipe->activation != OutputActivation::Softmax)
        if (const auto settings = trainingSettings(study.recipe);
            settings && settings->loss == LossKind::CrossEntropy)
            obstacles.push_back({ErrorCode::StudyInvalid,
                                 "The study's 'recipe.loss' is cross_entropy, which needs outputs that sum to one, but the "
                                 "recipe '" + opened.recipe->name + "' has others. Choose another loss or recipe.",
                                 {},
                                 {"recipe.loss"}});
    refuseDropoutPasses(opened, obstacles);
    return opened;
}

std::optional<double> ringWidth_invA(const OpenedScan& scan)
{
    if (!scan.diffraction || !scan.calibration.qPixel_invA)
        return std::nullopt;
    return *scan.calibration.qPixel_invA * ringWidth_px(scan.diffraction->patternShape());
}

int guardInUse(const OpenedStudy& opened)
{
    if (opened.study.split.guard_px)
        return *opened.study.split.guard_px;
    std::vector<OpenedScanPtr> training;
    std::copy_if(opened.scans.begin(), opened.scans.end(), std::back_inserter(training),
                 [](const OpenedScanPtr& scan) { return scan->entry.role == ScanRole::Train; });
    return guardRule(opened.study, training).total();
}

Result<NetworkOptions> networkFor(const OpenedStudy& opened)
{
    NetworkOptions network;
    network.outputs = static_cast<int>(opened.targets.size());
    network.activation = opened.recipe->activation;
    network.batchNormMomentum = opened.recipe->batchNormMomentum;
    if (opened.recipe->profile)
        return network; // rings suit every detector
    const PatternShape raw = opened.scans.front()->diffraction->patternShape();
    const PatternShape shape = preparedShape(raw, opened.diffraction.bin);
    if (std::min(shape.height, shape.width) < smallestPattern_px)
        return fail(ErrorCode::PatternTooSmall,
                    "The patterns are " + toText(shape) + " pixels after binning by " +
                        std::to_string(opened.diffraction.bin) + " (" + toText(raw) + " before), but recipe '" +
                        opened.study.recipe.name + "' needs at least " + std::to_string(smallestPattern_px) +
                        " pixels. Bin less.",
                    opened.scans.front()->diffraction->file(),
                    {toText(shape), std::to_string(smallestPattern_px), std::to_string(opened.diffraction.bin)});
    network.patternHeight = shape.height;
    network.patternWidth = shape.width;
    return network;
}

std::vector<Error> obstaclesOf(const Study& study)
{
    std::vector<Error> obstacles;
    openStudy(study, obstacles);
    return obstacles;
}

} // namespace dispersa
