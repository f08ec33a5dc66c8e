// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pattern_preparation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
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

} // namespace

PatternShape preparedShape(PatternShape raw, int bin)
{
    return {raw.height / bin, raw.width / bin};
}

ImagePoint directBeamCentre(std::span<const float> pattern, PatternShape shape)
{
    if (shape.count() == 0)
        return middleOf(shape);
    ColumnMaxima maxima(shape);
    forEachSupportedRow(pattern, shape, [&](int, std::span<const float> row) { maxima.addRow(row); });
    Centroid centroid(shape);
    if (const float robustMaximum = maxima.largest(); robustMaximum > 0) {
        forEachSupportedRow(pattern, shape,
                            [&](int y, std::span<const float> row) { centroid.addRow(y, row, 0.5f * robustMaximum); });
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
