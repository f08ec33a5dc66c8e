// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dm_images.h"

#include "core/data/electron_wavelength.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace dispersa {
namespace {

namespace fs = std::filesystem;

/// The type of what Gatan calls DataType; nullopt for what is no real number.
std::optional<ElementType> elementTypeOf(int code)
{
    switch (code) {
    case 1:
        return ElementType::Int16;
    case 2:
        return ElementType::Float32;
    case 6:
    case 14: // a mask
        return ElementType::UInt8;
    case 7:
        return ElementType::Int32;
    case 9:
        return ElementType::Int8;
    case 10:
        return ElementType::UInt16;
    case 11:
        return ElementType::UInt32;
    case 12:
        return ElementType::Float64;
    case 39:
        return ElementType::Int64;
    case 40:
        return ElementType::UInt64;
    default:
        return std::nullopt;
    }
}

std::string unsupportedName(int code)
{
    switch (code) {
    case 3:
    case 13:
        return "complex numbers";
    case 5:
    case 27:
    case 28:
        return "packed complex numbers (a Fourier transform)";
    case 8:
    case 23:
        return "colours (RGB)";
    default:
        return "numbers of the type " + std::to_string(code);
    }
}

std::optional<double> numberAt(const DmTag& tag, std::initializer_list<std::string_view> path)
{
    const DmTag* found = tag.find(path);
    return found && found->kind == DmTag::Kind::Number ? std::optional(found->number) : std::nullopt;
}

std::string textAt(const DmTag& tag, std::initializer_list<std::string_view> path)
{
    const DmTag* found = tag.find(path);
    return found ? found->text : std::string();
}

/// A whole number from 1 to 2^31 - 1.
std::optional<int> extent(std::optional<double> number)
{
    constexpr double largest = std::numeric_limits<int>::max();
    if (!number || !(*number >= 1 && *number <= largest) || *number != std::floor(*number))
        return std::nullopt;
    return static_cast<int>(*number);
}

DmAxis axisOf(const DmTag& dimension)
{
    const double scale = std::abs(numberAt(dimension, {"Scale"}).value_or(0));
    const AxisUnit unit = axisUnit(textAt(dimension, {"Units"}));
    if (!std::isfinite(scale) || scale == 0 || unit.kind == AxisKind::Unknown)
        return {};
    return {unit.kind, scale * unit.factor};
}

/// Dimensions and calibrations are listed fastest first; ours are slowest first.
Result<void> readAxes(const fs::path& path, const DmTag& data, const std::string& subject, DmImage& image)
{
    const DmTag* dimensions = data.find("Dimensions");
    const std::size_t count = dimensions ? dimensions->members.size() : 0;
    if (count == 0)
        return fail(ErrorCode::FormatInvalid, subject + " states no size.", path);
    if (count > 4)
        return fail(ErrorCode::FormatUnsupported, subject + " has " + std::to_string(count) + " axes; four are read.",
                    path, {std::to_string(count)});
    const DmTag* calibrations = data.find({"Calibrations", "Dimension"});
    for (std::size_t i = count; i-- > 0;) {
        const DmTag& dimension = dimensions->members[i];
        const auto size =
            extent(dimension.kind == DmTag::Kind::Number ? std::optional(dimension.number) : std::nullopt);
        if (!size)
            return fail(ErrorCode::FormatInvalid, subject + " states an impossible size along an axis.", path);
        image.shape.push_back(*size);
        // Plug-ins that stack images leave the calibration of the new axis out.
        image.axes.push_back(calibrations && i < calibrations->members.size() ? axisOf(calibrations->members[i])
                                                                              : DmAxis{});
    }
    return {};
}

Result<void> readData(const fs::path& path, const DmTag& data, const std::string& subject, DmImage& image)
{
    const auto code = extent(numberAt(data, {"DataType"})).value_or(0);
    const auto type = elementTypeOf(code);
    if (!type)
        return fail(ErrorCode::FormatUnsupported,
                    subject + " holds " + unsupportedName(code) + "; Dispersa reads images of real numbers.", path,
                    {std::to_string(code)});
    const DmTag* values = data.find("Data");
    if (!values || values->kind != DmTag::Kind::Array || !values->array.plain)
        return fail(ErrorCode::FormatInvalid, subject + " has no data.", path);
    const DmArray& array = values->array;
    // An array of 8 bytes per value is one of whole numbers only if it says so.
    const bool wide = *type == ElementType::Int64 || *type == ElementType::UInt64;
    if (array.elementSize != elementSize(*type) || (wide && array.type == DmType::Float64))
        return fail(ErrorCode::FormatInvalid,
                    subject + " is of the type " + std::to_string(code) + ", but its values have " +
                        std::to_string(array.elementSize) + " bytes.",
                    path, {std::to_string(code), std::to_string(array.elementSize)});
    std::uint64_t left = array.count;
    std::string sizes;
    for (const std::int64_t size : image.shape) {
        left /= static_cast<std::uint64_t>(size);
        sizes += (sizes.empty() ? "" : " x ") + std::to_string(size);
    }
    if (left == 0)
        return fail(ErrorCode::FormatInvalid,
                    subject + " announces " + sizes + " values, its data has " + std::to_string(array.count) + ".",
                    path, {sizes, std::to_string(array.count)});
    image.type = *type;
    image.offset = array.offset;
    return {};
}

void readMeaning(const DmTag& entry, DmImage& image)
{
    const DmTag* tags = entry.find("ImageTags");
    image.name = textAt(entry, {"Name"});
    const bool energy = std::any_of(image.axes.begin(), image.axes.end(),
                                    [](const DmAxis& axis) { return axis.kind == AxisKind::Energy; });
    image.spectra = energy || image.shape.size() == 1;
    if (!tags)
        return;
    const std::string format = textAt(*tags, {"Meta Data", "Format"});
    image.spectra = image.spectra || format.starts_with("Spectrum");
    image.diffraction = format.starts_with("Diffraction");
    image.detector = textAt(*tags, {"DataBar", "Signal Name"});
    if (const auto order = numberAt(*tags, {"Meta Data", "Data Order Swapped"}))
        image.detectorFastest = *order != 0;
    const auto height = extent(numberAt(*tags, {"SI", "Acquisition", "Spatial Sampling", "Height (pixels)"}));
    const auto width = extent(numberAt(*tags, {"SI", "Acquisition", "Spatial Sampling", "Width (pixels)"}));
    // NCEM's TitanX writes its scans as stacks and the grid into tags of its own.
    const auto titanHeight = extent(numberAt(*tags, {"4D STEM Tags", "Scan shape Y"}));
    const auto titanWidth = extent(numberAt(*tags, {"4D STEM Tags", "Scan shape X"}));
    if (height && width)
        image.statedScan = ScanShape{*height, *width};
    else if (titanHeight && titanWidth)
        image.statedScan = ScanShape{*titanHeight, *titanWidth};
    const auto voltage = numberAt(*tags, {"Microscope Info", "Voltage"});
    if (voltage && *voltage >= 1e3 && *voltage <= 1e7)
        image.voltage_V = voltage;
}

std::set<int> thumbnails(const DmTags& tags)
{
    std::set<int> numbers;
    if (const DmTag* list = tags.root.find("Thumbnails"))
        for (const DmTag& thumbnail : list->members)
            if (const auto number = numberAt(thumbnail, {"ImageIndex"}); number && *number >= 0 && *number < 1e6)
                numbers.insert(static_cast<int>(*number));
    return numbers;
}

/// True if the unit of one of the two axes from `first` on says that they are of that kind.
bool has(const DmImage& image, std::size_t first, AxisKind kind)
{
    return image.axes[first].kind == kind || image.axes[first + 1].kind == kind;
}

bool isPair(const DmImage& image, std::size_t first, ScanShape shape)
{
    return image.shape[first] == shape.height && image.shape[first + 1] == shape.width;
}

/// True: the scan is the fastest; nullopt: nothing tells. Axes 0 and 1 are the slow ones.
std::optional<bool> scanIsFastest(const DmImage& image)
{
    for (const AxisKind kind : {AxisKind::Inverse, AxisKind::Angle})
        if (has(image, 0, kind) != has(image, 2, kind))
            return has(image, 0, kind);
    if (has(image, 0, AxisKind::Length) != has(image, 2, AxisKind::Length))
        return has(image, 2, AxisKind::Length);
    if (image.detectorFastest)
        return !*image.detectorFastest;
    if (image.statedScan && isPair(image, 0, *image.statedScan) != isPair(image, 2, *image.statedScan))
        return isPair(image, 2, *image.statedScan);
    return std::nullopt;
}

} // namespace

