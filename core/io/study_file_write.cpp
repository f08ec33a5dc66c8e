// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/study_file.h"

#include "core/base/os_file.h"
#include "core/io/json_object.h"

#include <algorithm>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

std::string utf8(const fs::path& path)
{
    const std::u8string text = path.generic_u8string();
    return {text.begin(), text.end()};
}

/// Relative to the study's folder where both have a common root, so that a study moves with its data.
std::string pathText(const fs::path& path, const fs::path& folder)
{
    const fs::path relative = fs::absolute(path).lexically_normal().lexically_relative(folder);
    return utf8(relative.empty() ? path : relative);
}

Json regionJson(const Region& region)
{
    return {{"y", region.y}, {"x", region.x}, {"height", region.height}, {"width", region.width}};
}

/// What differs from the order of the file.
Json orderJson(const ScanOrder& order)
{
    Json json = Json::object();
    if (order.swapAxes)
        json["swap_axes"] = true;
    if (order.skipFirst != 0)
        json["skip_first"] = order.skipFirst;
    if (order.skipPerRow != 0)
        json["skip_per_row"] = order.skipPerRow;
    if (order.serpentine)
        json["serpentine"] = *order.serpentine;
    if (order.transpose)
        json["transpose"] = true;
    if (order.flipY)
        json["flip_y"] = true;
    if (order.flipX)
        json["flip_x"] = true;
    if (order.partial)
        json["partial"] = true;
    return json;
}

Json scanJson(const StudyScan& scan, const fs::path& folder)
{
    Json json = {{"name", scan.name}, {"role", scanRoleName(scan.role)}};
    if (scan.diffraction) {
        Json& source = json["diffraction"] = {{"path", pathText(scan.diffraction->path, folder)}};
        if (!scan.diffraction->dataset.empty())
            source["dataset"] = scan.diffraction->dataset;
        if (const auto& shape = scan.diffraction->scanShape)
            source["scan_shape"] = Json::array({shape->height, shape->width});
        // Also for the sake of keys in it that this version does not know.
        const UnknownKeys& unknown = scan.diffraction->unknown;
        const bool keepsUnknown = std::any_of(unknown.begin(), unknown.end(),
                                              [](const auto& entry) { return entry.first.starts_with("order/"); });
        if (!scan.diffraction->order.isDefault() || keepsUnknown)
            source["order"] = orderJson(scan.diffraction->order);
        if (scan.diffraction->isSigned)
            source["signed"] = true;
        restoreUnknown(source, scan.diffraction->unknown);
    }
    Json& maps = json["maps"] = Json::array();
    for (const MapSource& map : scan.maps) {
        Json source = {{"quantity", map.quantity}, {"path", pathText(map.path, folder)}};
        if (!map.dataset.empty())
            source["dataset"] = map.dataset;
        if (map.unit)
            source["unit"] = mapUnitName(*map.unit);
        restoreUnknown(source, map.unknown);
        maps.push_back(std::move(source));
    }
    if (const auto& position = scan.mapFromScan)
        json["map_from_scan"] = {{"dy", position->dy}, {"dx", position->dx}, {"scale", position->scale}};
    if (scan.crop)
        json["crop"] = regionJson(*scan.crop);
    restoreUnknown(json, scan.unknown);
    return json;
}

Json calibrationJson(const Calibration& calibration)
{
    Json json = Json::object();
    if (calibration.qPixel_invA)
        json["q_pixel_invA"] = *calibration.qPixel_invA;
    if (calibration.scanStep_nm)
        json["scan_step_nm"] = *calibration.scanStep_nm;
    if (calibration.convergence_mrad)
        json["convergence_mrad"] = *calibration.convergence_mrad;
    if (calibration.qrRotation_deg)
        json["qr_rotation_deg"] = *calibration.qrRotation_deg;
    return json;
}

Json mapFilterJson(const MapFilterOptions& filter)
{
    Json json = {{"kind", mapFilterName(filter.kind)}, {"size", filter.size}};
    const MapFilterOptions usual;
    if (filter.kind == MapFilterKind::Bilateral || filter.sigmaColor != usual.sigmaColor ||
        filter.sigmaSpace != usual.sigmaSpace) {
        json["sigma_color"] = filter.sigmaColor;
        json["sigma_space"] = filter.sigmaSpace;
    }
    return json;
}

