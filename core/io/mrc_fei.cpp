// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/element_map.h"
#include "core/io/mrc_header.h"

#include <cmath>

namespace dispersa {
namespace {

// Byte offsets in an FEI1 (768 bytes) or FEI2 (888 bytes) block: packed, unaligned.
constexpr std::size_t blockSizeAt = 0;
constexpr std::size_t pixelSizeXAt = 156;
constexpr std::size_t convergenceAt = 329;
constexpr std::size_t bitmask3At = 490;
constexpr std::size_t scanRectangleAt = 587; // left, top, right, bottom
constexpr std::size_t elementAt = 619;       // 16 characters
constexpr std::size_t bitmask4At = 748;      // FEI2 fields from here on
constexpr std::size_t scanModeAt = 792;
constexpr std::size_t fei1Size = 768;
constexpr std::size_t fei2Size = 888;
constexpr std::uint32_t elementValid = 1u << 23; // in bitmask3
constexpr std::uint32_t scanModeValid = 1u << 3; // in bitmask4
constexpr std::int32_t serpentineMode = 2;

std::string textAt(std::span<const std::byte> bytes, std::size_t offset, std::size_t length)
{
    std::string text(reinterpret_cast<const char*>(bytes.data() + offset), length);
    return text.substr(0, text.find('\0'));
}

} // namespace

std::optional<FeiMetadata> readFeiMetadata(std::span<const std::byte> extended, bool swapped)
{
    if (extended.size() < fei1Size)
        return std::nullopt;
    const ByteReader reader{extended, swapped};
    const auto size = reader.at<std::int32_t>(blockSizeAt);
    if (size < static_cast<std::int32_t>(fei1Size) || static_cast<std::size_t>(size) > extended.size())
        return std::nullopt;
    FeiMetadata found;
    // The unit of the pixel size is not stored: an image has about 1e-9 m, a diffraction pattern about 1e8 1/m.
    const auto pixel = reader.at<double>(pixelSizeXAt);
    if (std::isfinite(pixel) && pixel > 0)
        (pixel < 1 ? found.pixelSize_m : found.pixelSize_invM) = pixel;
    const auto convergence = reader.at<double>(convergenceAt);
    if (std::isfinite(convergence) && convergence > 0 && convergence < 0.5)
        found.convergence_rad = convergence;
    if (reader.at<std::uint32_t>(bitmask3At) & elementValid) {
        const std::string element = textAt(extended, elementAt, 16);
        if (isElementSymbol(element))
            found.element = element;
    }
    const auto left = reader.at<std::int32_t>(scanRectangleAt);
    const auto top = reader.at<std::int32_t>(scanRectangleAt + 4);
    const auto right = reader.at<std::int32_t>(scanRectangleAt + 8);
    const auto bottom = reader.at<std::int32_t>(scanRectangleAt + 12);
    if (left >= 0 && top >= 0 && right > left && bottom > top)
        found.scanRectangle = ScanShape{bottom - top, right - left};
    if (static_cast<std::size_t>(size) >= fei2Size && (reader.at<std::uint32_t>(bitmask4At) & scanModeValid))
        found.serpentine = reader.at<std::int32_t>(scanModeAt) == serpentineMode;
    return found;
}

} // namespace dispersa
