// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mrc_header.h"

#include <algorithm>
#include <bit>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t headerSize = 1024;

std::optional<ElementType> typeOfMode(int mode)
{
    switch (mode) {
    case 0:
        return ElementType::Int8;
    case 1:
        return ElementType::Int16;
    case 2:
        return ElementType::Float32;
    case 6:
        return ElementType::UInt16;
    case 12:
        return ElementType::Float16;
    default:
        return std::nullopt;
    }
}

const char* unsupportedModeName(int mode)
{
    switch (mode) {
    case 3:
        return "complex 16-bit integers";
    case 4:
        return "complex 32-bit floats";
    case 101:
        return "4-bit integers";
    default:
        return "a type MRC 2014 does not define";
    }
}

/// Sizes are positive and the mode is a small number: true in one byte order only, but for freak files.
bool plausible(const ByteReader& header)
{
    const auto mode = header.at<std::int32_t>(12);
    return header.at<std::int32_t>(0) > 0 && header.at<std::int32_t>(4) > 0 && header.at<std::int32_t>(8) > 0 &&
           mode >= 0 && mode < 128;
}

tl::unexpected<Error> invalid(const fs::path& path, const std::string& what, std::vector<std::string> numbers)
{
    return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' is not a valid MRC file: " + what + ".", path,
                std::move(numbers));
}

/// Byte order from the machine stamp, or from the header's values when the stamp is odd or contradicts them.
bool isSwapped(const fs::path& path, std::span<const std::byte> head, std::vector<Warning>& warnings)
{
    constexpr bool littleHere = std::endian::native == std::endian::little;
    const auto first = std::to_integer<int>(head[212]);
    const auto second = std::to_integer<int>(head[213]);
    const bool saysLittle = first == 0x44 && (second == 0x44 || second == 0x41);
    const bool saysBig = first == 0x11 && second == 0x11;
    const bool littleFits = plausible({head, !littleHere});
    const bool bigFits = plausible({head, littleHere});
    if (saysLittle && (littleFits || !bigFits))
        return !littleHere;
    if (saysBig && (bigFits || !littleFits))
        return littleHere;
    const bool little = littleFits || !bigFits;
    warnings.push_back({"mrc_machine_stamp",
                        "The machine stamp of '" + path.filename().string() + "' is unusual or wrong; the byte order " +
                            (little ? "little" : "big") + " endian was inferred from the sizes in the header.",
                        path});
    return little ? !littleHere : littleHere;
}

/// Compares the data the header announces with the file size, in 64 bits; sets the number of whole frames.
Result<void> checkSizes(const fs::path& path, MrcHeader& header, std::int64_t extendedSize, std::int64_t fileSize)
{
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    const std::string sizes =
        std::to_string(header.nx) + " x " + std::to_string(header.ny) + " x " + std::to_string(header.nz);
    const std::int64_t pixels = std::int64_t(header.nx) * header.ny;
    if (pixels > largest / 16 || header.frameBytes() > (largest - headerSize - extendedSize) / header.nz)
        return invalid(path,
                       "its header announces " + sizes + " values, more than any file can hold; the file has " +
                           std::to_string(fileSize) + " bytes",
                       {sizes, std::to_string(fileSize)});
    const std::int64_t needed = header.dataOffset + header.frameBytes() * header.nz;
    header.availableFrames = std::min<std::int64_t>(header.nz, (fileSize - header.dataOffset) / header.frameBytes());
    const std::int64_t rowBytes = header.frameBytes() / header.ny;
    header.availableRows = std::min<std::int64_t>(header.ny, (fileSize - header.dataOffset) / rowBytes);
    if (needed > fileSize) {
        const std::string numbers = "the header announces " + std::to_string(needed) + " bytes (" + sizes +
                                    " values), the file has " + std::to_string(fileSize);
        // A map is taken when half of it is there: nobody fills memory because a header says so.
        const bool image = header.nz == 1;
        if (image ? header.availableRows < header.ny - header.availableRows : header.availableFrames == 0)
            return fail(ErrorCode::FileTruncated,
                        "'" + path.string() + "' is truncated: " + numbers + ". Copy or export it again.", path,
                        {std::to_string(needed), std::to_string(fileSize)});
        header.warnings.push_back({"file_truncated",
                                   "'" + path.filename().string() + "' is truncated: " + numbers + ". " +
                                       std::to_string(image ? header.availableRows : header.availableFrames) + " of " +
                                       std::to_string(image ? header.ny : header.nz) + (image ? " rows" : " frames") +
                                       " are there; the rest is no data.",
                                   path});
    } else if (needed < fileSize) {
        header.warnings.push_back({"mrc_extra_bytes",
                                   "'" + path.filename().string() + "' has " + std::to_string(fileSize) +
                                       " bytes, more than the " + std::to_string(needed) +
                                       " that its header announces; the rest is ignored.",
                                   path});
    }
    return {};
}

