// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows and columns a flat stack of frames may have: what other files say first, then its factor pairs. A list to
// choose from, never a decision.
#pragma once

#include "core/data/scan_order.h"

#include <cstdint>
#include <vector>

namespace dispersa {

/// Where a candidate comes from, most trustworthy first.
enum class ShapeSource {
    Companion, ///< a map of the same scan has that grid
    Study,     ///< the study says so
    FileHint,  ///< metadata of the file that may mean something else
    Factors    ///< nothing but arithmetic
};

/// A grid somebody names: as a person sees the scan for a Companion, as scanned for the others.
struct ShapeHint {
    ScanShape shape = {};
    ShapeSource source = ShapeSource::FileHint;
};

struct ShapeCandidate {
    ScanShape acquired = {}; ///< rows and columns as scanned, without flyback frames
    ShapeSource source = ShapeSource::Factors;
    bool operator==(const ShapeCandidate&) const = default;
};

/// Frames that `acquired` with `order` takes from the file, flyback and skipped ones included. The flyback after the last
/// row counts only where the file has it.
std::int64_t framesNeeded(ScanShape acquired, const ScanOrder& order);

/// How a grid fits the frames of a file: both zero is a perfect fit.
struct ShapeFit {
    std::int64_t missing = 0; ///< positions for which the file has no frame
    std::int64_t unused = 0;  ///< frames after the last position
    bool exact() const { return missing == 0 && unused == 0; }
};
ShapeFit shapeFit(ScanShape acquired, const ScanOrder& order, std::int64_t frames);

/// Grids whose positions, with the skipped frames of `order`, are exactly `frames`. Hints that fit come first, in the order
/// of ShapeSource; Companion hints name the grid after `order.transpose`. Then every factor pair: aspect ratios up to
/// 1:8 before longer ones, within both the nearest to a square first; of a pair the one with more columns first. Each
/// grid once. Empty if nothing fits.
std::vector<ShapeCandidate> scanShapeCandidates(std::int64_t frames, const ScanOrder& order,
                                                const std::vector<ShapeHint>& hints = {});

} // namespace dispersa
