// SPDX-License-Identifier: GPL-3.0-or-later
// A look at a few patterns of a scan for values that are no counts: lost signs, negative numbers, NaN.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"

#include <cstdint>
#include <vector>

namespace dispersa {

/// What a sample of patterns holds.
struct ValueCheck {
    std::int64_t patterns = 0;   ///< looked at
    std::int64_t values = 0;     ///< in them
    std::int64_t negative = 0;
    std::int64_t notFinite = 0;
    std::int64_t wrapped = 0;    ///< 16-bit values 65500..65535 where nothing else comes near: small negative numbers
};

/// Looks at up to `patterns` patterns, evenly spread over those that exist. Errors: those of reading.
Result<ValueCheck> checkValues(const DiffractionScan& scan, int patterns = 16);

/// What a person should know of it; empty if all is well.
std::vector<Warning> valueWarnings(const ValueCheck& check, const DiffractionScan& scan);

} // namespace dispersa
