// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/measured_maps_p.h"

#include "core/simulate/pattern_model_p.h"
#include "core/simulate/random_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa::simulate {
namespace {

constexpr Composition atomicNumber = {8, 14, 32, 51, 52};
constexpr double countsPerNanometre = 13.5; ///< X-rays of a film 26 nm thick: 350
constexpr double haadfNoise = 0.02;

} // namespace

std::vector<ElementMap> measuredMaps(const Film& film, int scan, std::uint64_t seed)
{
    std::vector<ElementMap> maps;
    for (const char* element : elements)
        maps.push_back(emptyMap(element, MapUnit::Fraction, film.shape()));
    maps.push_back(emptyMap("HAADF", MapUnit::Arbitrary, film.shape()));
    for (ElementMap& map : maps)
        map.scanStep_nm = scanStep_nm;
    Random random({seed, 0xed5, static_cast<std::uint64_t>(scan)});
    for (int y = 0; y < film.shape().height; ++y)
        for (int x = 0; x < film.shape().width; ++x) {
            const Spot spot = film.at(scan, y, x);
            const double expected = std::clamp(countsPerNanometre * spot.thickness_nm, 200.0, 500.0);
            std::array<int, elements.size()> counts = {};
            int total = 0;
            double contrast = 0;
            for (std::size_t i = 0; i < elements.size(); ++i) {
                counts[i] = random.poisson(static_cast<float>(expected * spot.composition[i]));
                total += counts[i];
                contrast += spot.composition[i] * std::pow(atomicNumber[i], 1.7);
            }
            for (std::size_t i = 0; i < elements.size(); ++i)
                maps[i].at(y, x) = static_cast<float>(counts[i]) / static_cast<float>(std::max(1, total));
            maps.back().at(y, x) =
                static_cast<float>(spot.thickness_nm * contrast * (1 + haadfNoise * random.normal()));
        }
    return maps;
}

} // namespace dispersa::simulate
