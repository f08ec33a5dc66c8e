// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace dispersa {
namespace {

float finiteOrZero(float value)
{
    return std::isfinite(value) ? value : 0.0f;
}

/// Symmetric 2 x 2 matrix that makes the ellipse round.
struct Rounding {
    double yy = 1;
    double yx = 0;
    double xx = 1;
};

Rounding roundingOf(const Ellipse& ellipse)
{
    const double angle = ellipse.angle_deg * std::numbers::pi / 180;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double along = 1 / std::sqrt(ellipse.ratio);
    const double across = std::sqrt(ellipse.ratio);
    return {along * s * s + across * c * c, (along - across) * s * c, along * c * c + across * s * s};
}

/// Where a shift takes its counts from: out[i] = (1 - part) in[i - whole] + part in[i - whole - 1].
struct Shift {
    explicit Shift(double by) : whole(static_cast<int>(std::floor(by))), part(static_cast<float>(by - std::floor(by)))
    {
    }
    int whole;
    float part;
};

/// Adds `factor` x the row, shifted along x, to `out`.
void addShiftedRow(std::span<const float> row, const Shift& shift, float factor, std::span<float> out)
{
    const int width = static_cast<int>(row.size());
    const auto add = [&](int by, float weight) {
        if (weight == 0)
            return;
        const int first = std::clamp(by, 0, width);
        const int last = std::clamp(width + by, 0, width);
        for (int x = first; x < last; ++x)
            out[static_cast<std::size_t>(x)] += weight * row[static_cast<std::size_t>(x - by)];
    };
    add(shift.whole, factor * (1 - shift.part));
    add(shift.whole + 1, factor * shift.part);
}

void translate(std::span<const float> pattern, PatternShape shape, const Shift& down, const Shift& right,
               std::span<float> out)
{
    const auto width = static_cast<std::size_t>(shape.width);
    std::vector<float> row(width);
    for (int y = 0; y < shape.height; ++y) {
        const auto values = pattern.subspan(static_cast<std::size_t>(y) * width, width);
        std::transform(values.begin(), values.end(), row.begin(), finiteOrZero);
        for (const auto& [by, weight] : {std::pair{down.whole, 1 - down.part}, {down.whole + 1, down.part}})
            if (const std::int64_t target = std::int64_t(y) + by; weight != 0 && target >= 0 && target < shape.height)
                addShiftedRow(row, right, weight, out.subspan(static_cast<std::size_t>(target) * width, width));
    }
}

void deform(std::span<const float> pattern, PatternShape shape, ImagePoint from, ImagePoint to, const Rounding& rounding,
            std::span<float> out)
{
    const auto put = [&](int y, int x, float value) {
        if (y >= 0 && y < shape.height && x >= 0 && x < shape.width)
            out[static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width) + static_cast<std::size_t>(x)] +=
                value;
    };
    std::size_t place = 0;
    for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x, ++place) {
            const float value = finiteOrZero(pattern[place]);
            if (value == 0)
                continue;
            const double dy = y - from.y;
            const double dx = x - from.x;
            const double newY = to.y + rounding.yy * dy + rounding.yx * dx;
            const double newX = to.x + rounding.yx * dy + rounding.xx * dx;
            if (!(newY > -1 && newY < shape.height && newX > -1 && newX < shape.width))
                continue;
            const Shift down(newY);
            const Shift right(newX);
            put(down.whole, right.whole, value * (1 - down.part) * (1 - right.part));
            put(down.whole, right.whole + 1, value * (1 - down.part) * right.part);
            put(down.whole + 1, right.whole, value * down.part * (1 - right.part));
            put(down.whole + 1, right.whole + 1, value * down.part * right.part);
        }
    }
}

} // namespace

void resamplePattern(std::span<const float> pattern, PatternShape shape, ImagePoint from, ImagePoint to,
                     const Ellipse& ellipse, std::span<float> out)
{
    std::fill(out.begin(), out.end(), 0.0f);
    const double down = to.y - from.y;
    const double right = to.x - from.x;
    if (!(std::abs(down) < 2.0 * shape.height && std::abs(right) < 2.0 * shape.width))
        return; // nothing of the pattern stays
    if (ellipse.ratio == 1)
        translate(pattern, shape, Shift(down), Shift(right), out);
    else
        deform(pattern, shape, from, to, roundingOf(ellipse), out);
}

ImagePoint resampledPoint(ImagePoint point, ImagePoint from, ImagePoint to, const Ellipse& ellipse)
{
    const Rounding rounding = roundingOf(ellipse);
    const double dy = point.y - from.y;
    const double dx = point.x - from.x;
    return {to.y + rounding.yy * dy + rounding.yx * dx, to.x + rounding.yx * dy + rounding.xx * dx};
}

} // namespace dispersa
