// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/study_file.h"

#include "core/base/os_file.h"
#include "core/io/json_object.h"

#include <algorithm>
#include <limits>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr int largestInt = std::numeric_limits<int>::max();

/// Absolute path of a UTF-8 text in the study.
fs::path readPath(JsonObject& object, const std::string& key, const fs::path& folder)
{
    const auto text = object.text(key);
    if (!text)
        throw JsonKeyError(object.path(key), "is missing");
    if (text->empty() || text->find('\0') != std::string::npos)
        throw JsonKeyError(object.path(key), "must be the path of a file");
    return (folder / fs::path(std::u8string(text->begin(), text->end()))).lexically_normal();
}

std::optional<Region> readCrop(JsonObject& owner, UnknownKeys& unknown)
{
    auto object = owner.object("crop");
    if (!object)
        return std::nullopt;
    Region crop;
    const auto read = [&](const char* key, int& value, int least) {
        const auto found = object->integer(key, least, largestInt);
        if (!found)
            throw JsonKeyError(object->path(key), "is missing");
        value = static_cast<int>(*found);
    };
    read("y", crop.y, 0);
    read("x", crop.x, 0);
    read("height", crop.height, 1);
    read("width", crop.width, 1);
    object->collectUnknown(unknown, "crop/");
    return crop;
}

std::optional<ScanShape> readScanShape(JsonObject& owner)
{
    const auto list = owner.array("scan_shape");
    if (!list)
        return std::nullopt;
    const auto isSize = [](const Json& value) {
        return value.is_number_integer() && value.get<double>() >= 1 && value.get<double>() <= largestInt;
    };
    if (list->size() != 2 || !isSize((*list)[0]) || !isSize((*list)[1]))
        throw JsonKeyError(owner.path("scan_shape"), "must be a list of two sizes, [rows, columns]");
    return ScanShape{(*list)[0].get<int>(), (*list)[1].get<int>()};
}

ScanOrder readOrder(JsonObject& owner, UnknownKeys& unknown)
{
    ScanOrder order;
    auto object = owner.object("order");
    if (!object)
        return order;
    order.skipFirst = object->integer("skip_first", 0, std::int64_t(1) << 40).value_or(0);
    order.skipPerRow = static_cast<int>(object->integer("skip_per_row", 0, 65535).value_or(0));
    object->readFlag("swap_axes", order.swapAxes);
    if (object->find("serpentine"))
        object->readFlag("serpentine", order.serpentine.emplace());
    object->readFlag("transpose", order.transpose);
    object->readFlag("flip_y", order.flipY);
    object->readFlag("flip_x", order.flipX);
    object->readFlag("partial", order.partial);
    object->collectUnknown(unknown, "order/");
    return order;
}

DiffractionSource readDiffractionSource(JsonObject object, const fs::path& folder)
{
    DiffractionSource source;
    source.path = readPath(object, "path", folder);
    source.dataset = object.text("dataset").value_or("");
    source.scanShape = readScanShape(object);
    source.order = readOrder(object, source.unknown);
    object.readFlag("signed", source.isSigned);
    object.collectUnknown(source.unknown);
    return source;
}

MapSource readMapSource(JsonObject object, const fs::path& folder)
{
    MapSource source;
    source.quantity = object.text("quantity").value_or("");
    if (source.quantity.empty())
        throw JsonKeyError(object.path("quantity"), "must name an element or a detector");
    source.path = readPath(object, "path", folder);
    source.dataset = object.text("dataset").value_or("");
    if (object.find("unit")) {
        MapUnit unit = MapUnit::Arbitrary;
        object.readWord<MapUnit>(
            "unit", unit,
            {MapUnit::Fraction, MapUnit::Percent, MapUnit::WeightPercent, MapUnit::Counts, MapUnit::Arbitrary,
             MapUnit::Pixels},
            mapUnitName);
        source.unit = unit;
    }
    object.collectUnknown(source.unknown);
    return source;
}

StudyScan readScan(JsonObject object, const fs::path& folder)
{
    StudyScan scan;
    object.require("name");
    scan.name = *object.text("name");
    object.readWord<ScanRole>("role", scan.role, {ScanRole::Train, ScanRole::Predict, ScanRole::Ignore}, scanRoleName);
    if (auto diffraction = object.object("diffraction"))
        scan.diffraction = readDiffractionSource(*diffraction, folder);
    if (const auto maps = object.array("maps"))
        for (std::size_t i = 0; i < maps->size(); ++i)
            scan.maps.push_back(
                readMapSource(JsonObject((*maps)[i], object.path("maps[" + std::to_string(i) + "]")), folder));
    if (auto position = object.object("map_from_scan")) {
        MapFromScan found;
        position->readNumber("dy", found.dy);
        position->readNumber("dx", found.dx);
        position->readNumber("scale", found.scale);
        position->collectUnknown(scan.unknown, "map_from_scan/");
        scan.mapFromScan = found;
    }
    scan.crop = readCrop(object, scan.unknown);
    object.collectUnknown(scan.unknown);
    return scan;
}

