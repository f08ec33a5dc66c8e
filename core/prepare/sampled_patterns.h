// SPDX-License-Identifier: GPL-3.0-or-later
// Some of a scan's patterns, evenly spread over it: what is asked of the whole scan and not of every pattern.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/prepare/parallel_blocks.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace dispersa {

/// Existing positions on a grid of so many rows and columns over the scan, row by row.
std::vector<ScanPoint> gridPoints(const DiffractionScan& scan, std::int64_t rows, std::int64_t columns);
/// The same with at most `most` positions.
std::vector<ScanPoint> gridPoints(const DiffractionScan& scan, std::int64_t most);

/// Calls use(index, values) with the patterns at `points`, on all cores; `values` may be changed. Points of one row should
/// follow each other: they are read together. Errors: Cancelled, OutOfMemory, those of reading.
Result<void> forEachPatternAt(const DiffractionScan& scan, const std::vector<ScanPoint>& points, ProgressCounter& counter,
                              std::stop_token stop,
                              const std::function<void(std::size_t index, std::vector<float>& values)>& use);

/// Without a single count above zero.
bool isEmptyPattern(std::span<const float> pattern);

} // namespace dispersa
