// SPDX-License-Identifier: GPL-3.0-or-later
// Values at the detector's ceiling: counts that were more than it could count.
#pragma once

#include "core/data/diffraction_scan.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace dispersa {

struct Saturation {
    double ceiling = 0;      ///< the value that was not exceeded
    std::int64_t values = 0; ///< how many values have it
    bool operator==(const Saturation&) const = default;
};

/// Largest value of integer data and how often it occurs, gathered block by block.
class SaturationCounter {
  public:
    /// Raw values in this machine's byte order, aligned for their type. Real numbers have no ceiling and are passed over.
    void add(ElementType type, std::span<const std::byte> raw);
    /// Values of an integer scan that were read as float.
    void add(std::span<const float> values);
    /// What was counted elsewhere: the largest value, and how often it occurs.
    void add(double largest, std::int64_t values);
    void add(const SaturationCounter& other) { add(other.m_largest, other.m_values); }

    /// Set if the largest value is the type's largest, or 2^n - 1 with n >= 8 (a detector of 12 bits, say) and occurs
    /// three times. Never for real numbers.
    std::optional<Saturation> found(ElementType type) const;

  private:
    double m_largest = -std::numeric_limits<double>::infinity();
    std::int64_t m_values = 0;
};

} // namespace dispersa
