// SPDX-License-Identifier: GPL-3.0-or-later
// What training and prediction read: prepared patterns by index. `prepare` implements it, `learn` uses it.
#pragma once

#include "core/base/error.h"
#include "core/data/geometry.h"
#include "core/data/preparation.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace dispersa {

/// How stored counts become the network's input. linear: count / divisor. sqrt: sqrt(max(0, count) / divisor). log:
/// log(1 + max(0, count)) / log(1 + divisor).
struct CountScaling {
    Scaling kind = Scaling::Linear;
    double divisor = 1;
    bool operator==(const CountScaling&) const = default;
};

enum class CountType { UInt16, Float32 };
inline std::size_t countSize(CountType type)
{
    return type == CountType::UInt16 ? 2 : 4;
}

/// Prepared patterns (centred, masked, binned, scaled), addressed 0..count-1. Immutable; safe from any thread.
class PatternSource {
  public:
    virtual ~PatternSource() = default;
    virtual std::int64_t count() const = 0;
    virtual PatternShape patternShape() const = 0;
    /// Copies the patterns `indices` one after the other into `out` (indices.size() * patternShape().count() floats).
    /// Errors: InvalidArgument (index outside), FileUnreadable.
    virtual Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const = 0;

    /// The same before scaling, for whoever scales on a GPU or changes counts first: `out` is aligned for countType()
    /// and holds indices.size() * patternShape().count() of it; countScaling() leads from there to what gather() copies.
    virtual CountType countType() const { return CountType::Float32; }
    virtual CountScaling countScaling() const { return {}; }
    virtual Result<void> gatherCounts(std::span<const std::int64_t> indices, std::span<std::byte> out) const
    {
        return gather(indices, {reinterpret_cast<float*>(out.data()), out.size() / sizeof(float)});
    }

    /// Valid `indices` that will be read soon, or not again for a while. Only advice, for sources whose patterns lie on a
    /// disk: what is read is the same with and without it.
    virtual void willNeed(std::span<const std::int64_t> indices) const { (void)indices; }
    virtual void doneWith(std::span<const std::int64_t> indices) const { (void)indices; }
};

using PatternSourcePtr = std::shared_ptr<const PatternSource>;

} // namespace dispersa
