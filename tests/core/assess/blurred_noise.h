// SPDX-License-Identifier: GPL-3.0-or-later
// Maps whose correlation is known: white noise after the blur of the paper.
#pragma once

#include "core/base/random.h"
#include "core/data/element_map.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dispersa {

/// White noise of sd 1 blurred by OpenCV's fixed 7x7 Gaussian kernel. One-dimensional sums over all lags: of its
/// correlation 4.983, of its square 3.568.
inline ElementMap blurredNoise(ScanShape shape, std::uint64_t seed)
{
    constexpr double kernel[7] = {1 / 32., 7 / 64., 7 / 32., 9 / 32., 7 / 32., 7 / 64., 1 / 32.};
    Random random(seed);
    const int wide = shape.width + 6;
    std::vector<double> noise(std::size_t(shape.height + 6) * std::size_t(wide));
    for (double& value : noise)
        value = random.normal();
    ElementMap map = emptyMap("noise", MapUnit::Arbitrary, shape);
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            double sum = 0;
            for (int j = 0; j < 7; ++j)
                for (int i = 0; i < 7; ++i)
                    sum += kernel[j] * kernel[i] * noise[std::size_t(y + j) * std::size_t(wide) + std::size_t(x + i)];
            map.at(y, x) = static_cast<float>(sum);
        }
    return map;
}

} // namespace dispersa
