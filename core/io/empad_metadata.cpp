// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/empad_metadata.h"

#include "core/base/os_file.h"
#include "core/data/electron_wavelength.h"

#include <pugixml.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t longestXml = 4u << 20;
constexpr std::size_t mostXmlFiles = 64; ///< in one folder; an acquisition has a folder of its own

/// The decimal digits at the start of `text` as a side of a scan, 1..65535, and takes them away.
std::optional<int> takeSide(std::string_view& text)
{
    int side = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), side);
    if (problem != std::errc() || side <= 0 || side > 65535)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return side;
}

std::optional<int> sideOf(const pugi::xml_node& node)
{
    std::string_view text = node.child_value();
    return takeSide(text);
}

/// A finite number > 0; of a list "[a, b]" the larger one.
std::optional<double> positiveIn(const pugi::xml_node& node)
{
    double largest = 0;
    for (const char* text = node.child_value(); *text != '\0';) {
        char* end = nullptr;
        const double number = std::strtod(text, &end);
        if (end == text) {
            ++text;
            continue;
        }
        if (std::isfinite(number))
            largest = std::max(largest, number);
        text = end;
    }
    return largest > 0 ? std::optional(largest) : std::nullopt;
}

void addGrid(EmpadMetadata& metadata, std::optional<int> rows, std::optional<int> columns)
{
    if (rows && columns)
        metadata.grids.push_back({*rows, *columns});
}

/// File name without the folders of the machine that recorded it, which may write them either way.
std::string baseName(std::string_view path)
{
    const auto slash = path.find_last_of("/\\");
    return std::string(slash == path.npos ? path : path.substr(slash + 1));
}

void readSizes(EmpadMetadata& metadata, const pugi::xml_node& root)
{
    const auto measured = root.child("iom_measurements");
    // Version 0.51 writes [y, x], both the longer side. Version 1.2 writes the side times a factor that fits the
    // detector's scan to the microscope's own (hyperspy/rosettasciio#495).
    if (const auto side_m = positiveIn(measured.child("optics.get_full_scan_field_of_view"))) {
        metadata.fieldOfView_nm = *side_m * 1e9;
    } else {
        const auto field = measured.child("full_scan_field_of_view");
        const auto scaled_m = positiveIn(field.child("x"));
        const auto factor = positiveIn(field.child("scale_factor"));
        if (scaled_m && factor)
            metadata.fieldOfView_nm = *scaled_m / *factor * 1e9;
    }
    auto voltage_V = positiveIn(measured.child("source.get_voltage"));
    if (!voltage_V)
        voltage_V = positiveIn(measured.child("high_voltage"));
    // In rad per pixel. "calibrated_pixelsize" beside it follows the magnification, so it is no reciprocal length.
    const auto angle_rad = positiveIn(measured.child("calibrated_diffraction_angle"));
    if (voltage_V && angle_rad && *voltage_V > 1e4 && *voltage_V < 2e6 && *angle_rad < 0.01)
        metadata.qPixel_invA = *angle_rad / electronWavelength_A(*voltage_V);
}

} // namespace

Calibration EmpadMetadata::calibration(std::optional<ScanShape> grid) const
{
    Calibration calibration;
    calibration.qPixel_invA = qPixel_invA;
    if (grid && fieldOfView_nm)
        calibration.scanStep_nm = *fieldOfView_nm / std::max(grid->height, grid->width);
    return calibration;
}

EmpadMetadata empadNameMetadata(const fs::path& raw)
{
    EmpadMetadata metadata;
    metadata.rawName = raw.filename().string();
    const std::string stem = raw.stem().string();
    if (const auto x = stem.rfind("_x"); x != stem.npos) {
        std::string_view rest = std::string_view(stem).substr(x + 2);
        const auto columns = takeSide(rest);
        if (columns && rest.starts_with("_y")) {
            rest.remove_prefix(2);
            const auto rows = takeSide(rest);
            if (rest.empty())
                addGrid(metadata, rows, columns);
        } else if (columns && rest.empty() && stem.starts_with("series")) {
            metadata.series = *columns;
        }
    }
    return metadata;
}

Result<EmpadMetadata> readEmpadXml(const fs::path& xml)
{
    const auto text = readTextFile(xml, longestXml);
    if (!text)
        return fail(text.error());
    pugi::xml_document document;
    const auto parsed = document.load_buffer(text->data(), text->size());
    if (!parsed)
        return fail(ErrorCode::FormatInvalid,
                    "'" + xml.string() + "' is not valid XML: " + parsed.description() + " at byte " +
                        std::to_string(parsed.offset) + ".",
                    xml, {parsed.description()}, parsed.description());
    const auto root = document.document_element();
    const std::string rawName = baseName(root.child("raw_file").attribute("filename").value());
    if (rawName.empty() || rawName == "." || rawName == "..")
        return fail(ErrorCode::FormatInvalid,
                    "'" + xml.string() + "' names no raw file, so it does not describe an EMPAD acquisition.", xml);
    EmpadMetadata metadata = empadNameMetadata(rawName);
    const auto fromName = std::exchange(metadata.grids, {});
    if (std::string_view(root.child_value("type")) == "series") {
        if (const auto count = sideOf(root.child("count")))
            metadata.series = *count;
    } else {
        addGrid(metadata, sideOf(root.child("pix_y")), sideOf(root.child("pix_x")));
        metadata.grids.insert(metadata.grids.end(), fromName.begin(), fromName.end());
        for (const char* mode : {"acquire", "search"}) {
            const auto scan = root.find_child_by_attribute("scan_parameters", "mode", mode);
            addGrid(metadata, sideOf(scan.child("scan_resolution_y")), sideOf(scan.child("scan_resolution_x")));
        }
    }
    readSizes(metadata, root);
    return metadata;
}

fs::path empadXmlBeside(const fs::path& raw)
{
    std::vector<fs::path> candidates;
    std::error_code code;
    const fs::path folder = raw.has_parent_path() ? raw.parent_path() : fs::path(".");
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        std::error_code ignored;
        const std::string extension = entry->path().extension().string();
        if ((extension == ".xml" || extension == ".XML") && entry->is_regular_file(ignored))
            candidates.push_back(entry->path());
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.resize(std::min(candidates.size(), mostXmlFiles));
    for (const fs::path& candidate : candidates)
        if (const auto metadata = readEmpadXml(candidate); metadata && metadata->rawName == raw.filename().string())
            return raw.has_parent_path() ? candidate : candidate.filename();
    return {};
}

} // namespace dispersa
