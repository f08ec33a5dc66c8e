// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/beam_centre.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

namespace dispersa {
namespace {

float finiteOrZero(float value)
{
    return std::isfinite(value) ? value : 0.0f;
}

/// By value: compilers vectorise it where std::max, which returns references, keeps them from it.
float larger(float a, float b)
{
    return a > b ? a : b;
}

/// Calls use(y, row) with the rows of the pattern in which every pixel is cut down to what its brightest direct
/// neighbour reaches, so that a hot pixel, which stands alone, counts no more than its surroundings.
template<class Use>
void forEachSupportedRow(std::span<const float> pattern, PatternShape shape, Use use)
{
    const auto width = static_cast<std::size_t>(shape.width);
    // Three cleaned rows with a zero on either side; plain loops over them become vector instructions.
    std::vector<float> above(width + 2, 0.0f);
    std::vector<float> current(width + 2, 0.0f);
    std::vector<float> below(width + 2, 0.0f);
    std::vector<float> supported(width);
    const auto load = [&](int y, std::vector<float>& row) {
        if (y >= shape.height) {
            std::fill(row.begin(), row.end(), 0.0f);
            return;
        }
        const float* values = pattern.data() + static_cast<std::size_t>(y) * width;
        for (std::size_t x = 0; x < width; ++x)
            row[x + 1] = finiteOrZero(values[x]);
    };
    load(0, current);
    for (int y = 0; y < shape.height; ++y) {
        load(y + 1, below);
        for (std::size_t x = 0; x < width; ++x) {
            const float sides = larger(current[x], current[x + 2]);
            const float support = larger(sides, larger(above[x + 1], below[x + 1]));
            supported[x] = support < current[x + 1] ? support : current[x + 1];
        }
        use(y, supported);
        std::swap(above, current);
        std::swap(current, below);
    }
}

/// Centroid of what rises above a threshold, weighted by how far it does, so that noise at the threshold weighs
/// nothing; gathered per column so that rows are added without branches.
class Centroid {
  public:
    explicit Centroid(PatternShape shape)
        : m_weights(static_cast<std::size_t>(shape.width), 0), m_moments(static_cast<std::size_t>(shape.width), 0),
          m_excess(static_cast<std::size_t>(shape.width), 0)
    {
    }

    void addRow(int y, std::span<const float> row, float threshold)
    {
        // Two loops: in one, the comparison would become a branch and keep the sums from vector instructions.
        for (std::size_t x = 0; x < row.size(); ++x)
            m_excess[x] = larger(row[x] - threshold, 0.0f);
        for (std::size_t x = 0; x < row.size(); ++x) {
            const auto weight = static_cast<double>(m_excess[x]);
            m_weights[x] += weight;
            m_moments[x] += weight * y;
        }
    }

    std::optional<ImagePoint> point() const
    {
        double weight = 0;
        double sumY = 0;
        double sumX = 0;
        for (std::size_t x = 0; x < m_weights.size(); ++x) {
            weight += m_weights[x];
            sumY += m_moments[x];
            sumX += m_weights[x] * static_cast<double>(x);
        }
        if (!(weight > 0))
            return std::nullopt;
        return ImagePoint{sumY / weight, sumX / weight};
    }

  private:
    std::vector<double> m_weights;
    std::vector<double> m_moments;
    std::vector<float> m_excess;
};

/// Largest value of each column over the rows added.
class ColumnMaxima {
  public:
    explicit ColumnMaxima(PatternShape shape) : m_values(static_cast<std::size_t>(shape.width), 0.0f) {}
    void addRow(std::span<const float> row)
    {
        for (std::size_t x = 0; x < row.size(); ++x)
            m_values[x] = std::max(m_values[x], row[x]);
    }
    float largest() const { return m_values.empty() ? 0.0f : *std::max_element(m_values.begin(), m_values.end()); }

