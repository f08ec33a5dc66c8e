// SPDX-License-Identifier: GPL-3.0-or-later
// In which order a file's frames lie on the scan grid, where the file itself does not tell or tells it wrongly.
#pragma once

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dispersa {

/// Applied in the order of the fields. The default leaves every frame where the file has it.
struct ScanOrder {
    bool swapAxes = false;      ///< the file keeps [det_y, det_x, scan_y, scan_x]
    std::int64_t skipFirst = 0; ///< frames before the first probe position; 0..2^40
    int skipPerRow = 0;         ///< flyback frames after each row; 0..65535
    std::optional<bool> serpentine = {}; ///< odd rows were scanned backwards; empty: as the file tells, else not
    bool transpose = false;     ///< rows and columns of the scan exchanged
    bool flipY = false;         ///< then the last row on top
    bool flipX = false;         ///< then the last column first
    bool partial = false;       ///< the grid may miss the file's frames: positions beyond them are no data, frames beyond
                                ///< the grid are left out
    bool operator==(const ScanOrder&) const = default;

    bool isSerpentine() const { return serpentine.value_or(false); }
    bool isDefault() const { return *this == ScanOrder{}; }
    /// True if frames change places, as opposed to axes.
    bool movesFrames() const
    {
        return skipFirst != 0 || skipPerRow != 0 || isSerpentine() || transpose || flipY || flipX;
    }
    /// Error: StudyInvalid naming the field.
    Result<void> check() const;
};

/// The grid a person sees: `acquired` (rows and columns as scanned, without flyback frames), transposed if asked.
ScanShape orderedShape(ScanShape acquired, const ScanOrder& order);

/// Frame number of every probe position of orderedShape(acquired, order), row-major; -1 where the file's `frames` frames
/// do not reach.
std::vector<std::int64_t> frameTable(ScanShape acquired, const ScanOrder& order, std::int64_t frames);

} // namespace dispersa
