// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_writers.h"

#include "core/base/os_file.h"
#include "core/io/map_label.h"

#include <array>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <memory>

#include <tiffio.h>

namespace dispersa {
namespace {

struct CloseTiff {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

std::string numberText(double value)
{
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// What ImageJ and tifffile read: unit, display range, and an Info line that other programs show as it is.
std::string description(const ElementMap& map, ScanPoint cropOrigin)
{
    std::string text = "ImageJ=1.53t\n";
    if (map.scanStep_nm)
        text += "unit=nm\n";
    if (const auto range = validRange(map))
        text += "min=" + numberText(range->low) + "\nmax=" + numberText(range->high) + "\n";
    text += "Info=" + mapLabelText(map) + "\n";
    text += "crop_y=" + std::to_string(cropOrigin.y) + "\ncrop_x=" + std::to_string(cropOrigin.x) + "\n";
    return text;
}

int keepQuiet(TIFF*, void* reason, const char*, const char* format, va_list arguments)
{
    std::array<char, 256> text = {};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    if (reason)
        *static_cast<std::string*>(reason) = text.data();
    return 1;
}

} // namespace

Result<void> writeTiff(const ElementMap& map, ScanPoint cropOrigin, const std::filesystem::path& path)
{
    if (map.shape.count() <= 0 || static_cast<std::int64_t>(map.values.size()) != map.shape.count())
        return fail(ErrorCode::InvalidArgument, "The map '" + map.quantity + "' has no pixels to write.", path,
                    {map.quantity});
    auto file = AtomicFile::create(path);
    if (!file)
        return fail(file.error());
    std::string reason;
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options, &keepQuiet, &reason);
    TIFFOpenOptionsSetWarningHandlerExtR(options, &keepQuiet, nullptr);
    std::unique_ptr<TIFF, CloseTiff> tiff(TIFFOpenExt(file->temporary().c_str(), "wl", options));
    TIFFOpenOptionsFree(options);
    bool good = tiff != nullptr;
    if (good) {
        const std::string text = description(map, cropOrigin);
        TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, map.shape.width);
        TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, map.shape.height);
        TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, 32);
        TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(tiff.get(), TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
        TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(tiff.get(), TIFFTAG_COMPRESSION, COMPRESSION_NONE);
        TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, map.shape.height); // one strip, as ImageJ expects
        TIFFSetField(tiff.get(), TIFFTAG_IMAGEDESCRIPTION, text.c_str());
        TIFFSetField(tiff.get(), TIFFTAG_SOFTWARE, "Dispersa " DISPERSA_VERSION);
        if (map.scanStep_nm) {
            TIFFSetField(tiff.get(), TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
            TIFFSetField(tiff.get(), TIFFTAG_XRESOLUTION, 1 / *map.scanStep_nm);
            TIFFSetField(tiff.get(), TIFFTAG_YRESOLUTION, 1 / *map.scanStep_nm);
        }
        std::vector<float> values = map.values; // libtiff takes a mutable buffer
        const auto bytes = static_cast<tmsize_t>(values.size() * sizeof(float));
        good = TIFFWriteEncodedStrip(tiff.get(), 0, values.data(), bytes) == bytes && TIFFFlush(tiff.get()) == 1;
        tiff.reset();
    }
    if (!good)
        return fail(ErrorCode::WriteFailed,
                    "Cannot write '" + path.string() + "': " + reason +
                        ". Check that the folder is writable and has free space.",
                    path, {reason}, reason);
    return file->commit();
}

} // namespace dispersa
