// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pattern_preparation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace dispersa {
namespace {

ImagePoint middleOf(PatternShape shape)
{
    return {static_cast<double>(shape.height / 2), static_cast<double>(shape.width / 2)};
}

float finiteOrZero(float value)
{
    return std::isfinite(value) ? value : 0.0f;
}

/// Calls use(y, x, value) with every pixel's value cut down to what its brightest direct neighbour reaches, so that a
/// hot pixel, which stands alone, counts no more than its surroundings.
template<class Use>
void forEachSupported(std::span<const float> pattern, PatternShape shape, Use use)
{
    const auto width = static_cast<std::size_t>(shape.width);
    const std::vector<float> outside(width, 0.0f);
    for (int y = 0; y < shape.height; ++y) {
        const float* row = pattern.data() + static_cast<std::size_t>(y) * width;
        const float* above = y > 0 ? row - width : outside.data();
        const float* below = y + 1 < shape.height ? row + width : outside.data();
        for (std::size_t x = 0; x < width; ++x) {
            const float value = finiteOrZero(row[x]);
            const float left = x > 0 ? finiteOrZero(row[x - 1]) : 0.0f;
            const float right = x + 1 < width ? finiteOrZero(row[x + 1]) : 0.0f;
            const float upper = finiteOrZero(above[x]);
            const float lower = finiteOrZero(below[x]);
            const float support = std::max(std::max(left, right), std::max(upper, lower));
            use(y, static_cast<int>(x), std::min(value, support));
        }
    }
}

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

} // namespace

PatternShape preparedShape(PatternShape raw, int bin)
{
    return {raw.height / bin, raw.width / bin};
}

ImagePoint directBeamCentre(std::span<const float> pattern, PatternShape shape)
{
    float robustMaximum = 0;
    forEachSupported(pattern, shape, [&](int, int, float value) { robustMaximum = std::max(robustMaximum, value); });
    double weight = 0;
    double sumY = 0;
    double sumX = 0;
    const auto add = [&](int y, int x, double value) {
        weight += value;
        sumY += value * y;
        sumX += value * x;
    };
    if (robustMaximum > 0) {
        forEachSupported(pattern, shape, [&](int y, int x, float value) {
            if (value > 0.5f * robustMaximum)
                add(y, x, value);
        });
    } else {
        // Nothing but lonely pixels: a beam narrower than a pixel is one of them.
        float brightest = 0;
        for (const float value : pattern)
            brightest = std::max(brightest, finiteOrZero(value));
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const float value =
                    finiteOrZero(pattern[static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) +
                                         static_cast<std::size_t>(x)]);
                if (value > 0.5f * brightest)
                    add(y, x, value);
            }
    }
    if (!(weight > 0))
        return middleOf(shape);
    return {sumY / weight, sumX / weight};
}

Result<ImagePoint> typicalBeamCentre(const DiffractionScan& scan, const Region& region)
{
    if (!region.fitsInto(scan.scanShape()))
        return fail(ErrorCode::InvalidArgument,
                    "The region " + toText(region) + " does not fit into the scan '" + scan.file().string() + "' of " +
                        toText(scan.scanShape()) + " probe positions.",
                    scan.file(), {toText(region), toText(scan.scanShape())});
    const std::int64_t samples = std::min<std::int64_t>(200, region.count());
    std::vector<double> ys;
    std::vector<double> xs;
    for (std::int64_t i = 0; i < samples; ++i) {
        const std::int64_t place = (2 * i + 1) * region.count() / (2 * samples);
        const ScanPoint point{region.y + static_cast<int>(place / region.width),
                              region.x + static_cast<int>(place % region.width)};
        if (!scan.isAvailable(point))
            continue;
        const auto pattern = scan.pattern(point);
        if (!pattern)
            return fail(pattern.error());
        const ImagePoint centre = directBeamCentre(*pattern, scan.patternShape());
        ys.push_back(centre.y);
        xs.push_back(centre.x);
    }
    if (ys.empty())
        return middleOf(scan.patternShape());
    return ImagePoint{median(std::move(ys)), median(std::move(xs))};
}

void prepareCounts(std::span<const float> raw, PatternShape shape, const DiffractionOptions& options,
                   ImagePoint beamCentre, std::span<float> out)
{
    int shiftY = 0;
    int shiftX = 0;
    if (options.centre == CentreKind::CentreOfMass) {
        const ImagePoint found = directBeamCentre(raw, shape);
        shiftY = shape.height / 2 - static_cast<int>(std::lround(found.y));
        shiftX = shape.width / 2 - static_cast<int>(std::lround(found.x));
        beamCentre = middleOf(shape);
    }
    const PatternShape binned = preparedShape(shape, options.bin);
    const auto bin = static_cast<std::size_t>(options.bin);
    const auto binnedWidth = static_cast<std::size_t>(binned.width);
    const double radius = options.beamMask_px;

    // Columns of the shifted row that the raw pattern covers.
    const int firstColumn = std::clamp(shiftX, 0, shape.width);
    const int lastColumn = std::clamp(shape.width + shiftX, 0, shape.width);
    std::vector<float> row(static_cast<std::size_t>(shape.width), 0.0f);
    std::fill(out.begin(), out.end(), 0.0f);
    for (int y = 0; y < binned.height * options.bin; ++y) {
        const int source = y - shiftY;
        if (source < 0 || source >= shape.height)
            continue;
        const float* values = raw.data() + static_cast<std::size_t>(source) * static_cast<std::size_t>(shape.width);
        for (int x = firstColumn; x < lastColumn; ++x)
            row[static_cast<std::size_t>(x)] = finiteOrZero(values[x - shiftX]);
        const double dy = y - beamCentre.y;
        if (radius > 0 && std::abs(dy) <= radius) {
            const int first = static_cast<int>(std::clamp(std::floor(beamCentre.x - radius), 0.0, double(shape.width)));
            const int last =
                static_cast<int>(std::clamp(std::ceil(beamCentre.x + radius) + 1, 0.0, double(shape.width)));
            for (int x = first; x < last; ++x)
                if (std::hypot(dy, x - beamCentre.x) <= radius)
                    row[static_cast<std::size_t>(x)] = 0;
        }
        float* target = out.data() + static_cast<std::size_t>(y / options.bin) * binnedWidth;
        if (bin == 1) {
            std::memcpy(target, row.data(), binnedWidth * sizeof(float));
            continue;
        }
        for (std::size_t x = 0; x < binnedWidth; ++x) {
            float sum = target[x];
            for (std::size_t k = 0; k < bin; ++k)
                sum += row[x * bin + k];
            target[x] = sum;
        }
    }
}

float scaledCount(float count, const DiffractionOptions& options, double quantile)
{
    switch (options.scaling) {
    case Scaling::Linear:
        return count / static_cast<float>(65536 * options.bin * options.bin);
    case Scaling::SquareRoot:
        return static_cast<float>(std::sqrt(std::max<double>(count, 0) / quantile));
    case Scaling::Log:
        return static_cast<float>(std::log1p(std::max<double>(count, 0)) / std::log1p(quantile));
    }
    return count;
}

} // namespace dispersa
