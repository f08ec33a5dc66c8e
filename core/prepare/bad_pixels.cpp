// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/bad_pixels.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa {
namespace {

constexpr std::size_t fewestPatterns = 3;
constexpr double keptFraction = 0.9;
constexpr double deadFraction = 0.2;
constexpr double skirtFraction = 0.1; ///< of a peak's height that its neighbours reach if it is a real one
constexpr double normalMad = 1.4826;  ///< standard deviation of normal values per median absolute deviation

double medianOf(std::vector<double>& values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Calls use(place) for the pixels whose larger offset from (y, x) is nearest..farthest.
template<class Use>
void forEachAround(PatternShape shape, int y, int x, int nearest, int farthest, Use use)
{
    for (int row = std::max(0, y - farthest); row <= std::min(shape.height - 1, y + farthest); ++row)
        for (int column = std::max(0, x - farthest); column <= std::min(shape.width - 1, x + farthest); ++column)
            if (std::max(std::abs(row - y), std::abs(column - x)) >= nearest)
                use(static_cast<std::size_t>(row) * static_cast<std::size_t>(shape.width) +
                    static_cast<std::size_t>(column));
}

/// Mean of the lowest 90 % of each pixel's values; NaN where most are not numbers.
std::vector<double> levelsOf(std::span<const float> patterns, std::size_t pixels)
{
    const std::size_t count = patterns.size() / pixels;
    std::vector<double> levels(pixels);
    std::vector<float> values;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        values.clear();
        for (std::size_t i = 0; i < count; ++i)
            if (const float value = patterns[i * pixels + pixel]; std::isfinite(value))
                values.push_back(value);
        if (2 * values.size() < count) {
            levels[pixel] = std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        const auto kept = static_cast<std::size_t>(std::ceil(keptFraction * static_cast<double>(values.size())));
        std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(kept - 1), values.end());
        double sum = 0;
        for (std::size_t i = 0; i < kept; ++i)
            sum += static_cast<double>(values[i]);
        levels[pixel] = sum / static_cast<double>(kept);
    }
    return levels;
}

/// What the pixels around one look like.
struct Surroundings {
    double level = 0;  ///< median
    double low = 0;    ///< a quarter lies below
    double spread = 0; ///< standard deviation, from the median absolute deviation
};

Surroundings surroundingsOf(const std::vector<double>& levels, PatternShape shape, int y, int x,
                            std::vector<double>& values)
{
    values.clear();
    forEachAround(shape, y, x, 1, 2, [&](std::size_t place) {
        if (std::isfinite(levels[place]))
            values.push_back(levels[place]);
    });
    Surroundings found;
    found.level = medianOf(values);
    if (!values.empty()) {
        const auto quarter = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 4);
        std::nth_element(values.begin(), quarter, values.end());
        found.low = *quarter;
    }
    for (double& value : values)
        value = std::abs(value - found.level);
    found.spread = normalMad * medianOf(values);
    return found;
}

/// How far the four direct neighbours rise above the pixels two away: a real peak has a skirt.
double skirtOf(const std::vector<double>& levels, PatternShape shape, int y, int x, std::vector<double>& values)
{
    values.clear();
    for (const auto& [dy, dx] : {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}})
        if (y + dy >= 0 && y + dy < shape.height && x + dx >= 0 && x + dx < shape.width)
            if (const double level = levels[static_cast<std::size_t>((y + dy) * shape.width + x + dx)];
                std::isfinite(level))
                values.push_back(level);
    const double near = medianOf(values);
    values.clear();
    forEachAround(shape, y, x, 2, 2, [&](std::size_t place) {
        if (std::isfinite(levels[place]))
            values.push_back(levels[place]);
    });
    return near - medianOf(values);
}

void findNeighbours(std::vector<BadPixel>& found, PatternShape shape)
{
    std::vector<std::uint8_t> bad(static_cast<std::size_t>(shape.count()), 0);
    for (const BadPixel& pixel : found)
        bad[static_cast<std::size_t>(pixel.pixel)] = 1;
    for (BadPixel& pixel : found) {
        const int y = pixel.pixel / shape.width;
        const int x = pixel.pixel % shape.width;
        for (int reach = 1; reach <= 8 && pixel.neighbours.size() < 3; ++reach) {
            pixel.neighbours.clear();
            forEachAround(shape, y, x, 1, reach, [&](std::size_t place) {
                if (bad[place] == 0)
                    pixel.neighbours.push_back(static_cast<std::int32_t>(place));
            });
        }
    }
}

} // namespace

std::vector<BadPixel> findBadPixels(std::span<const float> patterns, PatternShape shape, double sigmas)
{
    const auto pixels = static_cast<std::size_t>(shape.count());
    std::vector<BadPixel> found;
    if (pixels == 0 || patterns.size() / pixels < fewestPatterns)
        return found;
    const auto count = static_cast<double>(patterns.size() / pixels);
    const std::vector<double> levels = levelsOf(patterns, pixels);
    std::vector<Surroundings> around(pixels);
    std::vector<double> values;
    std::vector<double> differences;
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            const auto place = static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) +
                               static_cast<std::size_t>(x);
            around[place] = surroundingsOf(levels, shape, y, x, values);
            if (std::isfinite(levels[place]))
                differences.push_back(std::abs(levels[place] - around[place].level));
        }
    const double everywhere = normalMad * medianOf(differences);
    for (std::size_t place = 0; place < pixels; ++place) {
        const int y = static_cast<int>(place) / shape.width;
        const int x = static_cast<int>(place) % shape.width;
        if (!std::isfinite(levels[place])) {
            found.push_back({static_cast<std::int32_t>(place), BadPixelKind::Dead});
            continue;
        }
        const Surroundings& here = around[place];
        // Less than one count in the whole sample cannot be told from none.
        const double counting = std::sqrt(std::max(here.level, 1 / count) / count);
        const double noise = std::max({counting, here.spread, everywhere});
        const double excess = levels[place] - here.level;
        if (excess > sigmas * noise) {
            if (skirtOf(levels, shape, y, x, values) < skirtFraction * excess)
                found.push_back({static_cast<std::int32_t>(place), BadPixelKind::Hot});
        } else if (here.low - levels[place] > sigmas * counting && levels[place] < deadFraction * here.low) {
            found.push_back({static_cast<std::int32_t>(place), BadPixelKind::Dead});
        }
    }
    findNeighbours(found, shape);
    return found;
}

void repairPixels(std::span<float> pattern, std::span<const BadPixel> pixels)
{
    std::vector<float> values;
    for (const BadPixel& pixel : pixels) {
        values.clear();
        for (const std::int32_t neighbour : pixel.neighbours)
            if (const float value = pattern[static_cast<std::size_t>(neighbour)]; std::isfinite(value))
                values.push_back(value);
        float repaired = 0;
        if (!values.empty()) {
            const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
            std::nth_element(values.begin(), middle, values.end());
            repaired = *middle;
        }
        pattern[static_cast<std::size_t>(pixel.pixel)] = repaired;
    }
}

} // namespace dispersa
