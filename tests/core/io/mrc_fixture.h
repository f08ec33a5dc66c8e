// SPDX-License-Identifier: GPL-3.0-or-later
// Builds small MRC files byte by byte for tests, right or deliberately wrong.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace dispersa::test {

/// Start from the defaults and change what the test is about.
struct MrcFixture {
    std::int32_t nx = 4, ny = 3, nz = 1, mode = 2;
    std::int32_t mx = 4, my = 3, mz = 1;
    float cellX = 40, cellY = 30; ///< Angstrom
    std::int32_t ispg = 0;
    std::int32_t nsymbt = 0;
    std::string exttyp = std::string(4, '\0');
    std::string id = "MAP ";
    std::string stamp = {0x44, 0x44, 0, 0};
    std::int32_t version = 20140;
    std::int32_t imodStamp = 0, imodFlags = 0;
    std::array<std::int32_t, 3> axes = {1, 2, 3}; ///< mapc, mapr, maps
    bool bigEndian = false;
    std::string extended = {};
    std::string data = {};

    template<class T>
    static std::string bytesOf(T value, bool bigEndian)
    {
        std::string text(sizeof(T), '\0');
        std::memcpy(text.data(), &value, sizeof(T));
        if (bigEndian)
            std::reverse(text.begin(), text.end());
        return text;
    }

    template<class T>
    void append(T value)
    {
        data += bytesOf(value, bigEndian);
    }

    std::string bytes() const
    {
        std::string header(1024, '\0');
        const auto put = [&](std::size_t offset, auto value) {
            const std::string text = bytesOf(value, bigEndian);
            header.replace(offset, text.size(), text);
        };
        put(0, nx);
        put(4, ny);
        put(8, nz);
        put(12, mode);
        put(28, mx);
        put(32, my);
        put(36, mz);
        put(40, cellX);
        put(44, cellY);
        put(64, axes[0]);
        put(68, axes[1]);
        put(72, axes[2]);
        put(76, 1e30f); // statistics that are wrong on purpose: nobody may use them
        put(80, -1e30f);
        put(88, ispg);
        put(92, nsymbt);
        put(108, version);
        put(152, imodStamp);
        put(156, imodFlags);
        header.replace(104, 4, exttyp);
        header.replace(208, 4, id);
        header.replace(212, 4, stamp);
        return header + extended + data;
    }

    std::filesystem::path write(const std::filesystem::path& path) const
    {
        std::ofstream(path, std::ios::binary) << bytes();
        return path;
    }
};

/// One FEI1 (768 bytes) or FEI2 (888 bytes) block.
struct FeiFixture {
    std::int32_t size = 888;
    double pixelSize = 2e-9;
    double convergence_rad = 0.001;
    std::string element = {};
    std::int32_t scanWidth = 0, scanHeight = 0;
    bool serpentine = false;

    std::string bytes(bool bigEndian = false) const
    {
        std::string block(static_cast<std::size_t>(size), '\0');
        const auto put = [&](std::size_t offset, auto value) {
            const std::string text = MrcFixture::bytesOf(value, bigEndian);
            block.replace(offset, text.size(), text);
        };
        put(0, size);
        put(4, std::int32_t{2});
        put(156, pixelSize);
        put(164, pixelSize);
        put(329, convergence_rad);
        put(490, std::uint32_t(element.empty() ? 0 : 1u << 23));
        put(595, scanWidth);
        put(599, scanHeight);
        block.replace(619, element.size(), element);
        if (serpentine) {
            put(748, std::uint32_t{1u << 3});
            put(792, std::int32_t{2});
        }
        return block;
    }
};

/// nz frames of 3 x 4 uint16 whose values count up through the file.
inline MrcFixture countingStack(int frames)
{
    MrcFixture mrc;
    mrc.mode = 6;
    mrc.nz = frames;
    for (int i = 0; i < frames * 12; ++i)
        mrc.append(static_cast<std::uint16_t>(i));
    return mrc;
}

/// first, first + 1, ... as readers return them.
inline std::vector<float> countingFrom(float first, std::size_t count)
{
    std::vector<float> values(count);
    std::iota(values.begin(), values.end(), first);
    return values;
}

} // namespace dispersa::test
