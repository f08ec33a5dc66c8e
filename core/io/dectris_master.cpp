// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dectris_master_p.h"

#include "core/io/hdf5_statistics_p.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

constexpr const char* dataGroup = "/entry/data";
constexpr const char* detector = "/entry/instrument/detector/";

/// N of "data_00000N"; nullopt for other names.
std::optional<long> partNumber(const std::string& name)
{
    constexpr std::string_view prefix = "data_";
    long number = 0;
    const char* end = name.data() + name.size();
    if (!name.starts_with(prefix) || name.size() == prefix.size())
        return std::nullopt;
    const auto [stop, problem] = std::from_chars(name.data() + prefix.size(), end, number);
    return problem == std::errc() && stop == end && number >= 0 ? std::optional(number) : std::nullopt;
}

/// Names of the links to frames, in the order of their numbers.
std::vector<std::string> partNames(hid_t file)
{
    std::vector<std::pair<long, std::string>> found;
    const Handle group = exists(file, dataGroup) ? ownObject(H5Oopen(file, dataGroup, H5P_DEFAULT)) : Handle();
    if (!group || H5Iget_type(group.get()) != H5I_GROUP)
        return {};
    H5Literate(
        group.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
            if (const auto number = partNumber(name))
                static_cast<decltype(found)*>(out)->emplace_back(*number, name);
            return 0;
        },
        &found);
    std::sort(found.begin(), found.end());
    std::vector<std::string> names;
    for (auto& [number, name] : found)
        names.push_back(std::move(name));
    return names;
}

