// SPDX-License-Identifier: GPL-3.0-or-later
// What training and prediction read: prepared patterns by index. `prepare` implements it, `learn` uses it.
#pragma once

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <cstdint>
#include <memory>
#include <span>

namespace dispersa {

/// Prepared patterns (centred, masked, binned, scaled), addressed 0..count-1. Immutable; safe from any thread.
class PatternSource {
  public:
    virtual ~PatternSource() = default;
    virtual std::int64_t count() const = 0;
    virtual PatternShape patternShape() const = 0;
    /// Copies the patterns `indices` one after the other into `out` (indices.size() * patternShape().count() floats).
    /// Errors: InvalidArgument (index outside), FileUnreadable.
    virtual Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const = 0;
};

using PatternSourcePtr = std::shared_ptr<const PatternSource>;

} // namespace dispersa
