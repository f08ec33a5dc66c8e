// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/sector_means.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>

namespace dispersa {
namespace {

/// Of the mean of a ring's darker sectors, what another sector may reach: what is brighter is a Bragg spot, which says
/// how a grain lies.
constexpr double sectorLimit = 1.5;
constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

/// Calls use(position, means) with the mean counts of the rings' sectors over 3 x 3 positions, NaN where a sector has
/// no pixels.
template<class Use>
void forEachPooled(const RingSums& rings, const Use& use)
{
    const ScanShape shape = rings.region.shape();
    std::array<double, sectorsPerPattern> weight, sum;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            weight.fill(0);
            sum.fill(0);
            for (int ny = std::max(0, y - 1); ny < std::min(shape.height, y + 2); ++ny)
                for (int nx = std::max(0, x - 1); nx < std::min(shape.width, x + 2); ++nx) {
                    const std::size_t first =
                        (std::size_t(ny) * std::size_t(shape.width) + std::size_t(nx)) * sectorsPerPattern;
                    for (std::size_t i = 0; i < sectorsPerPattern; ++i) {
                        weight[i] += double(rings.sectorWeight[first + i]);
                        sum[i] += double(rings.sectorSum[first + i]);
                    }
                }
            for (std::size_t i = 0; i < sectorsPerPattern; ++i)
                sum[i] = weight[i] > 0 ? sum[i] / weight[i] : std::numeric_limits<double>::quiet_NaN();
            use(std::size_t(y) * std::size_t(shape.width) + std::size_t(x), std::span<const double>(sum));
        }
}

/// Mean of the darkest three quarters of the sectors that have pixels; NaN if none has.
float robustMean(std::span<const double> sectors)
{
    constexpr double kept = 0.75;
    std::vector<double> sorted;
    sorted.reserve(sectors.size());
    std::copy_if(sectors.begin(), sectors.end(), std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
    if (sorted.empty())
        return nothing;
    std::sort(sorted.begin(), sorted.end());
    const auto many = std::max<std::ptrdiff_t>(1, std::lround(kept * double(sorted.size())));
    return float(std::accumulate(sorted.begin(), sorted.begin() + many, 0.0) / double(many));
}

} // namespace

std::vector<float> trimmedMeans(const RingSums& rings)
{
    std::vector<float> means(std::size_t(rings.region.count()) * ringCount);
    forEachPooled(rings, [&](std::size_t position, std::span<const double> sectors) {
        for (std::size_t ring = 0; ring < ringCount; ++ring)
            means[position * ringCount + ring] = robustMean(sectors.subspan(ring * sectorCount, sectorCount));
    });
    return means;
}

std::vector<float> clippedSectors(const RingSums& rings)
{
    std::vector<float> clipped(std::size_t(rings.region.count()) * sectorsPerPattern);
    forEachPooled(rings, [&](std::size_t position, std::span<const double> sectors) {
        float* to = clipped.data() + position * sectorsPerPattern;
        for (std::size_t ring = 0; ring < ringCount; ++ring) {
            const auto own = sectors.subspan(ring * sectorCount, sectorCount);
            const float robust = robustMean(own);
            const auto highest = float(sectorLimit * std::max(double(robust), leastCounts));
            // A sector beyond the detector's edge is as the rest of its ring.
            for (const double mean : own)
                *to++ = std::isfinite(mean) ? std::min(float(mean), highest) : robust;
        }
    });
    return clipped;
}

} // namespace dispersa
