// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tiff_format.h"

#include "core/io/map_label.h"
#include "core/io/statistics_sum.h"
#include "core/io/tiff_page_p.h"
#include "core/io/tiff_units.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr int largestPageCount = 4096; // a longer file is a movie, not a set of maps

MapLabel labelOf(const fs::path& path, const TiffPage& page)
{
    if (const auto line = imageJValue(page.description, "Info"))
        if (auto own = parseMapLabel(*line))
            return *own;
    return labelFromName(path, std::nullopt);
}

/// Makes the page that `id` names the current one; an empty id is the first page.
Result<void> selectPage(TiffFile& file, const std::string& id)
{
    int page = 0;
    const auto [end, problem] = std::from_chars(id.data(), id.data() + id.size(), page);
    const bool number =
        id.empty() || (problem == std::errc() && end == id.data() + id.size() && page >= 0 && page < largestPageCount);
    if (number && (page == 0 || TIFFSetDirectory(file.handle(), static_cast<tdir_t>(page))))
        return {};
    return fail(ErrorCode::DatasetMissing, "'" + file.path().string() + "' has no page '" + id + "'.", file.path(),
                {id});
}

/// The page `id` of `path`, opened and described.
struct OpenPage {
    std::unique_ptr<TiffFile> file;
    TiffPage page;
};

Result<OpenPage> openPage(const fs::path& path, const std::string& id)
{
    auto file = TiffFile::open(path);
    if (!file)
        return fail(file.error());
    if (auto selected = selectPage(**file, id); !selected)
        return fail(selected.error());
    auto page = describePage(**file);
    if (!page)
        return fail(page.error());
    return OpenPage{std::move(*file), std::move(*page)};
}

/// A length or a reciprocal length of the pixel; patterns name their axes after the detector.
void describeAxes(const TiffPage& page, FileItem& item)
{
    item.calibration.scanStep_nm = page.pixelSize_nm;
    item.calibration.qPixel_invA = page.qPixel_invA;
    if (page.qPixel_invA)
        item.axes = {{"det_y", *page.qPixel_invA, "1/A"}, {"det_x", *page.qPixel_invA, "1/A"}};
    else if (page.pixelSize_nm)
        item.axes = {{"y", *page.pixelSize_nm, "nm"}, {"x", *page.pixelSize_nm, "nm"}};
    else
        item.axes = {{"y", 1, "px"}, {"x", 1, "px"}};
}

class TiffFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"tiff", "TIFF", {"tif", "tiff"}};
            made.readsMaps = made.writesMaps = true;
            made.tellsCalibration = Tells::Sometimes;
            made.note = "8 to 64 bit, one or many pages; units of ImageJ and DigitalMicrograph";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe& probe) const override
    {
        // Classic and BigTIFF in both byte orders. Without the signature nothing can be read, whatever the name says.
        constexpr std::array<std::array<char, 4>, 4> signatures = {
            {{'I', 'I', 42, 0}, {'M', 'M', 0, 42}, {'I', 'I', 43, 0}, {'M', 'M', 0, 43}}};
        for (const auto& signature : signatures)
            if (probe.startsWith({signature.data(), signature.size()}))
                return true;
        return false;
    }

    Result<FileInfo> inspect(const fs::path& path) const override;
    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override;
    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override;
};

Result<FileInfo> TiffFormat::inspect(const fs::path& path) const
{
    auto opened = TiffFile::open(path);
    if (!opened)
        return fail(opened.error());
    TiffFile& file = **opened;
    FileInfo info{path, traits().name};
    std::optional<Error> firstProblem;
    int number = 0;
    std::int64_t images = 1;
    for (bool more = true; more; more = TIFFReadDirectory(file.handle()) != 0, ++number) {
        if (number == largestPageCount) {
            info.warnings.push_back({"tiff_many_pages",
                                     "'" + path.filename().string() + "' has more than " +
                                         std::to_string(largestPageCount) + " pages; the rest is not listed.",
                                     path});
            break;
        }
        const auto page = describePage(file);
        if (!page) {
            if (!firstProblem)
                firstProblem = page.error();
            info.warnings.push_back({"tiff_page_skipped", page.error().message, path});
            continue;
        }
        if (page->thumbnail && number > 0)
            continue;
        const MapLabel label = labelOf(path, *page);
        FileItem item;
        item.id = std::to_string(number);
        item.quantity = label.quantity;
        item.unit = label.unit;
        item.shape = {page->height, page->width};
        item.type = page->type;
        describeAxes(*page, item);
        images = std::max(images, imageJImages(page->description));
        info.items.push_back(std::move(item));
    }
    if (info.items.empty() && firstProblem)
        return fail(*firstProblem);
    if (number == 1 && !info.items.empty())
        info.items.front().id.clear();
    if (images > number)
        info.warnings.push_back({"tiff_imagej_stack",
                                 "'" + path.filename().string() + "' says that it has " + std::to_string(images) +
                                     " images, but " + std::to_string(number) +
                                     (number == 1 ? " page tells where one is" : " pages tell where they are") +
                                     "; the others are not listed. ImageJ writes stacks beyond 4 GB so: save them in "
                                     "parts.",
                                 path});
    return info;
}

Result<ElementMap> TiffFormat::readMap(const fs::path& path, const std::string& id) const
{
    auto opened = openPage(path, id);
    if (!opened)
        return fail(opened.error());
    const TiffPage& page = opened->page;
    const MapLabel label = labelOf(path, page);
    ElementMap map;
    map.quantity = label.quantity.value_or("");
    map.unit = label.unit.value_or(MapUnit::Arbitrary);
    map.shape = {page.height, page.width};
    map.values.resize(static_cast<std::size_t>(map.shape.count()));
    std::span<float> rest = map.values;
    auto read = forEachBand(*opened->file, page, [&](std::span<const std::byte> band) -> Result<void> {
        const std::size_t count = band.size() / elementSize(page.type);
        convertToFloat(page.type, band, rest.first(count));
        rest = rest.subspan(count);
        return {};
    });
    if (!read)
        return fail(read.error());
    map.scanStep_nm = page.pixelSize_nm;
    map.source = path;
    return map;
}

Result<ItemStatistics> TiffFormat::statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                              std::stop_token stop) const
{
    auto opened = openPage(path, id);
    if (!opened)
        return fail(opened.error());
    const TiffPage& page = opened->page;
    StatisticsSum sum;
    std::vector<double> values;
    std::int64_t done = 0;
    const std::int64_t total = std::int64_t(page.width) * page.height;
    auto read = forEachBand(*opened->file, page, [&](std::span<const std::byte> band) -> Result<void> {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled.");
        values.resize(band.size() / elementSize(page.type));
        convertToDouble(page.type, band, values);
        sum.add(values);
        done += static_cast<std::int64_t>(values.size());
        report(progress, {"statistics", done, total});
        return {};
    });
    if (!read)
        return fail(read.error());
    return sum.result();
}

} // namespace

const Format& tiffFormat()
{
    static const TiffFormat format;
    return format;
}

} // namespace dispersa
