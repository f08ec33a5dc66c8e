// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/masked_filters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace dispersa {
namespace {

/// Index inside 0..length-1 that mirrors `i` about the border pixels: dcb|abcd|cba.
int reflect101(int i, int length)
{
    if (length == 1)
        return 0;
    const int period = 2 * (length - 1);
    i = ((i % period) + period) % period;
    return i < length ? i : period - i;
}

/// Median of all values, which are reordered.
float medianOf(std::vector<float>& values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    const float below = *std::max_element(values.begin(), middle);
    return static_cast<float>(0.5 * (static_cast<double>(below) + static_cast<double>(*middle)));
}

/// A neighbour that takes part in the bilateral filter, by its distance.
struct Neighbour {
    int dy;
    int dx;
    double weight;
};

std::vector<Neighbour> disc(int radius, double sigmaSpace)
{
    std::vector<Neighbour> neighbours;
    for (int dy = -radius; dy <= radius; ++dy)
        for (int dx = -radius; dx <= radius; ++dx) {
            const double squared = dy * dy + dx * dx;
            if (std::sqrt(squared) <= radius)
                neighbours.push_back({dy, dx, std::exp(-0.5 * squared / (sigmaSpace * sigmaSpace))});
        }
    return neighbours;
}

} // namespace

ElementMap medianFiltered(const ElementMap& map, int size)
{
    const int radius = size / 2;
    ElementMap result = map;
    std::vector<float> window;
    window.reserve(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
    for (int y = 0; y < map.shape.height; ++y) {
        for (int x = 0; x < map.shape.width; ++x) {
            if (!ElementMap::isData(map.at(y, x))) {
                result.at(y, x) = std::numeric_limits<float>::quiet_NaN();
                continue;
            }
            window.clear();
            for (int dy = -radius; dy <= radius; ++dy)
                for (int dx = -radius; dx <= radius; ++dx) {
                    const float value =
                        map.at(std::clamp(y + dy, 0, map.shape.height - 1), std::clamp(x + dx, 0, map.shape.width - 1));
                    if (ElementMap::isData(value))
                        window.push_back(value);
                }
            result.at(y, x) = medianOf(window);
        }
    }
    return result;
}

ElementMap maskedBilateral(const ElementMap& map, int diameter, double sigmaColor, double sigmaSpace)
{
    // OpenCV's smallest radius is 1.
    const std::vector<Neighbour> neighbours = disc(std::max(1, diameter / 2), sigmaSpace);
    ElementMap result = map;
    for (int y = 0; y < map.shape.height; ++y) {
        for (int x = 0; x < map.shape.width; ++x) {
            const double centre = map.at(y, x);
            if (!ElementMap::isData(map.at(y, x))) {
                result.at(y, x) = std::numeric_limits<float>::quiet_NaN();
                continue;
            }
            double sum = 0;
            double weights = 0;
            for (const Neighbour& neighbour : neighbours) {
                const float value = map.at(reflect101(y + neighbour.dy, map.shape.height),
                                           reflect101(x + neighbour.dx, map.shape.width));
                if (!ElementMap::isData(value))
                    continue;
                const double difference = (static_cast<double>(value) - centre) / sigmaColor;
                const double weight = neighbour.weight * std::exp(-0.5 * difference * difference);
                sum += weight * static_cast<double>(value);
                weights += weight;
            }
            result.at(y, x) = static_cast<float>(sum / weights);
        }
    }
    return result;
}

} // namespace dispersa
