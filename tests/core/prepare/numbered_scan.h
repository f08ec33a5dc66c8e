// SPDX-License-Identifier: GPL-3.0-or-later
// Scans in memory that tests of the prepared patterns take apart, and the preparation that leaves their counts alone.
#pragma once

#include "core/data/preparation.h"
#include "tests/support/memory_scan.h"

#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace dispersa {

/// Counts stay as they are, but for linear scaling.
inline const DiffractionOptions plain{CentreKind::None, 0, 1, Scaling::Linear};

template<class T>
ScanPtr scanOf(ScanShape scan, PatternShape pattern, const std::vector<T>& values, const std::string& name = "scan")
{
    return std::make_shared<MemoryScan>(scan, pattern, values, name);
}

/// Values that tell their place: start + pattern * 100 + pixel.
inline ScanPtr numberedScan(ScanShape scan, PatternShape pattern, int start = 0)
{
    std::vector<std::uint16_t> values;
    for (int i = 0; i < scan.count(); ++i)
        for (int pixel = 0; pixel < pattern.count(); ++pixel)
            values.push_back(std::uint16_t(start + i * 100 + pixel));
    return scanOf(scan, pattern, values);
}

/// 0, 1, 2, ...
inline std::vector<std::int64_t> firstIndices(std::int64_t count)
{
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
}

} // namespace dispersa
