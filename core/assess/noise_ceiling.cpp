// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/noise_ceiling.h"

#include "core/base/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace dispersa {
namespace {

constexpr double leastRemoved = 0.05;         ///< share of white noise a filter must remove to be judged by
constexpr double leastWhite = 0.5;            ///< share of what was removed that must be white
constexpr std::int64_t probePixels = 200'000; ///< of filtered noise: gains known to about 2 %

NoiseCeiling undefined(CeilingKind kind, const std::string& reason)
{
    return {kind, {std::nullopt, reason}, {std::nullopt, reason}};
}

NoiseCeiling ceilingOf(CeilingKind kind, double reliability)
{
    const double clamped = std::clamp(reliability, 0.0, 1.0);
    return {kind, {std::sqrt(clamped), {}}, {clamped, {}}};
}

ElementMap part(const ElementMap& map, const Region& region)
{
    return region.empty() ? map : cropped(map, region);
}

bool isCounts(const ElementMap& map)
{
    return std::all_of(map.values.begin(), map.values.end(), [](float value) {
        return !ElementMap::isData(value) || (value >= 0 && value == std::floor(value));
    });
}

/// How many of `count` events a coin sends to the first half.
std::int64_t headsOf(std::int64_t count, Random& random)
{
    std::int64_t heads = 0;
    for (; count > 0; count -= 64) {
        const std::uint64_t tosses = random.next();
        heads += std::popcount(count >= 64 ? tosses : tosses >> (64 - count));
    }
    return heads;
}

std::pair<ElementMap, ElementMap> halved(const ElementMap& counts, Random& random)
{
    std::pair<ElementMap, ElementMap> halves(counts, counts);
    for (std::size_t i = 0; i < counts.values.size(); ++i) {
        if (!ElementMap::isData(counts.values[i]))
            continue;
        const auto heads = static_cast<float>(headsOf(static_cast<std::int64_t>(counts.values[i]), random));
        halves.first.values[i] = heads;
        halves.second.values[i] = counts.values[i] - heads;
    }
    return halves;
}

/// Maps of counts to maps of fractions.
void toFractions(std::vector<ElementMap>& maps, std::span<const double> kFactors)
{
    for (std::size_t i = 0; i < maps.front().values.size(); ++i) {
        double sum = 0;
        for (std::size_t e = 0; e < maps.size(); ++e)
            sum += (kFactors.empty() ? 1 : kFactors[e]) * static_cast<double>(maps[e].values[i]);
        for (std::size_t e = 0; e < maps.size(); ++e) {
            const double own = (kFactors.empty() ? 1 : kFactors[e]) * static_cast<double>(maps[e].values[i]);
            maps[e].values[i] = sum > 0 ? static_cast<float>(own / sum) : std::numeric_limits<float>::quiet_NaN();
        }
    }
}

/// Mean squares of what a filter leaves and removes, and of the part of the latter that neighbours do not share.
struct Removal {
    double left = 0;
    double removed = 0;
    double unshared = 0; ///< half the mean square of the difference of neighbours' removed values, rows and columns
};

/// `middle` is taken from the filtered values, the mean of the removed ones from those.
Removal removalOf(const ElementMap& map, const ElementMap& filtered, double middle)
{
    const auto valid = [&](int y, int x) {
        return ElementMap::isData(map.at(y, x)) && ElementMap::isData(filtered.at(y, x));
    };
    const auto difference = [&](int y, int x) {
        return static_cast<double>(map.at(y, x)) - static_cast<double>(filtered.at(y, x));
    };
    double n = 0;
    double mean = 0;
    Removal removal;
    for (int y = 0; y < map.shape.height; ++y)
        for (int x = 0; x < map.shape.width; ++x) {
            if (!valid(y, x))
                continue;
            const double rest = static_cast<double>(filtered.at(y, x)) - middle;
            removal.left += rest * rest;
            mean += difference(y, x);
            n += 1;
        }
    mean /= n;
    double squares = 0;
    double pairs = 0;
    const auto compare = [&](double here, int y, int x) {
        if (y < 0 || x < 0 || !valid(y, x))
            return;
        squares += (here - difference(y, x)) * (here - difference(y, x)) / 2;
        pairs += 1;
    };
    for (int y = 0; y < map.shape.height; ++y)
        for (int x = 0; x < map.shape.width; ++x) {
            if (!valid(y, x))
                continue;
            const double here = difference(y, x);
            removal.removed += (here - mean) * (here - mean);
            compare(here, y - 1, x);
            compare(here, y, x - 1);
        }
    removal.left /= n;
    removal.removed /= n;
    removal.unshared = pairs > 0 ? squares / pairs : 0;
    return removal;
}

double meanOf(const ElementMap& map)
{
    double n = 0;
    double sum = 0;
    for (const float value : map.values) {
        if (!ElementMap::isData(value))
            continue;
        n += 1;
        sum += static_cast<double>(value);
    }
    return sum / n;
}

/// What the filter does to white noise of standard deviation `sd` around `middle`, where `map` has data; as shares of
/// the noise's variance.
Removal measuredResponse(const ElementMap& map, const CeilingFilter& filter, const NoiseCeilingOptions& options,
                         double middle, double sd)
{
    Random random(options.seed);
    const Region region = options.region.empty() ? wholeRegion(map.shape) : options.region;
    const auto draws = static_cast<int>(std::clamp<std::int64_t>(probePixels / region.count() + 1, 2, 64));
    Removal mean;
    for (int draw = 0; draw < draws; ++draw) {
        ElementMap noise = map;
        for (float& value : noise.values)
            if (ElementMap::isData(value))
                value = static_cast<float>(middle + sd * random.normal());
        const Removal one = removalOf(part(noise, region), part(filter(noise), region), middle);
        mean.left += one.left / (sd * sd * draws);
        mean.removed += one.removed / (sd * sd * draws);
        mean.unshared += one.unshared / (sd * sd * draws);
    }
    return mean;
}

} // namespace

