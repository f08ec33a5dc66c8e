// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tiff_page_p.h"

#include "core/base/os_file.h"
#include "core/io/physical_units.h"
#include "core/io/tiff_units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

std::optional<ElementType> typeOf(int bits, int sampleFormat)
{
    const bool integer = sampleFormat == SAMPLEFORMAT_UINT || sampleFormat == SAMPLEFORMAT_VOID;
    const bool isSigned = sampleFormat == SAMPLEFORMAT_INT;
    const bool real = sampleFormat == SAMPLEFORMAT_IEEEFP;
    switch (bits) {
    case 8:
        return integer ? std::optional(ElementType::UInt8) : isSigned ? std::optional(ElementType::Int8) : std::nullopt;
    case 16:
        return integer    ? std::optional(ElementType::UInt16)
               : isSigned ? std::optional(ElementType::Int16)
               : real     ? std::optional(ElementType::Float16)
                          : std::nullopt;
    case 32:
        return integer    ? std::optional(ElementType::UInt32)
               : isSigned ? std::optional(ElementType::Int32)
               : real     ? std::optional(ElementType::Float32)
                          : std::nullopt;
    case 64:
        return integer    ? std::optional(ElementType::UInt64)
               : isSigned ? std::optional(ElementType::Int64)
               : real     ? std::optional(ElementType::Float64)
                          : std::nullopt;
    default:
        return std::nullopt;
    }
}

tl::unexpected<Error> unsupported(const TiffFile& file, const std::string& what)
{
    return fail(ErrorCode::FormatUnsupported,
                "'" + file.path().string() + "' is a TIFF with " + what +
                    ". Export the map as an image with one channel of numbers (32-bit float is best).",
                file.path(), {what});
}

tl::unexpected<Error> undecodable(const TiffFile& file, const std::string& what)
{
    return fail(ErrorCode::FormatInvalid, "'" + file.path().string() + "' is a damaged TIFF: " + what + ".",
                file.path(), {what}, file.messages());
}

/// Values of a tag that libtiff does not know, as bytes; empty unless it has that type.
std::span<const std::byte> privateTag(TIFF* tiff, std::uint32_t tag, TIFFDataType type, std::size_t valueSize)
{
    const TIFFField* field = TIFFFindField(tiff, tag, TIFF_ANY);
    if (!field || TIFFFieldDataType(field) != type || !TIFFFieldPassCount(field) ||
        TIFFFieldReadCount(field) != TIFF_VARIABLE2)
        return {};
    std::uint32_t count = 0;
    const void* values = nullptr;
    if (!TIFFGetField(tiff, tag, &count, &values) || !values)
        return {};
    return {static_cast<const std::byte*>(values), count * valueSize};
}

/// The pixel that DigitalMicrograph writes into tags of its own: unit and size along x.
void readGatanPixel(TIFF* tiff, TiffPage& page)
{
    constexpr std::uint32_t unitTag = 65003;
    constexpr std::uint32_t sizeTag = 65009;
    const auto text = privateTag(tiff, unitTag, TIFF_ASCII, 1);
    const auto size = privateTag(tiff, sizeTag, TIFF_DOUBLE, sizeof(double));
    if (text.empty() || size.size() < sizeof(double))
        return;
    double value = 0;
    std::memcpy(&value, size.data(), sizeof value);
    value = std::abs(value);
    const AxisUnit unit = axisUnit({reinterpret_cast<const char*>(text.data()), text.size()});
    if (!std::isfinite(value) || value == 0)
        return;
    if (unit.kind == AxisKind::Length)
        page.pixelSize_nm = value * unit.factor;
    if (unit.kind == AxisKind::Inverse)
        page.qPixel_invA = value * unit.factor;
}

