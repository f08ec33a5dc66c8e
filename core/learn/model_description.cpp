// SPDX-License-Identifier: GPL-3.0-or-later
// Writes and reads the description of a model as JSON.
#include "core/learn/model_description_p.h"

#include "core/learn/json_depth_p.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace dispersa {

namespace {

using json = nlohmann::ordered_json;

constexpr int deepestDescription = 32; // ours has five levels; the rest is for what others add to the provenance

const char* activationName(OutputActivation activation)
{
    return activation == OutputActivation::Softmax ? "softmax" : "relu";
}

/// What is wrong with the JSON; caught in describedByJson, never leaves this file.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Value of a key, or Wrong naming it.
const json& at(const json& object, const char* key)
{
    if (!object.is_object() || !object.contains(key))
        throw Wrong(std::string("the key \"") + key + "\" is missing");
    return object[key];
}

/// A number; null stands for NaN, which JSON cannot write.
double number(const json& value, const char* key)
{
    if (value.is_null())
        return std::numeric_limits<double>::quiet_NaN();
    if (!value.is_number())
        throw Wrong(std::string("\"") + key + "\" is not a number");
    return value.get<double>();
}

double numberAt(const json& object, const char* key)
{
    return number(at(object, key), key);
}

int wholeAt(const json& object, const char* key)
{
    const json& value = at(object, key);
    // Numbers beyond int64 are unsigned ones, which would pass for negative.
    const bool fits = value.is_number_unsigned() ? value.get<std::uint64_t>() <= std::numeric_limits<int>::max()
                                                 : value.is_number_integer() &&
                                                       value.get<std::int64_t>() >= std::numeric_limits<int>::min() &&
                                                       value.get<std::int64_t>() <= std::numeric_limits<int>::max();
    if (!fits)
        throw Wrong(std::string("\"") + key + "\" is not a whole number of this size");
    return value.get<int>();
}

std::string textAt(const json& object, const char* key)
{
    const json& value = at(object, key);
    if (!value.is_string())
        throw Wrong(std::string("\"") + key + "\" is not a text");
    return value.get<std::string>();
}

/// The enumerator whose word stands there.
template<class Enum, std::size_t N>
Enum wordAt(const json& object, const char* key, const std::array<Enum, N>& all, const char* (*nameOf)(Enum))
{
    const std::string word = textAt(object, key);
    for (Enum item : all)
        if (word == nameOf(item))
            return item;
    throw Wrong(std::string("\"") + key + "\" is the unknown word \"" + word + "\"");
}

void readLearnt(const json& root, ModelDescription& d)
{
    const json& network = at(root, "network");
    d.network.outputs = wholeAt(network, "outputs");
    d.network.activation =
        wordAt(network, "activation", std::array{OutputActivation::Softmax, OutputActivation::ReLU}, &activationName);
    if (!d.profile) {
        d.network.patternHeight = wholeAt(network, "pattern_height");
        d.network.patternWidth = wholeAt(network, "pattern_width");
        d.network.batchNormMomentum = numberAt(network, "batch_norm_momentum");
        d.network.batchNormEpsilon = numberAt(network, "batch_norm_epsilon");
        d.network.dropout = numberAt(network, "dropout");
        if (root.contains("members")) // a single network's file does not say so
            d.members = wholeAt(root, "members");
    }
    const json& targets = at(root, "targets");
    if (!targets.is_array())
        throw Wrong("\"targets\" is not a list");
    for (const json& target : targets) {
        if (!target.is_string())
            throw Wrong("\"targets\" holds something that is not a text");
        d.targets.push_back(target.get<std::string>());
    }
    const json& means = at(root, "training_mean");
    if (!means.is_array())
        throw Wrong("\"training_mean\" is not a list");
    for (const json& mean : means)
        d.trainingMean.push_back(number(mean, "training_mean"));
}

void readProfile(const json& root, ModelDescription& d)
{
    if (!root.contains("profile"))
        return;
    const json& profile = root["profile"];
    ProfileOptions options;
    const json& composition = at(profile, "composition");
    if (!composition.is_boolean())
        throw Wrong("\"composition\" is neither true nor false");
    options.composition = composition.get<bool>();
    if (profile.contains("dose")) // models of earlier versions compare counts as they are
        options.dose =
            wordAt(profile, "dose", std::array{DoseScale::None, DoseScale::IfKnown, DoseScale::Known}, &doseScaleName);
    if (profile.contains("dose_counts"))
        options.dose_counts = numberAt(profile, "dose_counts");
    if (profile.contains("ring_width_invA"))
        options.ringWidth_invA = numberAt(profile, "ring_width_invA");
    const auto list = [&profile](const char* key) -> const json& {
        const json& found = at(profile, key);
        if (!found.is_array() || found.empty() || found.size() > 64)
            throw Wrong(std::string("\"") + key + "\" is not a list of 1 to 64");
        return found;
    };
    for (const json& item : list("features")) {
        ProfileFeature& feature = options.features.emplace_back();
        feature.kind = wordAt(item, "kind", std::array{ProfileFeature::Kind::Mean, ProfileFeature::Kind::Trimmed, ProfileFeature::Kind::Polar},
                              &profileFeatureName);
        feature.neighbourhood = wholeAt(item, "neighbourhood");
        feature.firstRing = wholeAt(item, "first_ring");
        feature.lastRing = wholeAt(item, "last_ring");
    }
    for (const json& item : list("regressors")) {
        RegressorOptions& regressor = options.regressors.emplace_back();
        regressor.kind =
            wordAt(item, "kind", std::array{RegressorKind::Ridge, RegressorKind::Kernel, RegressorKind::Mlp, RegressorKind::Polar},
                   &regressorName);
        const json& features = at(item, "features");
        if (!features.is_array() || features.size() > options.features.size())
            throw Wrong("\"features\" is not a list of some of the profiles");
        for (const json& feature : features) {
            if (!feature.is_number_unsigned() || feature.get<std::size_t>() >= options.features.size())
                throw Wrong("\"features\" names a profile that there is not");
            regressor.features.push_back(feature.get<std::size_t>());
        }
        regressor.penalty = numberAt(item, "penalty");
        regressor.width = numberAt(item, "width");
        const json& logarithm = at(item, "logarithm");
        if (!logarithm.is_boolean())
            throw Wrong("\"logarithm\" is neither true nor false");
        regressor.logarithm = logarithm.get<bool>();
        regressor.dropout = numberAt(item, "dropout");
        regressor.noise = numberAt(item, "noise");
        regressor.mixing = numberAt(item, "mixing");
        regressor.epochs = wholeAt(item, "epochs");
        regressor.learningRate = numberAt(item, "learning_rate");
    }
    d.profile = std::move(options);
}

json profileJson(const ProfileOptions& profile)
{
    json features = json::array(), regressors = json::array();
    for (const ProfileFeature& feature : profile.features)
        features.push_back({{"kind", profileFeatureName(feature.kind)},
                            {"neighbourhood", feature.neighbourhood},
                            {"first_ring", feature.firstRing},
                            {"last_ring", feature.lastRing}});
    for (const RegressorOptions& regressor : profile.regressors)
        regressors.push_back({{"kind", regressorName(regressor.kind)},
                              {"features", regressor.features},
                              {"penalty", regressor.penalty},
                              {"width", regressor.width},
                              {"logarithm", regressor.logarithm},
                              {"dropout", regressor.dropout},
                              {"noise", regressor.noise},
                              {"mixing", regressor.mixing},
                              {"epochs", regressor.epochs},
                              {"learning_rate", regressor.learningRate}});
    json result = {{"composition", profile.composition},
                   {"dose", doseScaleName(profile.dose)},
                   {"features", features},
                   {"regressors", regressors}};
    if (profile.dose_counts)
        result["dose_counts"] = *profile.dose_counts;
    if (profile.ringWidth_invA)
        result["ring_width_invA"] = *profile.ringWidth_invA;
    return result;
}

void readPreparation(const json& root, ModelDescription& d)
{
    const json& diffraction = at(root, "diffraction");
    d.diffraction.centre =
        wordAt(diffraction, "centre",
               std::array{CentreKind::None, CentreKind::CentreOfMass, CentreKind::SubPixel}, &centreName);
    // Models of earlier versions do not know these steps: they did nothing.
    if (diffraction.contains("bad_pixels"))
        d.diffraction.badPixels =
            wordAt(diffraction, "bad_pixels", std::array{BadPixels::Keep, BadPixels::Repair}, &badPixelsName);
    if (diffraction.contains("descan"))
        d.diffraction.descan = wordAt(
            diffraction, "descan",
            std::array{DescanModel::None, DescanModel::Constant, DescanModel::Plane, DescanModel::Parabola,
                       DescanModel::Rows},
            &descanName);
    const auto later = [&diffraction](const char* key, double& value) {
        if (diffraction.contains(key))
            value = numberAt(diffraction, key);
    };
    later("bad_pixel_sigmas", d.diffraction.badPixel_sigmas);
    later("ellipse_ratio", d.diffraction.ellipseRatio);
    later("ellipse_angle_deg", d.diffraction.ellipseAngle_deg);
    later("beam_mask_edge_px", d.diffraction.beamMaskEdge_px);
    d.diffraction.beamMask_px = numberAt(diffraction, "beam_mask_px");
    d.diffraction.bin = wholeAt(diffraction, "bin");
    d.diffraction.scaling =
        wordAt(diffraction, "scaling", std::array{Scaling::Linear, Scaling::SquareRoot, Scaling::Log}, &scalingName);
    d.scalingQuantile = numberAt(diffraction, "scaling_quantile");
    const json& filter = at(root, "map_filter");
    d.mapFilter.kind = wordAt(filter, "kind",
                              std::array{MapFilterKind::None, MapFilterKind::Mean, MapFilterKind::Gaussian,
                                         MapFilterKind::Median, MapFilterKind::Bilateral},
                              &mapFilterName);
    d.mapFilter.size = wholeAt(filter, "size");
    d.mapFilter.sigmaColor = numberAt(filter, "sigma_color");
    d.mapFilter.sigmaSpace = numberAt(filter, "sigma_space");
    d.normalise = wordAt(root, "normalise", std::array{Normalise::None, Normalise::Sum}, &normaliseName);
    const json& haadf = at(root, "haadf");
    d.haadfLow = numberAt(haadf, "low");
    d.haadfHigh = numberAt(haadf, "high");
    const json& calibration = at(root, "calibration");
    const auto size = [&calibration](const char* key, std::optional<double>& value) {
        if (calibration.is_object() && calibration.contains(key))
            value = number(calibration[key], key);
    };
    size("q_pixel_invA", d.calibration.qPixel_invA);
    size("scan_step_nm", d.calibration.scanStep_nm);
    size("convergence_mrad", d.calibration.convergence_mrad);
    size("qr_rotation_deg", d.calibration.qrRotation_deg);
}

} // namespace

