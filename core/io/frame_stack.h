// SPDX-License-Identifier: GPL-3.0-or-later
// What detector files share: frames of one size, one after the other, on a scan grid that the file tells, hints at, or
// leaves to the user.
#pragma once

#include "core/io/format.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace dispersa {

/// Frames of a file and what is known of their grid.
struct FrameStack {
    std::filesystem::path path;
    PatternShape pattern = {};
    ElementType type = ElementType::UInt8;
    std::int64_t frames = 0;            ///< that belong to the acquisition, missing ones too
    std::int64_t available = 0;         ///< whole frames in the file; fewer than `frames` if it stopped early
    std::optional<ScanShape> grid = {}; ///< of all `frames`
    std::optional<ScanShape> hint = {}; ///< the grid that metadata tells although the file has more frames
    bool spareFrames = false; ///< the detector also records frames beside the scan: a grid may leave some over
    Calibration calibration = {};
    std::vector<Warning> warnings = {};
};

/// What metadata announces, beside what the file's size says.
struct AnnouncedFrames {
    std::optional<ScanShape> grid = {};
    std::optional<std::int64_t> frames = {};
    std::uint64_t wholeFrames = 0; ///< that fit in the file
    bool endsInside = false;       ///< bytes of one more frame follow
};

/// Sets frames, available, grid and hint of `stack`, with a warning where the file has fewer or more frames than
/// announced. Errors: FileTruncated (not one whole frame), FormatInvalid (counts or sizes that are no scan).
Result<void> settleFrames(FrameStack& stack, const AnnouncedFrames& announced);

/// The item `inspect` lists: a scan where the grid is known, else a flat stack.
FileItem itemOf(const FrameStack& stack, std::string id = {});

/// The grid to open the frames with: `wanted`, else the one the file tells. Errors: ScanShapeUnknown, ShapeMismatch.
Result<ScanShape> gridToOpen(const FrameStack& stack, std::optional<ScanShape> wanted);

/// All frames in one row, as statistics read them.
ScanShape framesInOneRow(const FrameStack& stack);

/// DatasetMissing unless `id` is empty: for formats that hold one item without a name.
Result<void> checkOnlyItem(const std::filesystem::path& path, const std::string& id);

} // namespace dispersa
