// SPDX-License-Identifier: GPL-3.0-or-later
// Builds small detector files byte by byte for tests, right or deliberately wrong.
#pragma once

#include "core/io/format.h"
#include "tests/core/io/mrc_fixture.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dispersa::test {

inline std::filesystem::path writeBytes(const std::filesystem::path& path, const std::string& bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

template<class T>
std::string littleEndian(T value)
{
    return MrcFixture::bytesOf(value, false);
}

template<class T>
std::string bigEndian(T value)
{
    return MrcFixture::bytesOf(value, true);
}

inline bool hasWarning(const std::vector<Warning>& warnings, const std::string& code)
{
    return std::any_of(warnings.begin(), warnings.end(), [&](const Warning& w) { return w.code == code; });
}

inline const Format& formatNamed(const std::string& name)
{
    for (const Format* format : formats())
        if (format->traits().name == name)
            return *format;
    throw std::runtime_error("no format is called " + name);
}

/// NanoMEGAS block file: 2 x 3 patterns of 2 x 2 that count up, and a map 100, 101, ...
struct BloFixture {
    std::uint16_t edge = 2, nx = 3, ny = 2, version = 0x0102;
    std::uint32_t mapOffset = 0x1000, dataOffset = 0x1010;
    double stepX = 5, stepY = 5;
    std::uint32_t energy = 200000, cameraLength = 2000;
    std::uint16_t pixelsPerMetre = 6226;
    std::string mark = "\xAA\x55";

    std::string bytes() const
    {
        std::string file(dataOffset, '\0');
        const auto put = [&](std::size_t offset, const std::string& text) { file.replace(offset, text.size(), text); };
        put(0, "IMGBLO");
        put(6, littleEndian(version));
        put(8, littleEndian(mapOffset));
        put(12, littleEndian(dataOffset));
        put(20, littleEndian(edge));
        put(24, littleEndian(nx));
        put(26, littleEndian(ny));
        put(30, littleEndian(stepX));
        put(38, littleEndian(stepY));
        put(46, littleEndian(energy));
        put(50, littleEndian(pixelsPerMetre));
        put(52, littleEndian(cameraLength));
        for (int i = 0; i < nx * ny && mapOffset + static_cast<std::size_t>(i) < file.size(); ++i)
            file[mapOffset + static_cast<std::size_t>(i)] = static_cast<char>(100 + i);
        int value = 0;
        for (std::uint32_t frame = 0; frame < std::uint32_t(nx) * ny; ++frame) {
            file += mark + littleEndian(frame);
            for (int i = 0; i < edge * edge; ++i)
                file += static_cast<char>(value++);
        }
        return file;
    }
};

/// Header of one Merlin frame.
struct MibFixture {
    std::string type = "U16", layout = "   1x1", chips = "01", width = "0004", height = "0003", depth = "12";
    std::size_t length = 384;
    std::string lengthText = "00384";

    std::string header(int number = 1) const
    {
        const std::string digits = std::to_string(number);
        std::string text = "MQ1," + std::string(6 - digits.size(), '0') + digits + "," + lengthText + "," + chips +
                           "," + width + "," + height + "," + type + "," + layout +
                           ",01,2021-05-07 18:51:10.905800,0.100000,0,0,0,4.0E+1,3RX,068,511,MQ1A,"
                           "2021-05-07T16:51:10.905800928Z,100000000ns," +
                           depth + ",";
        text.resize(length, ' ');
        return text;
    }

    /// `count` frames of 3 x 4 pixels that count up from `value`; their headers from `number`.
    std::string frames(int count, int number = 1, int value = 0) const
    {
        std::string bytes;
        for (int frame = 0; frame < count; ++frame) {
            bytes += header(number + frame);
            for (int i = 0; i < 12; ++i, ++value)
                bytes += type == "U08"   ? std::string(1, static_cast<char>(value))
                         : type == "U16" ? bigEndian(static_cast<std::uint16_t>(value + 256))
                                         : bigEndian(static_cast<std::uint32_t>(value + 65536));
        }
        return bytes;
    }
};

/// Counts of a frame.
using Pixels = std::vector<std::uint32_t>;

/// Pixels 0, 1, 2, ... of `count`, modulo what `bits` can count, so that no two neighbours are alike.
inline Pixels merlinPixels(std::size_t count, int bits)
{
    Pixels pixels(count);
    for (std::size_t i = 0; i < count; ++i)
        pixels[i] = static_cast<std::uint32_t>(i * 2654435761u) >> (32 - bits);
    return pixels;
}

/// Packs pixels as one chip sends them: the last pixels of each group of 64 bits come first.
inline std::string packed(const Pixels& pixels, int bits)
{
    std::string bytes;
    const std::size_t group = bits == 1 ? 64 : bits == 6 ? 8 : 4;
    for (std::size_t start = 0; start < pixels.size(); start += group) {
        std::string eight;
        for (std::size_t i = start; i < start + group; ++i) {
            if (bits == 12)
                eight += littleEndian(static_cast<std::uint16_t>(pixels[i]));
            else if (bits == 6)
                eight += static_cast<char>(pixels[i]);
            else if ((i - start) % 8 == 0)
                eight += static_cast<char>(pixels[i] & 1);
            else
                eight.back() =
                    static_cast<char>(eight.back() | static_cast<char>((pixels[i] & 1) << ((i - start) % 8)));
        }
        bytes.append(eight.rbegin(), eight.rend());
    }
    return bytes;
}

/// The first lines of a .hdr file.
inline constexpr const char* hdrStart = "HDR,\t\nChip Mode  (SPM, CSM, CM, CSCM):\tSPM\n";

} // namespace dispersa::test
