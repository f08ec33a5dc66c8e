// SPDX-License-Identifier: GPL-3.0-or-later
// In which order an epoch visits the patterns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dispersa {

/// `indices` in random order. Up to `wholeBytes` of patterns every order is as likely as any other. Beyond, so that a disk is
/// read in long pieces: runs of neighbours (`runBytes`, in the file's order) are put in random order, and the patterns of so
/// many consecutive runs as make `windowBytes` are mixed with each other. The rule looks at the set alone, never at the
/// machine: a seed means the same order everywhere.
struct EpochOrder {
    std::uint64_t wholeBytes = 1ull << 30;
    std::uint64_t runBytes = 4ull << 20;
    std::uint64_t windowBytes = 256ull << 20;

    /// Patterns in a window of an epoch over `patterns` of them; 0 where all are mixed with each other.
    std::size_t window(std::size_t patterns, std::uint64_t patternBytes) const;
    std::vector<std::int64_t> shuffled(std::span<const std::int64_t> indices, std::uint64_t patternBytes,
                                       std::uint64_t seed) const;
};

} // namespace dispersa