/// In the order of the steps; steps that came later than the first format stand there only when they do something.
Json preparationJson(const DiffractionOptions& options)
{
    const DiffractionOptions usual;
    Json json = Json::object();
    if (options.badPixels != usual.badPixels)
        json["bad_pixels"] = badPixelsName(options.badPixels);
    if (options.badPixel_sigmas != usual.badPixel_sigmas)
        json["bad_pixel_sigmas"] = options.badPixel_sigmas;
    json["centre"] = centreName(options.centre);
    if (options.descan != usual.descan)
        json["descan"] = descanName(options.descan);
    if (options.ellipseRatio != usual.ellipseRatio)
        json["ellipse_ratio"] = options.ellipseRatio;
    if (options.ellipseAngle_deg != usual.ellipseAngle_deg)
        json["ellipse_angle_deg"] = options.ellipseAngle_deg;
    json["beam_mask_px"] = options.beamMask_px;
    if (options.beamMaskEdge_px != usual.beamMaskEdge_px)
        json["beam_mask_edge_px"] = options.beamMaskEdge_px;
    json["bin"] = options.bin;
    json["scaling"] = scalingName(options.scaling);
    return json;
}

Json splitJson(const SplitOptions& split)
{
    Json json = {{"kind", splitKindName(split.kind)},
                 {"test_fraction", split.testFraction},
                 {"validation_fraction", split.validationFraction},
                 {"seed", split.seed}};
    const SplitOptions usual;
    if (split.calibrationFraction != usual.calibrationFraction)
        json["calibration_fraction"] = split.calibrationFraction;
    if (split.kind == SplitKind::Blocks || split.block_px != usual.block_px)
        json["block_px"] = split.block_px;
    if (split.guard_px)
        json["guard_px"] = *split.guard_px;
    restoreUnknown(json, split.unknown);
    return json;
}

Json correctionJson(const CorrectionOptions& correction)
{
    Json json = {{"kind", correctionKindName(correction.kind)}, {"fit_on", correction.fitOn}};
    if (correction.simplex)
        json["simplex"] = true;
    restoreUnknown(json, correction.unknown);
    return json;
}

/// Empty where nothing is asked for.
Json accountJson(const AccountOptions& account)
{
    const AccountOptions usual;
    Json json = Json::object();
    if (account.level != usual.level)
        json["level"] = account.level;
    if (account.calibrateOn != usual.calibrateOn)
        json["calibrate_on"] = account.calibrateOn;
    if (account.dropoutPasses != usual.dropoutPasses)
        json["dropout_passes"] = account.dropoutPasses;
    if (account.leakGap != usual.leakGap)
        json["leak_gap"] = account.leakGap;
    restoreUnknown(json, account.unknown);
    return json;
}

Json recipeJson(const RecipeChoice& recipe, const fs::path& base)
{
    Json json = {{"name", recipe.name}};
    for (const TrainingOption& option : trainingOptions())
        if (const auto change = recipe.changes.find(option.key); change != recipe.changes.end())
            std::visit([&](const auto& value) { json[option.key] = value; }, change->second);
    if (recipe.startFrom)
        json["start_from"] = pathText(*recipe.startFrom, base);
    restoreUnknown(json, recipe.unknown);
    return json;
}

} // namespace

std::string studyToJson(const Study& study, const fs::path& folder)
{
    const fs::path base = fs::absolute(folder).lexically_normal();
    Json json = {{"format", "dispersa-study"}, {"version", 1}};
    Json& scans = json["scans"] = Json::array();
    for (const StudyScan& scan : study.scans)
        scans.push_back(scanJson(scan, base));
    json["calibration"] = calibrationJson(study.calibration);
    if (study.crop)
        json["crop"] = regionJson(*study.crop);
    json["map_filter"] = mapFilterJson(study.mapFilter);
    if (study.diffraction)
        json["diffraction"] = preparationJson(*study.diffraction);
    json["targets"] = study.targets;
    json["normalise"] = normaliseName(study.normalise);
    json["split"] = splitJson(study.split);
    // With a model nothing is trained: a recipe that says nothing of its own would only mislead.
    if (study.model)
        json["model"] = pathText(*study.model, base);
    if (!study.model || study.recipe != RecipeChoice{})
        json["recipe"] = recipeJson(study.recipe, base);
    json["correction"] = correctionJson(study.correction);
    if (Json account = accountJson(study.account); !account.empty())
        json["account"] = std::move(account);
    restoreUnknown(json, study.unknown);
    if (json["calibration"].empty())
        json.erase("calibration");
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> writeStudy(const Study& study, const fs::path& path)
{
    return writeFileAtomically(path, studyToJson(study, fs::absolute(path).parent_path()));
}

} // namespace dispersa