std::string describeAsJson(const ModelDescription& d)
{
    json calibration = json::object();
    if (d.calibration.qPixel_invA)
        calibration["q_pixel_invA"] = *d.calibration.qPixel_invA;
    if (d.calibration.scanStep_nm)
        calibration["scan_step_nm"] = *d.calibration.scanStep_nm;
    if (d.calibration.convergence_mrad)
        calibration["convergence_mrad"] = *d.calibration.convergence_mrad;
    if (d.calibration.qrRotation_deg)
        calibration["qr_rotation_deg"] = *d.calibration.qrRotation_deg;
    json provenance = json::parse(d.provenanceJson, nullptr, false);
    if (provenance.is_discarded())
        provenance = d.provenanceJson; // a plain text is kept as it is

    json root = {
        {"version", 1},
        {"recipe", d.recipe},
        {"network",
         {{"pattern_height", d.network.patternHeight},
          {"pattern_width", d.network.patternWidth},
          {"outputs", d.network.outputs},
          {"activation", activationName(d.network.activation)},
          {"batch_norm_momentum", d.network.batchNormMomentum},
          {"batch_norm_epsilon", d.network.batchNormEpsilon},
          {"dropout", d.network.dropout},
          {"layers",
           "conv1 bn1 relu maxpool2 (conv2..conv5 each relu maxpool2) dropout flatten fc1 relu fc2 relu fc3 relu "
           "output activation; convolutions 3x3 without padding"},
          {"flatten_order", "channel, row, column (PyTorch NCHW)"}}},
        {"targets", d.targets},
        {"diffraction",
         {{"bad_pixels", badPixelsName(d.diffraction.badPixels)},
          {"bad_pixel_sigmas", d.diffraction.badPixel_sigmas},
          {"centre", centreName(d.diffraction.centre)},
          {"descan", descanName(d.diffraction.descan)},
          {"ellipse_ratio", d.diffraction.ellipseRatio},
          {"ellipse_angle_deg", d.diffraction.ellipseAngle_deg},
          {"beam_mask_px", d.diffraction.beamMask_px},
          {"beam_mask_edge_px", d.diffraction.beamMaskEdge_px},
          {"bin", d.diffraction.bin},
          {"scaling", scalingName(d.diffraction.scaling)},
          {"scaling_quantile", d.scalingQuantile}}},
        {"map_filter",
         {{"kind", mapFilterName(d.mapFilter.kind)},
          {"size", d.mapFilter.size},
          {"sigma_color", d.mapFilter.sigmaColor},
          {"sigma_space", d.mapFilter.sigmaSpace}}},
        {"normalise", normaliseName(d.normalise)},
        {"calibration", calibration},
        {"haadf", {{"low", d.haadfLow}, {"high", d.haadfHigh}}},
        {"training_mean", d.trainingMean},
        {"provenance", provenance}};
    if (d.members > 1)
        root["members"] = d.members;
    if (d.profile) {
        root["profile"] = profileJson(*d.profile);
        root["network"] = {{"outputs", d.network.outputs}, {"activation", activationName(d.network.activation)}};
    }
    return root.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<ModelDescription> describedByJson(const std::string& text, const std::filesystem::path& path)
{
    std::string wrong;
    try {
        if (nestsDeeper(text, deepestDescription))
            throw Wrong("it nests too deep");
        const json root = json::parse(text);
        if (wholeAt(root, "version") != 1)
            throw Wrong("it was written by a newer version of the program");
        ModelDescription d;
        d.recipe = textAt(root, "recipe");
        readProfile(root, d);
        readLearnt(root, d);
        readPreparation(root, d);
        const json& provenance = at(root, "provenance");
        d.provenanceJson = provenance.is_string() ? provenance.get<std::string>() : provenance.dump();
        if (nestsDeeper(d.provenanceJson, deepestDescription)) // a text may be JSON of its own
            throw Wrong("its provenance nests too deep");
        wrong = wrongInDescription(d);
        if (wrong.empty())
            return d;
    } catch (const Wrong& e) {
        wrong = e.what();
    } catch (const json::exception& e) {
        wrong = e.what();
    }
    return fail(ErrorCode::ModelInvalid,
                "The description in the model file " + path.string() + " cannot be used: " + wrong + ".", path, {},
                wrong);
}

} // namespace dispersa