/// Where the frames of a link are: in another file, looked for from the master's folder, or in the master itself.
DectrisPart partAt(hid_t file, const fs::path& master, const std::string& name)
{
    const std::string link = std::string(dataGroup) + "/" + name;
    H5L_info_t info;
    if (H5Lget_info(file, link.c_str(), &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_EXTERNAL)
        return {master, link};
    std::vector<char> value(info.u.val_size);
    const char* target = nullptr;
    const char* object = nullptr;
    unsigned flags = 0;
    if (H5Lget_val(file, link.c_str(), value.data(), value.size(), H5P_DEFAULT) < 0 ||
        H5Lunpack_elink_val(value.data(), value.size(), &flags, &target, &object) < 0)
        return {master, link};
    fs::path path = master.parent_path() / target;
    std::error_code code;
    // A link that was absolute on the detector's computer: files that are moved together stay together.
    if (!fs::exists(path, code))
        path = master.parent_path() / fs::path(target).filename();
    return {path, object};
}

/// Reads the head of one data file and adds it; the first one says how frames look.
Result<void> addPart(DectrisMaster& master, DectrisPart part)
{
    std::error_code code;
    if (!fs::exists(part.file, code))
        return fail(ErrorCode::FileNotFound,
                    "'" + master.path.string() + "' keeps its patterns in '" + part.file.filename().string() +
                        "', which is not in its folder. Put '" + part.file.string() + "' there.",
                    part.file, {part.file.string()});
    auto file = openForReading(part.file);
    if (!file)
        return fail(file.error());
    const Handle dataset = exists(file->get(), part.dataset)
                               ? ownDataset(H5Dopen2(file->get(), part.dataset.c_str(), H5P_DEFAULT))
                               : Handle();
    const std::string where = "'" + part.dataset + "' in '" + part.file.string() + "'";
    if (!dataset)
        return fail(ErrorCode::DatasetMissing, "'" + part.file.string() + "' has no dataset '" + part.dataset + "'.",
                    part.file, {part.dataset});
    const Handle type = ownType(H5Dget_type(dataset.get()));
    const auto element = elementTypeOf(type.get());
    const auto shape = shapeOf(dataset.get());
    if (!element || shape.size() != 3)
        return fail(ErrorCode::FormatUnsupported, where + " is not a stack of patterns (frame, y, x).", part.file,
                    {part.dataset});
    constexpr std::int64_t mostPatterns = std::numeric_limits<int>::max(), widest = 1 << 14;
    if (shape[0] <= 0 || shape[0] > mostPatterns - master.frames || shape[1] <= 0 || shape[1] > widest ||
        shape[2] <= 0 || shape[2] > widest)
        return fail(ErrorCode::FormatInvalid,
                    where + " states " + std::to_string(shape[0]) + " patterns of " + std::to_string(shape[1]) + " x " +
                        std::to_string(shape[2]) + ", which is impossible.",
                    part.file, {part.dataset});
    const PatternShape pattern{static_cast<int>(shape[1]), static_cast<int>(shape[2])};
    if (master.parts.empty()) {
        master.pattern = pattern;
        master.type = *element;
    } else if (pattern != master.pattern || *element != master.type) {
        return fail(ErrorCode::ShapeMismatch,
                    where + " holds patterns of " + toText(pattern) + " (" + elementTypeName(*element) +
                        "), the files before it of " + toText(master.pattern) + " (" + elementTypeName(master.type) +
                        ").",
                    part.file, {toText(pattern), toText(master.pattern)});
    }
    part.frames = shape[0];
    master.frames += shape[0];
    master.parts.push_back(std::move(part));
    return {};
}

/// Pixels whose mask is not 0: gaps, dead and noisy ones.
Result<void> readMask(DectrisMaster& master, hid_t file)
{
    for (const char* name : {"detectorSpecific/pixel_mask", "pixel_mask"}) {
        FileItem item;
        item.id = std::string(detector) + name;
        if (!exists(file, item.id))
            continue;
        const Handle dataset = ownDataset(H5Dopen2(file, item.id.c_str(), H5P_DEFAULT));
        const Handle type = ownType(H5Dget_type(dataset.get()));
        const auto element = elementTypeOf(type.get());
        item.shape = shapeOf(dataset.get());
        if (!element || item.shape != std::vector<std::int64_t>{master.pattern.height, master.pattern.width}) {
            master.warnings.push_back(
                {"pixel_mask_ignored",
                 "The detector's pixel mask does not have the size of its patterns and is ignored.", master.path});
            continue;
        }
        item.type = *element;
        const auto mask = readWhole(master.path, item);
        if (!mask)
            return fail(mask.error());
        for (std::size_t i = 0; i < mask->size(); ++i)
            if ((*mask)[i] != 0)
                master.masked.push_back(static_cast<std::int64_t>(i));
        return {};
    }
    return {};
}

std::optional<double> firstNumber(hid_t file, std::initializer_list<const char*> names)
{
    for (const char* name : names)
        if (const auto value = numberDataset(file, std::string(detector) + name); value && *value > 0)
            return value;
    return std::nullopt;
}

/// "<base>.h5" beside "<base>_master.h5".
fs::path sideFileOf(const fs::path& master)
{
    std::string base = master.stem().string();
    constexpr std::string_view ending = "_master";
    if (base.ends_with(ending))
        base.resize(base.size() - ending.size());
    return master.parent_path() / (base + master.extension().string());
}

void readSideFile(DectrisMaster& master)
{
    const fs::path path = sideFileOf(master.path);
    std::error_code code;
    if (path == master.path || !fs::exists(path, code))
        return;
    if (const auto file = openForReading(path))
        master.metadata = stemMetadata(file->get());
    else
        master.warnings.push_back({"side_file_unreadable", file.error().message, path});
}

std::string shortText(double value)
{
    std::ostringstream text;
    text.precision(4);
    text << value;
    return text.str();
}

void calibrate(DectrisMaster& master, hid_t file)
{
    const StemMetadata& metadata = master.metadata;
    master.calibration.scanStep_nm = metadata.scanStep_nm;
    if (metadata.scanStep_nm && metadata.stepIsNominal)
        master.warnings.push_back({"scan_step_nominal",
                                   "The scan step of " + shortText(*metadata.scanStep_nm) +
                                       " nm is what the microscope's magnification says; it is not calibrated.",
                                   master.path});
    const auto pixel_m = firstNumber(file, {"x_pixel_size"});
    const auto distance_m =
        metadata.cameraLength_m ? metadata.cameraLength_m : firstNumber(file, {"detector_distance"});
    const auto voltage_V = metadata.acceleratingVoltage_V ? metadata.acceleratingVoltage_V
                                                          : firstNumber(file, {"detectorSpecific/photon_energy"});
    if (!pixel_m || *pixel_m > 1e-2 || !distance_m || !voltage_V || *voltage_V < 1e3 || *voltage_V > 1e7)
        return;
    // Small angles: one pixel at the centre of the pattern.
    master.calibration.qPixel_invA = *pixel_m / *distance_m / electronWavelength_A(*voltage_V);
    master.warnings.push_back({"q_nominal",
                               "The Q pixel of " + shortText(*master.calibration.qPixel_invA) +
                                   " 1/A is computed from the nominal camera length of " + shortText(*distance_m) +
                                   " m; calibrate it with a known specimen before measuring with it.",
                               master.path});
}

std::optional<std::int64_t> largestValue(ElementType type)
{
    switch (type) {
    case ElementType::UInt8:
        return std::numeric_limits<std::uint8_t>::max();
    case ElementType::UInt16:
        return std::numeric_limits<std::uint16_t>::max();
    case ElementType::UInt32:
        return std::numeric_limits<std::uint32_t>::max();
    default:
        return std::nullopt; // the detectors count in these three
    }
}

} // namespace

bool isDectrisMaster(hid_t file)
{
    return !partNames(file).empty();
}

Result<DectrisMaster> readDectrisMaster(const fs::path& path)
{
    const Lock lock;
    const auto file = openForReading(path);
    if (!file)
        return fail(file.error());
    DectrisMaster master;
    master.path = path;
    for (const std::string& name : partNames(file->get()))
        if (auto added = addPart(master, partAt(file->get(), path, name)); !added)
            return fail(added.error());
    if (master.parts.empty())
        return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' points to no patterns.", path, {dataGroup});
    if (auto read = readMask(master, file->get()); !read)
        return fail(read.error());
    const auto saturation = firstNumber(file->get(), {"saturation_value", "detectorSpecific/saturation_value",
                                                      "detectorSpecific/countrate_correction_count_cutoff"});
    if (const auto most = largestValue(master.type); most && saturation && *saturation < static_cast<double>(*most))
        master.saturation = static_cast<std::int64_t>(*saturation);
    readSideFile(master);
    calibrate(master, file->get());
    return master;
}

} // namespace dispersa::hdf5