void readCalibration(JsonObject& root, Study& study)
{
    auto object = root.object("calibration");
    if (!object)
        return;
    study.calibration.qPixel_invA = object->number("q_pixel_invA");
    study.calibration.scanStep_nm = object->number("scan_step_nm");
    study.calibration.convergence_mrad = object->number("convergence_mrad");
    study.calibration.qrRotation_deg = object->number("qr_rotation_deg");
    object->collectUnknown(study.unknown, "calibration/");
}

void readMapFilter(JsonObject& root, Study& study)
{
    auto object = root.object("map_filter");
    if (!object)
        return;
    MapFilterOptions& filter = study.mapFilter;
    object->readWord<MapFilterKind>("kind", filter.kind,
                                    {MapFilterKind::None, MapFilterKind::Mean, MapFilterKind::Gaussian,
                                     MapFilterKind::Median, MapFilterKind::Bilateral},
                                    mapFilterName);
    if (filter.kind == MapFilterKind::Bilateral)
        filter.size = 9; // the paper's diameter; the others default to 7
    object->readInt("size", filter.size);
    object->readNumber("sigma_color", filter.sigmaColor);
    object->readNumber("sigma_space", filter.sigmaSpace);
    object->collectUnknown(study.unknown, "map_filter/");
}

void readPreparation(JsonObject& root, Study& study)
{
    auto object = root.object("diffraction");
    if (!object)
        return;
    DiffractionOptions options;
    object->readWord<BadPixels>("bad_pixels", options.badPixels, {BadPixels::Keep, BadPixels::Repair}, badPixelsName);
    object->readNumber("bad_pixel_sigmas", options.badPixel_sigmas);
    object->readWord<CentreKind>("centre", options.centre,
                                 {CentreKind::None, CentreKind::CentreOfMass, CentreKind::SubPixel}, centreName);
    object->readWord<DescanModel>(
        "descan", options.descan,
        {DescanModel::None, DescanModel::Constant, DescanModel::Plane, DescanModel::Parabola, DescanModel::Rows},
        descanName);
    object->readNumber("ellipse_ratio", options.ellipseRatio);
    object->readNumber("ellipse_angle_deg", options.ellipseAngle_deg);
    object->readNumber("beam_mask_px", options.beamMask_px);
    object->readNumber("beam_mask_edge_px", options.beamMaskEdge_px);
    object->readInt("bin", options.bin);
    object->readWord<Scaling>("scaling", options.scaling, {Scaling::Linear, Scaling::SquareRoot, Scaling::Log},
                              scalingName);
    object->collectUnknown(study.unknown, "diffraction/");
    study.diffraction = options;
}

void readTargets(JsonObject& root, Study& study)
{
    const auto list = root.array("targets");
    if (!list)
        return;
    study.targets.clear();
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Json& target = (*list)[i];
        if (!target.is_string() || target.get<std::string>().empty())
            throw JsonKeyError("targets[" + std::to_string(i) + "]", "must name a map, such as \"Te\"");
        study.targets.push_back(target.get<std::string>());
    }
}

/// Names of scans: a list, or the text that earlier versions wrote.
std::vector<std::string> readNames(JsonObject& owner, const std::string& key)
{
    const Json* json = owner.find(key);
    if (!json)
        return {};
    if (json->is_string())
        return json->get<std::string>().empty() ? std::vector<std::string>() : std::vector{json->get<std::string>()};
    std::vector<std::string> names;
    if (!json->is_array())
        throw JsonKeyError(owner.path(key), "must be a list of names, not " + jsonTypeText(*json));
    for (const Json& name : *json) {
        if (!name.is_string())
            throw JsonKeyError(owner.path(key), "must hold names only, not " + jsonTypeText(name));
        names.push_back(name.get<std::string>());
    }
    return names;
}

void readSplit(JsonObject& root, SplitOptions& split)
{
    auto object = root.object("split");
    if (!object)
        return;
    object->readWord<SplitKind>("kind", split.kind, {SplitKind::Random, SplitKind::Blocks, SplitKind::Scans, SplitKind::LeaveOneOut},
                                splitKindName);
    object->readNumber("test_fraction", split.testFraction);
    object->readNumber("validation_fraction", split.validationFraction);
    object->readNumber("calibration_fraction", split.calibrationFraction);
    split.seed = object->unsignedInteger("seed").value_or(split.seed);
    object->readInt("block_px", split.block_px);
    if (object->find("guard_px"))
        object->readInt("guard_px", split.guard_px.emplace());
    object->collectUnknown(split.unknown);
}

std::optional<TrainingValue> trainingValue(const Json& json)
{
    if (json.is_boolean())
        return TrainingValue(json.get<bool>());
    if (json.is_number_integer() && !(json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t(INT64_MAX)))
        return TrainingValue(json.get<std::int64_t>());
    if (json.is_number())
        return TrainingValue(json.get<double>());
    if (json.is_string())
        return TrainingValue(json.get<std::string>());
    return std::nullopt;
}

