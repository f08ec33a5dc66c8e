// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/row_means.h"

#include <cstddef>
#include <limits>
#include <span>

namespace dispersa {
namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

void removeMean(std::span<float> row)
{
    double sum = 0;
    double n = 0;
    float first = noData;
    bool constant = true;
    for (const float value : row) {
        if (!ElementMap::isData(value))
            continue;
        if (n == 0)
            first = value;
        // Compared value by value: the mean of equal numbers may differ from them by rounding.
        constant = constant && value == first;
        sum += static_cast<double>(value);
        n += 1;
    }
    for (float& value : row)
        value = !ElementMap::isData(value) ? noData
                : constant                 ? 0.0f
                                           : static_cast<float>(static_cast<double>(value) - sum / n);
}

} // namespace

ElementMap withoutRowMeans(const ElementMap& map)
{
    ElementMap result = map;
    const auto width = static_cast<std::size_t>(map.shape.width);
    for (std::size_t y = 0; y < static_cast<std::size_t>(map.shape.height); ++y)
        removeMean(std::span(result.values).subspan(y * width, width));
    return result;
}

Score pearsonWithoutRowMeans(const ElementMap& real, const ElementMap& predicted)
{
    if (real.shape != predicted.shape)
        return {std::nullopt, "shapes_differ"};
    ElementMap a = real;
    ElementMap b = predicted;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        if (ElementMap::isData(a.values[i]) && ElementMap::isData(b.values[i]))
            continue;
        a.values[i] = noData;
        b.values[i] = noData;
    }
    return pearson(withoutRowMeans(a).values, withoutRowMeans(b).values);
}

} // namespace dispersa
