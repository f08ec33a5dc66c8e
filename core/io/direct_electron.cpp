// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/direct_electron.h"

#include "core/base/os_file.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t largestText = 16u << 20;
constexpr std::int64_t largestTable = 1 << 24; ///< probe positions of a scan that is not a raster

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r");
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

template<class T>
std::optional<T> numberIn(std::string_view text)
{
    T value = 0;
    text = trimmed(text);
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Calls `use` with every line.
template<class Use>
void forEachLine(std::string_view text, const Use& use)
{
    while (!text.empty()) {
        const auto end = text.find('\n');
        use(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
}

/// The "key = value" lines of an info text.
class Info {
  public:
    explicit Info(std::string_view text)
    {
        forEachLine(text, [this](std::string_view line) {
            if (const auto equals = line.find('='); equals != line.npos)
                m_values.emplace(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
        });
    }
    std::string text(const std::string& key) const
    {
        const auto found = m_values.find(key);
        return found == m_values.end() ? std::string() : found->second;
    }
    /// A count or size that makes sense; -1 and absurd numbers are none.
    std::optional<int> extent(const std::string& key) const
    {
        const auto value = numberIn<int>(text(key));
        return value && *value > 0 && *value <= 1 << 20 ? value : std::nullopt;
    }
    /// The camera writes -1 for what nobody told it.
    std::optional<double> size(const std::string& key) const
    {
        const auto value = numberIn<double>(text(key));
        return value && std::isfinite(*value) && *value > 0 ? value : std::nullopt;
    }
    bool isOn(const std::string& key) const { return text(key) == "Enable"; }

  private:
    std::map<std::string, std::string> m_values;
};

/// "NAME_info.txt", where NAME is the start of `stem` up to one of its underscores; the longest that exists.
struct Companions {
    std::string name; ///< "20241021_00405"
    std::string text;
};

std::optional<Companions> companionsOf(const fs::path& image)
{
    const std::string stem = image.stem().string();
    for (auto cut = stem.rfind('_'); cut != stem.npos && cut > 0; cut = stem.rfind('_', cut - 1)) {
        const std::string name = stem.substr(0, cut);
        auto text = readTextFile(image.parent_path() / (name + "_info.txt"), largestText);
        if (text && text->find("Scan - Size X") != text->npos)
            return Companions{name, std::move(*text)};
    }
    return std::nullopt;
}

bool isNumber(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// `rest` is the file's stem behind the common name: "movie", "0_movie", "0_Virt 0_sum", "ext1_Ext 1", "final".
void setRole(const std::string& rest, DirectElectronFile& file)
{
    if (rest == "movie" || rest.ends_with("_movie")) {
        file.role = DirectElectronFile::Role::Movie;
        return;
    }
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= rest.size();) {
        const auto end = std::min(rest.find('_', at), rest.size());
        words.push_back(rest.substr(at, end - at));
        at = end + 1;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        for (const std::string_view start : {"virt", "ext"})
            if (word.starts_with(start))
                word.remove_prefix(start.size());
        if (!isNumber(word))
            continue;
        file.role = DirectElectronFile::Role::ScanImage;
        file.detector = i + 1 < words.size() ? words[i + 1] : words[i];
        return;
    }
}

void warn(const fs::path& image, DirectElectronFile& file, std::string code, std::string message)
{
    file.warnings.push_back({std::move(code), "'" + image.filename().string() + "': " + std::move(message), image});
}

void setCalibration(const fs::path& image, const Info& info, DirectElectronFile& file)
{
    const auto step = info.size("Specimen Pixel Size X (nanometers)");
    const auto stepY = info.size("Specimen Pixel Size Y (nanometers)");
    if (const auto q = info.size("Diffraction Pixel Size X")) // 1/nm
        file.calibration.qPixel_invA = *q * 0.1;
    file.calibration.scanStep_nm = step;
    if (step && stepY && std::abs(*step - *stepY) > 0.01 * *step)
        warn(image, file, "de_step_differs",
             "its probe step differs along x (" + info.text("Specimen Pixel Size X (nanometers)") + " nm) and y (" +
                 info.text("Specimen Pixel Size Y (nanometers)") + " nm); the step along x is used.");
}

/// Grid and frames of a scan whose frames follow the rows.
void placeRaster(const fs::path& image, const Info& info, ScanShape grid, std::int64_t frames, DirectElectronFile& file)
{
    const std::int64_t points = grid.count();
    const std::int64_t perPoint = info.extent("Scan - Camera Frames Per Point").value_or(1);
    const std::int64_t repeats = info.extent("Scan - Repeats").value_or(1);
    const std::int64_t flyback = info.extent("Scan - Total Flyback Count").value_or(0);
    if (frames == points) {
        file.grid = grid;
        return;
    }
    std::int64_t step = 1;                                                // frames from one position to the next
    std::int64_t perRow = 0;                                              // more frames after each row
    const std::int64_t each = frames % points == 0 ? frames / points : 0; // frames for every position
    const auto mismatch = [&] {
        warn(image, file, "de_grid_mismatch",
             "its info text tells a scan of " + toText(grid) + ", but it has " + std::to_string(frames) +
                 " frames. Give the rows and columns of the scan.");
    };
    if (points > largestTable)
        return mismatch();
    if (perPoint > 1 && each > 0 && (each == perPoint || each == perPoint * repeats)) {
        step = perPoint;
        warn(image, file, "de_repeated_positions",
             "it has " + std::to_string(each) + " frames for each of " + std::to_string(points) +
                 " probe positions; the first one of each is used.");
    } else if (each > 0 && each == repeats) {
        warn(image, file, "de_repeated_positions",
             "the scan was repeated " + std::to_string(repeats) + " times; the first pass is used.");
    } else if (frames == points + flyback && flyback % grid.height == 0) {
        perRow = flyback / grid.height;
        warn(image, file, "de_flyback_skipped",
             std::to_string(perRow) + " frames after each row were recorded while the beam flew back; they are left "
                                      "out.");
    } else if (frames < points) {
        warn(image, file, "de_scan_stopped_early",
             "it has " + std::to_string(frames) + " frames of a scan of " + toText(grid) + "; the rest is no data.");
    } else {
        return mismatch();
    }
    file.grid = grid;
    file.frameOf.reserve(static_cast<std::size_t>(points));
    for (int y = 0; y < grid.height; ++y)
        for (int x = 0; x < grid.width; ++x) {
            const std::int64_t frame = (std::int64_t(y) * grid.width + x) * step + y * perRow;
            file.frameOf.push_back(frame < frames ? frame : -1);
        }
}

/// Probe positions in the order of the frames: "x,y" per line. Empty when a line is none.
std::vector<ScanPoint> positionsIn(std::string_view table)
{
    std::vector<ScanPoint> positions;
    bool damaged = false;
    forEachLine(table, [&](std::string_view line) {
        if (trimmed(line).empty())
            return;
        const auto comma = line.find(',');
        const auto x = numberIn<int>(line.substr(0, comma));
        const auto y = numberIn<int>(comma == line.npos ? std::string_view() : line.substr(comma + 1));
        const ScanPoint point{y.value_or(-1), x.value_or(-1)};
        damaged = damaged || point.y < 0 || point.x < 0 || point.y >= 1 << 20 || point.x >= 1 << 20;
        if (!damaged)
            positions.push_back(point);
    });
    return damaged ? std::vector<ScanPoint>() : positions;
}

/// Grid and frames of a scan along listed positions; positions that are not listed have no data.
void placeListed(const fs::path& image, const std::vector<ScanPoint>& positions, ScanShape grid, std::int64_t frames,
                 DirectElectronFile& file)
{
    for (const ScanPoint& position : positions) {
        grid.height = std::max(grid.height, position.y + 1);
        grid.width = std::max(grid.width, position.x + 1);
    }
    if (grid.count() > largestTable) {
        warn(image, file, "de_grid_mismatch", "its positions span " + toText(grid) + ", more than can be shown.");
        return;
    }
    const auto listed = static_cast<std::int64_t>(positions.size());
    const std::int64_t perPoint = frames > listed && frames % listed == 0 ? frames / listed : 1;
    file.grid = grid;
    file.frameOf.assign(static_cast<std::size_t>(grid.count()), -1);
    std::int64_t visited = 0;
    std::int64_t again = 0;
    for (std::int64_t i = 0; i < listed && i * perPoint < frames; ++i) {
        const ScanPoint& position = positions[static_cast<std::size_t>(i)];
        auto& frame = file.frameOf[static_cast<std::size_t>(std::int64_t(position.y) * grid.width + position.x)];
        if (frame < 0) {
            frame = i * perPoint;
            ++visited;
        } else {
            ++again;
        }
    }
    if (visited < grid.count())
        warn(image, file, "de_positions_without_data",
             std::to_string(visited) + " of " + std::to_string(grid.count()) +
                 " probe positions were recorded; the rest is no data.");
    if (again > 0 || perPoint > 1)
        warn(image, file, "de_repeated_positions",
             std::to_string(frames - visited) + " of its " + std::to_string(frames) +
                 " frames show a position again; the first one of each position is used.");
    else if (frames != listed)
        warn(image, file, "de_grid_mismatch",
             "it has " + std::to_string(frames) + " frames for " + std::to_string(listed) + " listed positions.");
}

void placeFrames(const fs::path& image, const std::string& name, const Info& info, std::int64_t frames,
                 DirectElectronFile& file)
{
    const bool scanned = info.isOn("Scan - Enable") && info.extent("Scan - Points Per Camera Frame").value_or(1) == 1;
    const std::string part = info.isOn("Scan - ROI Enable") ? "Scan - ROI Size " : "Scan - Size ";
    const auto height = info.extent(part + "Y");
    const auto width = info.extent(part + "X");
    if (!scanned || !height || !width)
        return;
    const ScanShape grid{*height, *width};
    if (const std::string type = info.text("Scan - Type"); type.empty() || type == "Raster")
        return placeRaster(image, info, grid, frames, file);
    const fs::path table = image.parent_path() / (name + "_scan_coordinates.csv");
    const auto text = readTextFile(table, largestText);
    const auto positions = text ? positionsIn(*text) : std::vector<ScanPoint>();
    if (!positions.empty())
        return placeListed(image, positions, grid, frames, file);
    warn(image, file, "de_no_coordinates",
         "its scan (" + info.text("Scan - Type") + ") does not follow rows, and '" + table.filename().string() +
             "' with the positions of its frames is " + (text ? "damaged" : "not beside it") + ".");
}

} // namespace

std::optional<DirectElectronFile> readDirectElectron(const fs::path& image, std::int64_t frames)
{
    const auto companions = companionsOf(image);
    if (!companions)
        return std::nullopt;
    const Info info(companions->text);
    DirectElectronFile file;
    setRole(image.stem().string().substr(companions->name.size() + 1), file);
    if (file.role == DirectElectronFile::Role::Other)
        return file;
    setCalibration(image, info, file);
    if (file.role == DirectElectronFile::Role::Movie && frames > 1)
        placeFrames(image, companions->name, info, frames, file);
    return file;
}

} // namespace dispersa