/// Every strip or tile must lie inside the file, and the sizes must be ones such a file can hold.
Result<void> checkSizes(TiffFile& file, const TiffPage& page, int compression)
{
    const auto needed = std::int64_t(page.width) * page.height * static_cast<std::int64_t>(elementSize(page.type));
    // No compression of libtiff shrinks more than about 1400-fold; a header that claims more is wrong.
    const std::int64_t possible = compression == COMPRESSION_NONE ? file.size() : file.size() * 4096;
    const std::string sizes = std::to_string(page.width) + " x " + std::to_string(page.height);
    if (needed > possible)
        return fail(ErrorCode::FileTruncated,
                    "'" + file.path().string() + "' is truncated or damaged: its header announces " + sizes +
                        " pixels (" + std::to_string(needed) + " bytes), the file has " + std::to_string(file.size()) +
                        ".",
                    file.path(), {std::to_string(needed), std::to_string(file.size())}, file.messages());
    const bool tiled = TIFFIsTiled(file.handle()) != 0;
    const auto pieces = tiled ? TIFFNumberOfTiles(file.handle()) : TIFFNumberOfStrips(file.handle());
    if (static_cast<std::int64_t>(pieces) > file.size())
        return undecodable(file, "it announces " + std::to_string(pieces) + " strips");
    for (std::uint32_t i = 0; i < pieces; ++i) {
        const auto end = TIFFGetStrileOffset(file.handle(), i) + TIFFGetStrileByteCount(file.handle(), i);
        if (end > static_cast<std::uint64_t>(file.size()))
            return fail(ErrorCode::FileTruncated,
                        "'" + file.path().string() + "' is truncated: its pixels end at byte " + std::to_string(end) +
                            ", the file has " + std::to_string(file.size()) + " bytes.",
                        file.path(), {std::to_string(end), std::to_string(file.size())});
    }
    return {};
}

} // namespace

int TiffFile::collect(TIFF*, void* self, const char* module, const char* format, va_list arguments)
{
    std::array<char, 512> text = {};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    std::string& messages = static_cast<TiffFile*>(self)->m_messages;
    if (messages.size() < 4096) // a damaged file can complain without end
        messages += (messages.empty() ? "" : "; ") + std::string(module ? module : "libtiff") + ": " + text.data();
    return 1; // handled: libtiff prints nothing itself
}

Result<std::unique_ptr<TiffFile>> TiffFile::open(const fs::path& path)
{
    std::error_code code;
    const auto mapped = MappedFile::open(path);
    if (!mapped)
        return fail(mapped.error());
    std::unique_ptr<TiffFile> file(new TiffFile);
    file->m_path = path;
    file->m_size = static_cast<std::int64_t>((*mapped)->bytes().size());
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options, &TiffFile::collect, file.get());
    TIFFOpenOptionsSetWarningHandlerExtR(
        options, [](TIFF*, void*, const char*, const char*, va_list) { return 1; }, nullptr);
    file->m_handle = TIFFOpenExt(path.c_str(), "rm", options); // m: no memory map, so a shrinking file is an error only
    TIFFOpenOptionsFree(options);
    if (!file->m_handle)
        return undecodable(*file, "its header or first directory cannot be read");
    return file;
}

TiffFile::~TiffFile()
{
    if (m_handle)
        TIFFClose(m_handle);
}