  private:
    std::vector<float> m_values;
};

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

/// For subPixelBeamCentre(): a pixel counts no more than this times its brightest direct neighbour. A beam
/// that fills a few pixels stays as it is, a hot pixel does not.
constexpr float loneliest = 4;

/// Value of a pixel for subPixelBeamCentre().
float tamed(std::span<const float> pattern, PatternShape shape, int y, int x)
{
    const auto at = [&](int row, int column) {
        if (row < 0 || row >= shape.height || column < 0 || column >= shape.width)
            return 0.0f;
        return finiteOrZero(
            pattern[static_cast<std::size_t>(row) * static_cast<std::size_t>(shape.width) + static_cast<std::size_t>(column)]);
    };
    const float support = larger(larger(at(y - 1, x), at(y + 1, x)), larger(at(y, x - 1), at(y, x + 1)));
    return std::min(at(y, x), loneliest * larger(support, 0.0f));
}

/// The pixels within `reach` of `centre`, with their distance.
template<class Use>
void forEachPixelNear(ImagePoint centre, double reach, PatternShape shape, Use use)
{
    const int top = std::max(0, static_cast<int>(std::floor(centre.y - reach)));
    const int bottom = std::min(shape.height - 1, static_cast<int>(std::ceil(centre.y + reach)));
    const int left = std::max(0, static_cast<int>(std::floor(centre.x - reach)));
    const int right = std::min(shape.width - 1, static_cast<int>(std::ceil(centre.x + reach)));
    for (int y = top; y <= bottom; ++y)
        for (int x = left; x <= right; ++x)
            if (const double distance = std::hypot(y - centre.y, x - centre.x); distance <= reach)
                use(y, x, distance);
}

} // namespace

ImagePoint middleOf(PatternShape shape)
{
    return {static_cast<double>(shape.height / 2), static_cast<double>(shape.width / 2)};
}

ImagePoint directBeamCentre(std::span<const float> pattern, PatternShape shape)
{
    if (shape.count() == 0)
        return middleOf(shape);
    Centroid centroid(shape);
    if (const auto highest = float(robustMaximum(pattern, shape)); highest > 0) {
        forEachSupportedRow(pattern, shape,
                            [&](int y, std::span<const float> row) { centroid.addRow(y, row, 0.5f * highest); });
    } else {
        // Nothing but lonely pixels: a beam narrower than a pixel is one of them.
        std::vector<float> cleaned(pattern.begin(), pattern.end());
        std::transform(cleaned.begin(), cleaned.end(), cleaned.begin(), finiteOrZero);
        const float brightest = std::max(0.0f, *std::max_element(cleaned.begin(), cleaned.end()));
        const auto width = static_cast<std::size_t>(shape.width);
        for (int y = 0; y < shape.height; ++y)
            centroid.addRow(y, std::span<const float>(cleaned).subspan(static_cast<std::size_t>(y) * width, width),
                            0.5f * brightest);
    }
    return centroid.point().value_or(middleOf(shape));
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

double robustMaximum(std::span<const float> pattern, PatternShape shape)
{
    ColumnMaxima maxima(shape);
    forEachSupportedRow(pattern, shape, [&](int, std::span<const float> row) { maxima.addRow(row); });
    return double(maxima.largest());
}

double directBeamRadius(std::span<const float> pattern, PatternShape shape)
{
    const float threshold = 0.5f * float(robustMaximum(pattern, shape));
    if (!(threshold > 0))
        return 1;
    const ImagePoint centre = directBeamCentre(pattern, shape);
    // Bragg spots above half of the maximum are not the beam: only what lies within the disc that all of it would fill.
    std::int64_t bright = 0;
    forEachSupportedRow(pattern, shape, [&](int, std::span<const float> row) {
        bright += std::count_if(row.begin(), row.end(), [&](float value) { return value > threshold; });
    });
    const double reach = std::sqrt(static_cast<double>(bright) / std::numbers::pi) + 2;
    std::int64_t inside = 0;
    forEachPixelNear(centre, reach, shape, [&](int y, int x, double) {
        inside += tamed(pattern, shape, y, x) > threshold ? 1 : 0;
    });
    return std::max(1.0, std::sqrt(static_cast<double>(inside) / std::numbers::pi));
}

ImagePoint subPixelBeamCentre(std::span<const float> pattern, PatternShape shape, double radius_px)
{
    constexpr int mostSteps = 20;
    constexpr double converged_px = 1e-3;
    constexpr double ring_px = 3;
    const ImagePoint start = directBeamCentre(pattern, shape);
    // The disc and its tails; what lies beyond is scattered, and pulls.
    const double reach = 1.5 * radius_px + 2;
    ImagePoint centre = start;
    std::vector<float> around;
    for (int step = 0; step < mostSteps; ++step) {
        around.clear();
        forEachPixelNear(centre, reach + ring_px, shape, [&](int y, int x, double distance) {
            if (distance > reach)
                around.push_back(tamed(pattern, shape, y, x));
        });
        double background = 0;
        if (!around.empty()) {
            const auto middle = around.begin() + static_cast<std::ptrdiff_t>(around.size() / 2);
            std::nth_element(around.begin(), middle, around.end());
            background = static_cast<double>(*middle);
        }
        double weight = 0;
        double sumY = 0;
        double sumX = 0;
        forEachPixelNear(centre, reach + 0.5, shape, [&](int y, int x, double distance) {
            // A border of one pixel width, so that no pixel jumps in or out as the window moves.
            const double value = std::clamp(reach + 0.5 - distance, 0.0, 1.0) *
                                 (static_cast<double>(tamed(pattern, shape, y, x)) - background);
            weight += value;
            sumY += value * y;
            sumX += value * x;
        });
        if (!(weight > 0))
            return start;
        const ImagePoint next{sumY / weight, sumX / weight};
        if (!(std::hypot(next.y - start.y, next.x - start.x) <= reach))
            return start; // drawn away by something else that is bright
        const double moved = std::hypot(next.y - centre.y, next.x - centre.x);
        centre = next;
        if (moved < converged_px)
            break;
    }
    return centre;
}

} // namespace dispersa
