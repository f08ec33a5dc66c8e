// SPDX-License-Identifier: GPL-3.0-or-later
// The frames of a Dectris master file as one scan, masked pixels and overflows taken care of.
#pragma once

#include "core/io/dectris_master_p.h"

namespace dispersa::hdf5 {

/// Opens all parts. Frames lie on `scan` row by row; positions beyond the last frame have no data. Masked pixels read
/// as 0, counts above the saturation value as the saturation value. Errors: those of opening, FormatUnsupported
/// (filter).
Result<ScanPtr> dectrisScan(const DectrisMaster& master, const std::string& id, ScanShape scan);

/// Pixels above the saturation value in up to `most` patterns spread over the scan, masked ones not counted.
struct SaturationSample {
    std::int64_t patterns = 0; ///< looked at
    std::int64_t pixels = 0;   ///< saturated in them
};
Result<SaturationSample> sampleSaturation(const DectrisMaster& master, std::int64_t most);

} // namespace dispersa::hdf5