void readRecipe(JsonObject& root, RecipeChoice& recipe, const fs::path& folder)
{
    auto object = root.object("recipe");
    if (!object)
        return;
    recipe.name = object->text("name").value_or(recipe.name);
    for (const TrainingOption& option : trainingOptions()) {
        const Json* json = object->find(option.key);
        if (!json)
            continue;
        const auto value = trainingValue(*json);
        const std::string wrong = value ? option.wrongWith(*value) : "must not be " + jsonTypeText(*json);
        if (!wrong.empty())
            throw JsonKeyError(object->path(option.key), wrong);
        recipe.changes[option.key] = *value;
    }
    if (object->find("start_from"))
        recipe.startFrom = readPath(*object, "start_from", folder);
    object->collectUnknown(recipe.unknown);
}

void readCorrection(JsonObject& root, CorrectionOptions& correction)
{
    auto object = root.object("correction");
    if (!object)
        return;
    object->readWord<CorrectionKind>("kind", correction.kind, {CorrectionKind::None, CorrectionKind::Linear, CorrectionKind::Polynomial,
                                      CorrectionKind::Isotonic, CorrectionKind::Quantile},
                                     correctionKindName);
    correction.fitOn = object->text("fit_on").value_or(correction.fitOn);
    object->readFlag("simplex", correction.simplex);
    object->collectUnknown(correction.unknown);
}

void readAccount(JsonObject& root, AccountOptions& account)
{
    auto object = root.object("account");
    if (!object)
        return;
    object->readNumber("level", account.level);
    account.calibrateOn = readNames(*object, "calibrate_on");
    object->readInt("dropout_passes", account.dropoutPasses);
    object->readFlag("leak_gap", account.leakGap);
    object->collectUnknown(account.unknown);
}

void checkVersion(JsonObject& root)
{
    if (!root.find("format") || root.text("format") != "dispersa-study")
        throw JsonKeyError("format", "must be \"dispersa-study\"; this is not a study of Dispersa");
    root.require("version");
    const auto version = root.integer("version", 1, largestInt);
    if (*version > 1)
        throw JsonKeyError("version", "is " + std::to_string(*version) +
                                          ", but this Dispersa reads version 1; open the study with a newer Dispersa");
}

Study readDocument(const Json& json, const fs::path& folder)
{
    JsonObject root(json, "");
    checkVersion(root);
    Study study;
    if (const auto scans = root.array("scans"))
        for (std::size_t i = 0; i < scans->size(); ++i)
            study.scans.push_back(readScan(JsonObject((*scans)[i], "scans[" + std::to_string(i) + "]"), folder));
    readCalibration(root, study);
    study.crop = readCrop(root, study.unknown);
    readMapFilter(root, study);
    readPreparation(root, study);
    readTargets(root, study);
    root.readWord<Normalise>("normalise", study.normalise, {Normalise::None, Normalise::Sum}, normaliseName);
    readSplit(root, study.split);
    readRecipe(root, study.recipe, folder);
    if (root.find("model"))
        study.model = readPath(root, "model", folder);
    readCorrection(root, study.correction);
    readAccount(root, study.account);
    root.collectUnknown(study.unknown);
    return study;
}

/// Deepest nesting of brackets outside of strings: writing a study back recurses that deep.
int nesting(const std::string& text)
{
    int depth = 0;
    int deepest = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString && c == '\\')
            ++i;
        else if (c == '"')
            inString = !inString;
        else if (!inString && (c == '{' || c == '['))
            deepest = std::max(deepest, ++depth);
        else if (!inString && (c == '}' || c == ']'))
            --depth;
    }
    return deepest;
}

} // namespace

Result<Study> parseStudy(const std::string& json, const fs::path& folder)
{
    constexpr int deepestNesting = 100;
    if (nesting(json) > deepestNesting)
        return fail(ErrorCode::FormatInvalid, "The study is not usable JSON: it nests more than 100 levels deep.");
    try {
        Study study = readDocument(Json::parse(json), fs::absolute(folder));
        if (auto checked = study.check(); !checked)
            return fail(checked.error());
        return study;
    } catch (const JsonKeyError& problem) {
        const std::string key = problem.key.empty() ? "the document" : "'" + problem.key + "'";
        return fail(ErrorCode::StudyInvalid, "Study: " + key + " " + problem.what() + ".", {},
                    {problem.key, problem.what()});
    } catch (const Json::exception& problem) {
        return fail(ErrorCode::FormatInvalid, std::string("The study is not valid JSON: ") + problem.what() + ".", {},
                    {}, problem.what());
    } catch (const std::exception& problem) {
        return fail(ErrorCode::Internal, std::string("The study could not be read: ") + problem.what() + ".", {}, {},
                    problem.what());
    }
}

Result<Study> readStudy(const fs::path& path)
{
    const auto text = readTextFile(path);
    if (!text)
        return fail(text.error());
    auto study = parseStudy(*text, fs::absolute(path).parent_path());
    if (!study) {
        Error error = study.error();
        error.file = path;
        error.message = "'" + path.string() + "': " + error.message;
        return fail(std::move(error));
    }
    return study;
}

} // namespace dispersa