const char* ceilingKindName(CeilingKind kind)
{
    return kind == CeilingKind::Counts ? "counts" : "estimate";
}

std::vector<NoiseCeiling> noiseCeilingsFromCounts(std::span<const MapPtr> counts, std::span<const double> kFactors,
                                                  const CeilingFilter& filter, const NoiseCeilingOptions& options)
{
    const auto all = [&](const char* reason) {
        return std::vector<NoiseCeiling>(counts.size(), undefined(CeilingKind::Counts, reason));
    };
    for (const MapPtr& map : counts) {
        if (map->shape != counts.front()->shape)
            return all("shapes_differ");
        if (!isCounts(*map))
            return all("not_counts");
    }
    Random random(options.seed);
    std::vector<std::vector<double>> halvesR(counts.size());
    std::vector<std::string> reasons(counts.size());
    for (int draw = 0; draw < options.draws; ++draw) {
        std::vector<ElementMap> first;
        std::vector<ElementMap> second;
        for (const MapPtr& map : counts) {
            const auto halves = halved(*map, random);
            first.push_back(filter(halves.first));
            second.push_back(filter(halves.second));
        }
        if (counts.empty())
            break;
        if (options.fractions) {
            toFractions(first, kFactors);
            toFractions(second, kFactors);
        }
        for (std::size_t e = 0; e < counts.size(); ++e) {
            const Score r = pearson(part(first[e], options.region).values, part(second[e], options.region).values);
            if (r.value)
                halvesR[e].push_back(*r.value);
            else
                reasons[e] = r.reason;
        }
    }
    std::vector<NoiseCeiling> ceilings;
    for (std::size_t e = 0; e < counts.size(); ++e) {
        double mean = 0;
        for (const double r : halvesR[e])
            mean += r / static_cast<double>(halvesR[e].size());
        ceilings.push_back(halvesR[e].empty() ? undefined(CeilingKind::Counts, reasons[e])
                                              : ceilingOf(CeilingKind::Counts, 2 * mean / (1 + mean)));
    }
    return ceilings;
}

NoiseCeiling noiseCeilingEstimate(const ElementMap& measured, const CeilingFilter& filter,
                                  const NoiseCeilingOptions& options)
{
    const auto none = [](const char* reason) { return undefined(CeilingKind::Estimate, reason); };
    const ElementMap map = part(measured, options.region);
    const ElementMap smooth = part(filter(measured), options.region);
    if (validPairs(map.values, smooth.values) < 2)
        return none("no_pixels");
    const auto range = validRange(smooth);
    if (range->low == range->high)
        return none("constant_map");
    const Removal found = removalOf(map, smooth, meanOf(smooth));
    if (!(found.removed > 0))
        return none("no_filter");
    const Removal white = measuredResponse(measured, filter, options, meanOf(smooth), std::sqrt(found.removed));
    if (white.removed < leastRemoved)
        return none("no_filter");
    const double noise = found.unshared / white.unshared;
    if (noise * white.removed < leastWhite * found.removed)
        return none("noise_not_white");
    return ceilingOf(CeilingKind::Estimate, 1 - noise * white.left / found.left);
}

} // namespace dispersa
