// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns that lie uncompressed in a file at regular distances, read through a memory map: what most detector formats
// come down to.
#pragma once

#include "core/base/os_file.h"
#include "core/data/diffraction_scan.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace dispersa {

/// Where the values of [scan_y, scan_x, det_y, det_x] lie, in bytes. Frame headers and gaps are what the strides leave out.
struct FrameLayout {
    std::uint64_t first = 0;        ///< of the first value of pattern (0, 0)
    std::uint64_t scanRowStride = 0;
    std::uint64_t scanColumnStride = 0;
    std::uint64_t rowStride = 0;    ///< from one detector row to the next
    std::uint64_t columnStride = 0; ///< from one detector pixel to the next; the size of a value unless axes are swapped
    ScanShape scan = {};
    PatternShape pattern = {};
    ElementType type = ElementType::UInt16;
    bool swapped = false;           ///< the file's byte order is not this machine's

    /// Frames one after the other, `frameStride` bytes apart, each a plain array of rows.
    static FrameLayout frames(std::uint64_t first, std::uint64_t frameStride, ScanShape scan, PatternShape pattern,
                              ElementType type, bool swapped = false);
    /// Whole patterns that lie inside a file of `size` bytes, in scan order, 0..scan.count(). Needs no data.
    std::int64_t patternsIn(std::uint64_t size) const;
};

/// What a reader knows beside the layout.
struct MappedScanInfo {
    std::filesystem::path path;
    std::string dataset = {};
    Calibration calibration = {};
    std::optional<std::int64_t> available = {}; ///< patterns the acquisition recorded, if fewer than the file has room for
};

/// The scan; patterns beyond the file's end are no data. Errors: FileTruncated (not one whole pattern), FormatInvalid
/// (extents that are no scan, or so large that their product overflows).
Result<ScanPtr> mappedScan(std::shared_ptr<const MappedFile> file, const FrameLayout& layout, MappedScanInfo info);

/// Copies `count` values of `size` bytes that lie `stride` bytes apart and turns them into this machine's byte order.
void copyValues(const std::byte* from, std::size_t count, std::size_t size, std::size_t stride, bool swapped,
                std::byte* to);

} // namespace dispersa