/// Signed or unsigned bytes: IMOD's flags, else the standard's signed ones.
Result<void> readByteSign(const fs::path& path, const ByteReader& reader, MrcHeader& header)
{
    constexpr std::int32_t imodStamp = 1146047817;
    constexpr std::int32_t signedBytes = 1;
    constexpr std::int32_t halfBytes = 16; // two pixels in a byte
    if (reader.at<std::int32_t>(152) != imodStamp) {
        header.byteSignTold = reader.at<std::int32_t>(108) >= 20140; // the first version that says "signed"
        return {};
    }
    const auto flags = reader.at<std::int32_t>(156);
    if (flags & halfBytes)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() +
                        "' stores 4-bit integers (IMOD's flag in mode 0); Dispersa reads whole bytes.",
                    path, {"0"});
    header.type = flags & signedBytes ? ElementType::Int8 : ElementType::UInt8;
    return {};
}

/// Axes in another order than x, y, z are left as they lie in the file.
void checkAxisOrder(const fs::path& path, const ByteReader& reader, std::vector<Warning>& warnings)
{
    const std::array<std::int32_t, 3> axes = {reader.at<std::int32_t>(64), reader.at<std::int32_t>(68),
                                              reader.at<std::int32_t>(72)};
    constexpr std::array<std::int32_t, 3> usual = {1, 2, 3};
    std::array<std::int32_t, 3> sorted = axes;
    std::sort(sorted.begin(), sorted.end());
    if (axes != usual && sorted == usual)
        warnings.push_back({"mrc_axis_order",
                            "The header of '" + path.filename().string() +
                                "' says that its columns, rows and sections lie along " +
                                std::string(1, static_cast<char>('w' + axes[0])) + ", " +
                                std::string(1, static_cast<char>('w' + axes[1])) + " and " +
                                std::string(1, static_cast<char>('w' + axes[2])) +
                                "; they were read as they lie in the file. Transpose or flip it if it looks wrong.",
                            path});
}

std::string trimmedLabel(std::span<const std::byte> head)
{
    std::string label(reinterpret_cast<const char*>(head.data() + 224), 80);
    label = label.substr(0, label.find('\0'));
    label.erase(label.find_last_not_of(' ') + 1);
    return label;
}

} // namespace

std::optional<ScanShape> MrcHeader::volumeGrid() const
{
    return volumeDepth > 0 ? std::optional(ScanShape{nz / volumeDepth, volumeDepth}) : std::nullopt;
}

std::optional<ScanShape> MrcHeader::scanRectangle() const
{
    if (nz > 1 && volumeDepth == 0 && fei && fei->scanRectangle && fei->scanRectangle->count() == nz)
        return fei->scanRectangle;
    return std::nullopt;
}

