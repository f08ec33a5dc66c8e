// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/epoch_order_p.h"

#include "core/base/random.h"

#include <algorithm>
#include <numeric>

namespace dispersa {

std::size_t EpochOrder::window(std::size_t patterns, std::uint64_t patternBytes) const
{
    if (patterns * patternBytes <= wholeBytes)
        return 0;
    return std::max<std::size_t>({1, runBytes / patternBytes, windowBytes / patternBytes});
}

std::vector<std::int64_t> EpochOrder::shuffled(std::span<const std::int64_t> indices, std::uint64_t patternBytes,
                                               std::uint64_t seed) const
{
    Random random(seed);
    std::vector<std::int64_t> order(indices.begin(), indices.end());
    const std::size_t window = this->window(order.size(), patternBytes);
    if (window == 0) {
        random.shuffle(std::span(order));
        return order;
    }
    std::sort(order.begin(), order.end());
    const std::size_t run = std::max<std::size_t>(1, runBytes / patternBytes);
    std::vector<std::size_t> runs((order.size() + run - 1) / run);
    std::iota(runs.begin(), runs.end(), std::size_t(0));
    random.shuffle(std::span(runs));
    std::vector<std::int64_t> mixed;
    mixed.reserve(order.size());
    for (const std::size_t r : runs)
        mixed.insert(mixed.end(), order.begin() + std::ptrdiff_t(r * run),
                     order.begin() + std::ptrdiff_t(std::min(order.size(), (r + 1) * run)));
    for (std::size_t begin = 0; begin < mixed.size(); begin += window)
        random.shuffle(std::span(mixed).subspan(begin, std::min(window, mixed.size() - begin)));
    return mixed;
}

} // namespace dispersa
