// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/spatial_statistics.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace dispersa {
namespace {

/// Sums of image(p) image(p + lag) for every lag, laid out as Autocorrelation::values.
std::vector<double> lagSums(const std::vector<double>& image, ScanShape shape)
{
    // Room for every lag, so that none wraps around.
    const int paddedHeight = cv::getOptimalDFTSize(2 * shape.height - 1);
    const int paddedWidth = cv::getOptimalDFTSize(2 * shape.width - 1);
    cv::Mat_<double> padded(paddedHeight, paddedWidth, 0.0);
    for (int y = 0; y < shape.height; ++y)
        std::copy_n(image.begin() + std::ptrdiff_t(y) * shape.width, shape.width, padded[y]);
    cv::Mat spectrum, power;
    cv::dft(padded, spectrum, 0, shape.height);
    cv::mulSpectrums(spectrum, spectrum, power, 0, true);
    cv::dft(power, padded, cv::DFT_INVERSE | cv::DFT_SCALE | cv::DFT_REAL_OUTPUT);
    std::vector<double> sums;
    sums.reserve(std::size_t(2 * shape.height - 1) * std::size_t(2 * shape.width - 1));
    for (int dy = 1 - shape.height; dy < shape.height; ++dy)
        for (int dx = 1 - shape.width; dx < shape.width; ++dx)
            sums.push_back(padded((dy + paddedHeight) % paddedHeight, (dx + paddedWidth) % paddedWidth));
    return sums;
}

int distance(int dy, int dx)
{
    return static_cast<int>(std::lround(std::hypot(dy, dx)));
}

/// Calls use(dy, dx) for every lag nearer than `reach`.
template<class Use>
void forEachLag(ScanShape shape, int reach, Use use)
{
    const int rows = std::min(shape.height - 1, reach);
    const int columns = std::min(shape.width - 1, reach);
    for (int dy = -rows; dy <= rows; ++dy)
        for (int dx = -columns; dx <= columns; ++dx)
            if (distance(dy, dx) < reach)
                use(dy, dx);
}

int reachOf(const Autocorrelation& correlation)
{
    const int longest = std::max(2, std::max(correlation.shape.height, correlation.shape.width) / 2);
    std::vector<double> sums(static_cast<std::size_t>(longest), 0);
    std::vector<double> pairs(static_cast<std::size_t>(longest), 0);
    forEachLag(correlation.shape, longest, [&](int dy, int dx) {
        const auto ring = static_cast<std::size_t>(distance(dy, dx));
        const std::size_t lag = correlation.index(dy, dx);
        sums[ring] += correlation.values[lag] * correlation.pairs[lag];
        pairs[ring] += correlation.pairs[lag];
    });
    int reach = 1;
    while (reach < longest && sums[static_cast<std::size_t>(reach)] > 0)
        ++reach;
    return reach;
}

} // namespace

std::size_t Autocorrelation::index(int dy, int dx) const
{
    return std::size_t(dy + shape.height - 1) * std::size_t(2 * shape.width - 1) + std::size_t(dx + shape.width - 1);
}

std::optional<Autocorrelation> autocorrelation(const ElementMap& map)
{
    std::vector<double> mask(map.values.size(), 0);
    double n = 0;
    double sum = 0;
    for (std::size_t i = 0; i < map.values.size(); ++i) {
        if (!ElementMap::isData(map.values[i]))
            continue;
        mask[i] = 1;
        n += 1;
        sum += static_cast<double>(map.values[i]);
    }
    const auto range = validRange(map);
    if (n < 2 || !range || range->low == range->high)
        return std::nullopt;
    std::vector<double> deviations(map.values.size(), 0);
    double squares = 0;
    for (std::size_t i = 0; i < map.values.size(); ++i) {
        if (mask[i] > 0)
            deviations[i] = static_cast<double>(map.values[i]) - sum / n;
        squares += deviations[i] * deviations[i];
    }
    Autocorrelation correlation;
    correlation.shape = map.shape;
    correlation.values = lagSums(deviations, map.shape);
    correlation.pairs = lagSums(mask, map.shape);
    for (std::size_t i = 0; i < correlation.values.size(); ++i) {
        correlation.pairs[i] = std::round(correlation.pairs[i]); // counts, but for the transform's rounding
        correlation.values[i] =
            correlation.pairs[i] > 0 ? correlation.values[i] / correlation.pairs[i] / (squares / n) : 0;
    }
    correlation.reach = reachOf(correlation);
    return correlation;
}

double autocorrelationLength(const Autocorrelation& correlation)
{
    double area = 0;
    forEachLag(correlation.shape, correlation.reach, [&](int dy, int dx) { area += correlation.at(dy, dx); });
    return std::sqrt(std::max(area, 1.0) / std::numbers::pi); // no less than the pixel itself
}

double effectiveSampleSize(const Autocorrelation& correlation)
{
    double sum = 0;
    forEachLag(correlation.shape, correlation.reach, [&](int dy, int dx) {
        const std::size_t lag = correlation.index(dy, dx);
        sum += correlation.pairs[lag] * correlation.values[lag];
    });
    const double n = correlation.pixels();
    return sum > n ? std::max(1.0, n * n / sum) : n;
}

std::optional<double> effectiveSampleSize(const ElementMap& a, const ElementMap& b)
{
    if (a.shape != b.shape)
        return std::nullopt;
    ElementMap both[2] = {a, b};
    for (std::size_t i = 0; i < a.values.size(); ++i)
        if (!ElementMap::isData(a.values[i]) || !ElementMap::isData(b.values[i]))
            both[0].values[i] = both[1].values[i] = std::numeric_limits<float>::quiet_NaN();
    const auto first = autocorrelation(both[0]);
    const auto second = autocorrelation(both[1]);
    if (!first || !second)
        return std::nullopt;
    double sum = 0;
    forEachLag(a.shape, std::min(first->reach, second->reach), [&](int dy, int dx) {
        sum += first->pairs[first->index(dy, dx)] * first->at(dy, dx) * second->at(dy, dx);
    });
    const double n = first->pixels();
    return sum > 0 ? std::min(n, 1 + n * n / sum) : n;
}

} // namespace dispersa
