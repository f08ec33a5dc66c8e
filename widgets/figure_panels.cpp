// SPDX-License-Identifier: GPL-3.0-or-later
// What figures and plots on the screen read out of groups of bars alike; see figure_panels.h.
#include "widgets/figure_panels.h"

#include <algorithm>
#include <cmath>

namespace dispersa {

std::optional<ValueRange> whiskerOf(const BarGroup& group, std::size_t category)
{
    if (category < group.intervals.size() && group.intervals[category])
        return group.intervals[category];
    if (category >= group.values.size() || !group.values[category] || category >= group.errors.size() ||
        !group.errors[category] || !(*group.errors[category] > 0))
        return std::nullopt;
    return ValueRange{*group.values[category] - *group.errors[category],
                      *group.values[category] + *group.errors[category]};
}

std::vector<BarMark> markKinds(const std::vector<BarGroup>& groups)
{
    std::vector<BarMark> kinds;
    for (const BarGroup& group : groups)
        for (const BarMark& mark : group.marks) {
            const bool any = std::any_of(mark.values.begin(), mark.values.end(), [](const auto& v) { return bool(v); });
            const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const BarMark& k) { return k.name == mark.name; });
            if (any && !known)
                kinds.push_back({mark.kind, mark.name, {}});
        }
    return kinds;
}

bool hasIntervals(const std::vector<BarGroup>& groups)
{
    return std::any_of(groups.begin(), groups.end(), [](const BarGroup& group) {
        return std::any_of(group.intervals.begin(), group.intervals.end(), [](const auto& i) { return bool(i); });
    });
}

ValueRange barRange(const std::vector<BarGroup>& groups)
{
    ValueRange range{0, 0};
    const auto include = [&range](double value) {
        if (std::isfinite(value))
            range = {std::min(range.low, value), std::max(range.high, value)};
    };
    for (const BarGroup& group : groups) {
        for (std::size_t c = 0; c < group.values.size(); ++c) {
            if (group.values[c])
                include(*group.values[c]);
            if (const auto whisker = whiskerOf(group, c)) {
                include(whisker->low);
                include(whisker->high);
            }
        }
        for (const BarMark& mark : group.marks)
            for (const auto& value : mark.values)
                if (value)
                    include(*value);
    }
    return range;
}

} // namespace dispersa
