// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pattern_preparation.h"

#include "core/prepare/beam_centre.h"
#include "core/prepare/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <optional>
#include <vector>

namespace dispersa {
namespace {

float finiteOrZero(float value)
{
    return std::isfinite(value) ? value : 0.0f;
}

/// Zeroes the beam in row `y`: a disc, its border included, and a cosine edge around it.
void maskRow(std::span<float> row, int y, ImagePoint beam, double radius, double edge)
{
    const double reach = radius + edge;
    const double dy = y - beam.y;
    if (!(reach > 0) || std::abs(dy) > reach)
        return;
    const double width = static_cast<double>(row.size());
    const int first = static_cast<int>(std::clamp(std::floor(beam.x - reach), 0.0, width));
    const int last = static_cast<int>(std::clamp(std::ceil(beam.x + reach) + 1, 0.0, width));
    for (int x = first; x < last; ++x) {
        const double distance = std::hypot(dy, x - beam.x);
        if (distance <= radius)
            row[static_cast<std::size_t>(x)] = 0;
        else if (distance < reach)
            row[static_cast<std::size_t>(x)] *=
                static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * (distance - radius) / edge));
    }
}

/// Whole pixels from which a row's values come.
struct WholeShift {
    int y = 0;
    int x = 0;
};

/// The steps from the shifted pattern on: mask and bin, row by row.
void maskAndBin(std::span<const float> pattern, const PreparationPlan& plan, WholeShift shift, std::span<float> out)
{
    const PatternShape shape = plan.shape;
    const DiffractionOptions& options = plan.options;
    const PatternShape binned = preparedShape(shape, options.bin);
    const auto bin = static_cast<std::size_t>(options.bin);
    const auto binnedWidth = static_cast<std::size_t>(binned.width);
    const ImagePoint beam = plan.preparedBeam();

    // Columns of the shifted row that the raw pattern covers.
    const int firstColumn = std::clamp(shift.x, 0, shape.width);
    const int lastColumn = std::clamp(shape.width + shift.x, 0, shape.width);
    std::vector<float> row(static_cast<std::size_t>(shape.width), 0.0f);
    std::fill(out.begin(), out.end(), 0.0f);
    for (int y = 0; y < binned.height * options.bin; ++y) {
        const int source = y - shift.y;
        if (source < 0 || source >= shape.height)
            continue;
        const float* values = pattern.data() + static_cast<std::size_t>(source) * static_cast<std::size_t>(shape.width);
        for (int x = firstColumn; x < lastColumn; ++x)
            row[static_cast<std::size_t>(x)] = finiteOrZero(values[x - shift.x]);
        if (options.masksBeam())
            maskRow(row, y, beam, options.beamMask_px, options.beamMaskEdge_px);
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

} // namespace

PatternShape preparedShape(PatternShape raw, int bin)
{
    return {raw.height / bin, raw.width / bin};
}

void prepareCounts(std::span<const float> raw, ScanPoint point, const PreparationPlan& plan, std::span<float> out)
{
    const DiffractionOptions& options = plan.options;
    std::vector<float> repaired;
    std::span<const float> pattern = raw;
    if (options.repairsPixels() && !plan.badPixels.empty()) {
        repaired.assign(raw.begin(), raw.end());
        repairPixels(repaired, plan.badPixels);
        pattern = repaired;
    }
    WholeShift shift;
    ImagePoint from = plan.typicalBeam;
    if (options.centre != CentreKind::None) {
        from = plan.beamOf(pattern, point);
        shift = {plan.shape.height / 2 - static_cast<int>(std::lround(from.y)),
                 plan.shape.width / 2 - static_cast<int>(std::lround(from.x))};
    }
    if (!options.resamples())
        return maskAndBin(pattern, plan, shift, out);
    // One resampling for both: each would blur. Whole-pixel centring moves a whole pixel to the middle here too.
    ImagePoint to = plan.preparedBeam();
    if (options.centre == CentreKind::CentreOfMass)
        to = {from.y + shift.y, from.x + shift.x};
    std::vector<float> resampled(pattern.size());
    resamplePattern(pattern, plan.shape, from, to, {options.ellipseRatio, options.ellipseAngle_deg}, resampled);
    maskAndBin(resampled, plan, {}, out);
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