Result<MrcHeader> readMrcHeader(const fs::path& path, std::span<const std::byte> file)
{
    const auto fileSize = static_cast<std::int64_t>(file.size());
    if (fileSize < headerSize)
        return invalid(path, "it has " + std::to_string(fileSize) + " bytes, less than the header of 1024",
                       {std::to_string(fileSize), "1024"});
    const auto head = file.first(headerSize);
    MrcHeader header;
    header.swapped = isSwapped(path, head, header.warnings);
    const ByteReader reader{head, header.swapped};
    header.nx = reader.at<std::int32_t>(0);
    header.ny = reader.at<std::int32_t>(4);
    header.nz = reader.at<std::int32_t>(8);
    const int mode = reader.at<std::int32_t>(12);
    if (header.nx <= 0 || header.ny <= 0 || header.nz <= 0)
        return invalid(path,
                       "its header gives the size " + std::to_string(header.nx) + " x " + std::to_string(header.ny) +
                           " x " + std::to_string(header.nz) + ", which must be positive",
                       {std::to_string(header.nx), std::to_string(header.ny), std::to_string(header.nz)});
    if (mode < 0 || mode >= 128)
        return invalid(path, "its header gives the mode " + std::to_string(mode), {std::to_string(mode)});
    const auto type = typeOfMode(mode);
    if (!type)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' stores " + unsupportedModeName(mode) + " (MRC mode " +
                        std::to_string(mode) + "); Dispersa reads the modes 0, 1, 2, 6 and 12.",
                    path, {std::to_string(mode)});
    header.type = *type;
    if (mode == 0)
        if (auto told = readByteSign(path, reader, header); !told)
            return fail(told.error());
    if (std::memcmp(head.data() + 208, "MAP ", 4) != 0)
        header.warnings.push_back({"mrc_no_map_id",
                                   "'" + path.filename().string() +
                                       "' lacks the MRC identifier \"MAP \"; it was read "
                                       "as MRC because of its name and sizes.",
                                   path});
    const std::int64_t extendedSize = reader.at<std::int32_t>(92);
    if (extendedSize < 0 || headerSize + extendedSize > fileSize)
        return invalid(path,
                       "its header announces an extended header of " + std::to_string(extendedSize) +
                           " bytes; the file has " + std::to_string(fileSize),
                       {std::to_string(extendedSize), std::to_string(fileSize)});
    header.dataOffset = headerSize + extendedSize;
    if (auto checked = checkSizes(path, header, extendedSize, fileSize); !checked)
        return fail(checked.error());

    const auto spaceGroup = reader.at<std::int32_t>(88);
    if (spaceGroup >= 401 && spaceGroup <= 630) {
        header.volumeDepth = reader.at<std::int32_t>(36);
        if (header.volumeDepth <= 0 || header.nz % header.volumeDepth != 0)
            return invalid(path,
                           "it is a stack of volumes with mz = " + std::to_string(header.volumeDepth) +
                               ", which does not divide nz = " + std::to_string(header.nz),
                           {std::to_string(header.volumeDepth), std::to_string(header.nz)});
    }
    checkAxisOrder(path, reader, header.warnings);
    // Cells may be negative (a flipped axis) or absent. Direct Electron writes -1 nm per pixel for an unknown size.
    const auto cell = static_cast<double>(reader.at<float>(40));
    const auto sampling = reader.at<std::int32_t>(28);
    const double step_nm = cell / (sampling > 0 ? sampling : header.nx) / 10;
    if (std::isfinite(step_nm) && step_nm != 0 && step_nm != -1)
        header.cellStep_nm = std::abs(step_nm);
    if (std::memcmp(head.data() + 104, "FEI", 3) == 0) {
        header.fei = readFeiMetadata(file.subspan(headerSize, static_cast<std::size_t>(extendedSize)), header.swapped);
        if (!header.fei)
            header.warnings.push_back({"mrc_fei_header",
                                       "The FEI extended header of '" + path.filename().string() +
                                           "' is too short or damaged; its calibration is ignored.",
                                       path});
    }
    header.label = trimmedLabel(head);
    return header;
}

} // namespace dispersa
