// SPDX-License-Identifier: GPL-3.0-or-later
// The highest r that a perfect prediction can reach against a measured map that still holds noise after filtering.
#pragma once

#include "core/assess/metrics.h"
#include "core/data/element_map.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace dispersa {

/// The filter of the study: a map of the same shape, no data kept as no data.
using CeilingFilter = std::function<ElementMap(const ElementMap&)>;

/// What a ceiling was computed from.
enum class CeilingKind { Counts, Estimate };
/// "counts", "estimate".
const char* ceilingKindName(CeilingKind kind);

/// `reliability` is the share of the filtered map's variance that is not noise, 0..1; `r` is its square root: what a
/// prediction equal to the filtered noise-free map scores. Both undefined for the same reason.
struct NoiseCeiling {
    CeilingKind kind = CeilingKind::Estimate;
    Score r = {};
    Score reliability = {};
};

struct NoiseCeilingOptions {
    Region region =
        {};        ///< pixels to correlate over, which must fit into the map; empty: all. Filters see the whole map.
    int draws = 8; ///< random halvings of the counts
    std::uint64_t seed = 1;
    bool fractions = true; ///< of counts: each element's share of all is judged; false: the counts themselves
};

/// From X-ray counts per element, maps of one shape: every count goes to one of two halves by a coin toss, both halves
/// are filtered and turned into the element's share of all elements (counts times k-factor, Cliff & Lorimer 1975), and
/// the halves correlated; r of the halves, averaged over the draws, is stepped up to the whole by Spearman & Brown
/// (1910). Halves of Poisson counts are independent (the thinning of Lehtinen et al. 2018 and others), so nothing is
/// assumed of the sample. `kFactors`: one per element, or empty for 1. One ceiling per element. Undefined: not_counts
/// (a value below 0 or not whole), shapes_differ, no_pixels, constant_map.
std::vector<NoiseCeiling> noiseCeilingsFromCounts(std::span<const MapPtr> counts, std::span<const double> kFactors,
                                                  const CeilingFilter& filter, const NoiseCeilingOptions& options = {});

/// Without counts: the noise's variance is read off what the filter removed, measured - filtered, and what is left of
/// it in the filtered map is taken from that map's variance. Not the removed variance itself is read, but how much of
/// it two neighbours do not share, since structure that the filter removed is alike in them. How white noise of
/// variance 1 comes out of the filter (for weights w: sum w^2 is left, 1 - 2 w0 + sum w^2 removed) is measured by
/// filtering noise of that size around the map's mean: for linear filters that equals their response to a single bright
/// pixel, and unlike it also holds for the median, which removes a single pixel altogether. Assumes noise that is white
/// and no stronger in one place than another. Undefined: no_pixels, constant_map, no_filter (nothing was removed to
/// judge by), noise_not_white (less than half of what was removed is like white noise: the map was smoothed before it
/// came here, or holds structure finer than the filter).
NoiseCeiling noiseCeilingEstimate(const ElementMap& measured, const CeilingFilter& filter,
                                  const NoiseCeilingOptions& options = {});

} // namespace dispersa