std::int64_t DmImage::count() const
{
    std::int64_t product = 1; // no overflow: the values lie in the file
    for (const std::int64_t size : shape)
        product *= size;
    return product;
}

DmImages dmImages(const fs::path& path, const DmTags& tags)
{
    DmImages found{tags.swapped};
    const DmTag* list = tags.root.find("ImageList");
    if (!list)
        return found;
    const std::set<int> skip = thumbnails(tags);
    for (std::size_t i = 0; i < list->members.size(); ++i) {
        if (skip.contains(static_cast<int>(i)))
            continue;
        const DmTag& entry = list->members[i];
        const std::string subject = "Image " + std::to_string(i) + " of '" + path.filename().string() + "'";
        DmImage image;
        image.number = static_cast<int>(i);
        const DmTag* data = entry.find("ImageData");
        Result<void> read = data ? readAxes(path, *data, subject, image)
                                 : fail(ErrorCode::FormatInvalid, subject + " has no data.", path);
        if (read)
            read = readData(path, *data, subject, image);
        if (!read) {
            found.skipped.push_back(read.error());
            continue;
        }
        readMeaning(entry, image);
        found.images.push_back(std::move(image));
    }
    return found;
}

DmScanLayout dmScanLayout(const DmImage& image, bool swapped)
{
    const auto told = scanIsFastest(image);
    DmScanLayout result;
    result.certain = told.has_value();
    result.scanFastest = told.value_or(image.diffraction);
    const std::size_t scan = result.scanFastest ? 2 : 0;
    const std::size_t pattern = 2 - scan;
    FrameLayout& layout = result.layout;
    layout.first = image.offset;
    layout.scan = {static_cast<int>(image.shape[scan]), static_cast<int>(image.shape[scan + 1])};
    layout.pattern = {static_cast<int>(image.shape[pattern]), static_cast<int>(image.shape[pattern + 1])};
    layout.type = image.type;
    layout.swapped = swapped;
    const auto size = static_cast<std::uint64_t>(elementSize(image.type));
    const auto fastRow = size * static_cast<std::uint64_t>(image.shape[3]);
    const auto slow = fastRow * static_cast<std::uint64_t>(image.shape[2]);
    const auto slowRow = slow * static_cast<std::uint64_t>(image.shape[1]);
    layout.scanColumnStride = result.scanFastest ? size : slow;
    layout.scanRowStride = result.scanFastest ? fastRow : slowRow;
    layout.columnStride = result.scanFastest ? slow : size;
    layout.rowStride = result.scanFastest ? slowRow : fastRow;
    return result;
}

std::optional<double> dmQPixel_invA(const DmAxis& axis, std::optional<double> voltage_V)
{
    if (axis.kind == AxisKind::Inverse)
        return axis.scale;
    if (axis.kind == AxisKind::Angle && voltage_V)
        return axis.scale * 1e-3 / electronWavelength_A(*voltage_V);
    return std::nullopt;
}

std::optional<double> dmStep_nm(const DmAxis& axis)
{
    return axis.kind == AxisKind::Length ? std::optional(axis.scale) : std::nullopt;
}

} // namespace dispersa