Result<TiffPage> describePage(TiffFile& file)
{
    TIFF* tiff = file.handle();
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t subfile = 0;
    std::uint16_t bits = 1;
    std::uint16_t samples = 1;
    std::uint16_t sampleFormat = SAMPLEFORMAT_UINT;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    std::uint16_t compression = COMPRESSION_NONE;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &sampleFormat);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &subfile);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    constexpr std::uint32_t largest = 1u << 24;
    if (width == 0 || height == 0 || width > largest || height > largest)
        return undecodable(file, "its size is " + std::to_string(width) + " x " + std::to_string(height));
    if (photometric == PHOTOMETRIC_PALETTE)
        return unsupported(file, "palette colours, not numbers");
    if (samples != 1)
        return unsupported(file, std::to_string(samples) + " channels (a colour picture)");
    const auto type = typeOf(bits, sampleFormat);
    if (!type)
        return unsupported(file, std::to_string(bits) + "-bit values of sample format " + std::to_string(sampleFormat));
    if (!TIFFIsCODECConfigured(compression))
        return unsupported(file, "a compression (" + std::to_string(compression) + ") that libtiff cannot decode here");
    TiffPage page;
    page.width = static_cast<int>(width);
    page.height = static_cast<int>(height);
    page.type = *type;
    page.thumbnail = (subfile & FILETYPE_REDUCEDIMAGE) != 0;
    const char* description = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &description) && description)
        page.description = description;
    float resolution = 0;
    std::uint16_t unit = RESUNIT_NONE;
    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &resolution);
    TIFFGetField(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    page.pixelSize_nm = tiffPixelSize_nm(page.description, static_cast<double>(resolution), unit == RESUNIT_CENTIMETER);
    page.qPixel_invA = tiffQPixel_invA(page.description, static_cast<double>(resolution));
    readGatanPixel(tiff, page);
    if (auto checked = checkSizes(file, page, compression); !checked)
        return fail(checked.error());
    return page;
}

Result<void> forEachBand(TiffFile& file, const TiffPage& page,
                         const std::function<Result<void>(std::span<const std::byte>)>& visit)
{
    TIFF* tiff = file.handle();
    const std::size_t pixel = elementSize(page.type);
    const std::size_t rowBytes = static_cast<std::size_t>(page.width) * pixel;
    const bool tiled = TIFFIsTiled(tiff) != 0;
    std::uint32_t tileWidth = static_cast<std::uint32_t>(page.width);
    std::uint32_t bandRows = static_cast<std::uint32_t>(page.height);
    if (tiled) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tileWidth);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &bandRows);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &bandRows);
    }
    // A tile may be larger than the image, but not by more than a reader must expect.
    if (tileWidth == 0 || bandRows == 0 || (tiled && (tileWidth > 65536 || bandRows > 65536)))
        return undecodable(file, "its tiles are " + std::to_string(tileWidth) + " x " + std::to_string(bandRows));
    bandRows = std::min(bandRows, tiled ? bandRows : static_cast<std::uint32_t>(page.height));
    std::vector<std::byte> band(std::min<std::size_t>(bandRows, static_cast<std::size_t>(page.height)) * rowBytes);
    std::vector<std::byte> tile(tiled ? static_cast<std::size_t>(TIFFTileSize64(tiff)) : 0);
    for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(page.height); y += bandRows) {
        const std::size_t rows = std::min(bandRows, static_cast<std::uint32_t>(page.height) - y);
        const std::span<std::byte> part(band.data(), rows * rowBytes);
        if (!tiled) {
            const auto strip = TIFFComputeStrip(tiff, y, 0);
            if (TIFFReadEncodedStrip(tiff, strip, part.data(), static_cast<tmsize_t>(part.size())) !=
                static_cast<tmsize_t>(part.size()))
                return undecodable(file, "the rows from " + std::to_string(y) + " on cannot be decoded");
        }
        for (std::uint32_t x = 0; tiled && x < static_cast<std::uint32_t>(page.width); x += tileWidth) {
            const auto index = TIFFComputeTile(tiff, x, y, 0, 0);
            if (TIFFReadEncodedTile(tiff, index, tile.data(), static_cast<tmsize_t>(tile.size())) < 0)
                return undecodable(file, "the tile at row " + std::to_string(y) + " cannot be decoded");
            const std::size_t bytes = std::min(tileWidth, static_cast<std::uint32_t>(page.width) - x) * pixel;
            for (std::size_t row = 0; row < rows; ++row)
                std::memcpy(part.data() + row * rowBytes + x * pixel, tile.data() + row * tileWidth * pixel, bytes);
        }
        if (auto visited = visit(part); !visited)
            return visited;
    }
    return {};
}

} // namespace dispersa
