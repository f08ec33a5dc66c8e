// SPDX-License-Identifier: GPL-3.0-or-later
// A look at a few patterns of a scan for values that are no counts: lost signs, negative numbers, NaN.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"

#include <cstdint>
#include <vector>

namespace dispersa {

/// Finds small negative numbers that were stored as 16 bits without a sign: two or more different values of 65500..65535
/// and none between them and 32768. One such value alone is a ceiling: a saturated or masked pixel.
class LostSigns {
  public:
    /// NaN and infinite values say nothing.
    void add(float value);
    /// Values that lost their sign; 0 unless all of them look so.
    std::int64_t count() const;

  private:
    std::int64_t m_high = 0;    ///< values of 65500..65535
    float m_first = 0;          ///< the first of them
    bool m_differ = false;      ///< another one was different
    bool m_isRangeUsed = false; ///< something lies between
};

/// What a sample of patterns holds.
struct ValueCheck {
    std::int64_t patterns = 0;   ///< looked at
    std::int64_t values = 0;     ///< in them
    std::int64_t negative = 0;
    std::int64_t notFinite = 0;
    std::int64_t wrapped = 0;    ///< LostSigns of uint16 values
};

/// Looks at up to `patterns` patterns, evenly spread over those that exist. Errors: those of reading.
Result<ValueCheck> checkValues(const DiffractionScan& scan, int patterns = 16);

/// What a person should know of it; empty if all is well.
std::vector<Warning> valueWarnings(const ValueCheck& check, const DiffractionScan& scan);

} // namespace dispersa
