// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/profile_features.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <optional>

namespace dispersa {
namespace {

constexpr double leastVariance = 0.02;
/// Mean counts whose square still divides a variance.
constexpr double leastVarianceCounts = 0.05;

double median(std::vector<double> values)
{
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// One value per position of a region, summed over squares of positions.
class BoxSums {
  public:
    BoxSums(ScanShape shape) : m_shape(shape), m_integral(std::size_t(shape.height + 1) * std::size_t(shape.width + 1)) {}

    template<class Value>
    void set(const Value& value)
    {
        for (int y = 0; y < m_shape.height; ++y) {
            double row = 0;
            for (int x = 0; x < m_shape.width; ++x) {
                row += value(std::size_t(y) * std::size_t(m_shape.width) + std::size_t(x));
                m_integral[at(y + 1, x + 1)] = m_integral[at(y, x + 1)] + row;
            }
        }
    }
    double around(int y, int x, int radius) const
    {
        const int y0 = std::max(0, y - radius), y1 = std::min(m_shape.height, y + radius + 1);
        const int x0 = std::max(0, x - radius), x1 = std::min(m_shape.width, x + radius + 1);
        return m_integral[at(y1, x1)] - m_integral[at(y0, x1)] - m_integral[at(y1, x0)] + m_integral[at(y0, x0)];
    }

  private:
    std::size_t at(int y, int x) const { return std::size_t(y) * std::size_t(m_shape.width + 1) + std::size_t(x); }
    ScanShape m_shape;
    std::vector<double> m_integral;
};

/// Variance along ring `i` (of all patterns' rings) beyond what counting makes, times the pixels.
double excessVariance(const RingSums& rings, std::size_t i, const CountingNoise& noise)
{
    const double weight = double(rings.weight[i]);
    if (!(weight > 0))
        return 0;
    const double mean = double(rings.sum[i]) / weight;
    return double(rings.square[i]) - mean * double(rings.sum[i]) - weight * (noise.gain * mean + noise.readout);
}

} // namespace

CountingNoise countingNoise(const RingSums& rings)
{
    double n = 0, sumX = 0, sumY = 0, sumXX = 0, sumXY = 0;
    const auto patterns = std::size_t(rings.region.count());
    for (int ring = ringCount * 23 / 32; ring < ringCount - 4; ++ring) {
        std::vector<double> variances;
        double sum = 0;
        for (std::size_t p = 0; p < patterns; ++p) {
            const std::size_t i = p * ringCount + std::size_t(ring);
            const double weight = double(rings.weight[i]);
            if (!(weight > 1))
                continue;
            const double mean = double(rings.sum[i]) / weight;
            sum += mean;
            variances.push_back(double(rings.square[i]) / weight - mean * mean);
        }
        if (variances.empty())
            continue;
        const double x = sum / double(variances.size()), y = median(std::move(variances));
        n += 1;
        sumX += x;
        sumY += y;
        sumXX += x * x;
        sumXY += x * y;
    }
    const double spread = n * sumXX - sumX * sumX;
    CountingNoise noise;
    if (n >= 2 && spread > 0) {
        // Flat outer rings leave the slope to chance; counting never takes variance away.
        noise.gain = std::max(0.0, (n * sumXY - sumX * sumY) / spread);
        noise.readout = (sumY - noise.gain * sumX) / n;
    }
    return noise;
}

namespace {

/// Fills the columns of profiles, one feature after the other.
class ProfileWriter {
  public:
    ProfileWriter(const RingSums& rings, const Region& region, std::size_t values)
        : m_rings(rings), m_region(region), m_values(values), m_profiles(std::size_t(region.count()) * values, 0.0f),
          m_weights(rings.region.shape()), m_sums(rings.region.shape())
    {
    }

    void write(const ProfileFeature& feature, std::size_t first)
    {
        const auto firstRing = std::size_t(feature.firstRing);
        for (std::size_t value = 0; value < std::size_t(feature.values()); ++value) {
            if (feature.kind == ProfileFeature::Kind::Trimmed)
                sumCompared(m_trimmed, &trimmedMeans, ringCount, firstRing + value);
            else if (feature.kind == ProfileFeature::Kind::Polar)
                sumCompared(m_clipped, &clippedSectors, sectorsPerPattern, firstRing * sectorCount + value);
            else
                sumRing(firstRing + value, feature.kind);
            column(feature, first + value);
        }
    }
    std::vector<float> take() { return std::move(m_profiles); }

  private:
    /// Weights and sums, and for variances the excess too.
    void sumRing(std::size_t ring, ProfileFeature::Kind kind)
    {
        m_weights.set([&](std::size_t p) { return double(m_rings.weight[p * ringCount + ring]); });
        m_sums.set([&](std::size_t p) { return double(m_rings.sum[p * ringCount + ring]); });
        if (kind != ProfileFeature::Kind::Variance)
            return;
        if (!m_excess) {
            m_noise = countingNoise(m_rings);
            m_excess.emplace(m_rings.region.shape());
        }
        m_excess->set([&](std::size_t p) { return excessVariance(m_rings, p * ringCount + ring, m_noise); });
    }
    /// Value number `index` of `each` per position that `make` found by comparing sectors.
    void sumCompared(std::vector<float>& values, std::vector<float> (*make)(const RingSums&), std::size_t each,
                     std::size_t index)
    {
        if (values.empty())
            values = make(m_rings);
        const auto value = [&](std::size_t p) { return values[p * each + index]; };
        m_weights.set([&](std::size_t p) { return std::isfinite(value(p)) ? 1.0 : 0.0; });
        m_sums.set([&](std::size_t p) { return std::isfinite(value(p)) ? double(value(p)) : 0.0; });
    }

    void column(const ProfileFeature& feature, std::size_t column)
    {
        const int radius = feature.neighbourhood / 2;
        const int top = m_region.y - m_rings.region.y, left = m_region.x - m_rings.region.x;
        std::size_t at = column;
        for (int y = top; y < top + m_region.height; ++y)
            for (int x = left; x < left + m_region.width; ++x, at += m_values) {
                const double weight = m_weights.around(y, x, radius);
                if (!(weight > 0.5))
                    continue;
                const double mean = m_sums.around(y, x, radius) / weight;
                if (feature.kind != ProfileFeature::Kind::Variance) {
                    m_profiles[at] = float(std::log(std::max(mean, leastCounts)));
                    continue;
                }
                const double counts = std::max(mean, leastVarianceCounts);
                const double variance = m_excess->around(y, x, radius) / weight / (counts * counts);
                m_profiles[at] = float(std::log(std::max(variance, 0.0) + leastVariance));
            }
    }

    const RingSums& m_rings;
    const Region m_region;
    const std::size_t m_values;
    std::vector<float> m_profiles;
    BoxSums m_weights, m_sums;
    std::optional<BoxSums> m_excess;
    CountingNoise m_noise;
    std::vector<float> m_trimmed, m_clipped;
};

} // namespace

std::vector<float> profilesOf(const RingSums& rings, const Region& region, const std::vector<ProfileFeature>& features)
{
    ProfileWriter writer(rings, region, std::size_t(ProfileOptions{features, {}}.values()));
    std::size_t first = 0;
    for (const ProfileFeature& feature : features) {
        writer.write(feature, first);
        first += std::size_t(feature.values());
    }
    return writer.take();
}

Result<std::shared_ptr<const ProfileFeatures>> ProfileFeatures::create(const std::vector<PatternSelection>& selections,
                                                                       const DiffractionOptions& options,
                                                                       const std::vector<ProfileFeature>& features,
                                                                       const ProgressSink& progress, std::stop_token stop)
{
    if (selections.empty())
        return fail(ErrorCode::InvalidArgument, "No scan was chosen whose profiles are to be made.");
    auto made = std::make_shared<ProfileFeatures>();
    const ProfileOptions all{features, {}};
    made->m_values = all.values();
    const int reach = all.contextRadius_px();
    const bool sectors = std::any_of(features.begin(), features.end(), [](const ProfileFeature& feature) {
        return feature.comparesSectors();
    });
    try {
        for (const PatternSelection& selection : selections) {
            const ScanShape shape = selection.scan->scanShape();
            if (!selection.region.fitsInto(shape))
                return fail(ErrorCode::InvalidArgument,
                            "The crop " + toText(selection.region) + " does not fit into the scan '" +
                                selection.scan->file().string() + "' of " + toText(shape) + " probe positions.",
                            selection.scan->file(), {toText(selection.region), toText(shape)});
            Region area = selection.region;
            area.y = std::max(0, selection.region.y - reach);
            area.x = std::max(0, selection.region.x - reach);
            area.height = std::min(shape.height, selection.region.y + selection.region.height + reach) - area.y;
            area.width = std::min(shape.width, selection.region.x + selection.region.width + reach) - area.x;
            auto rings = ringSums(*selection.scan, area, options, sectors, progress, stop, &made->m_reports.emplace_back());
            if (!rings)
                return fail(rings.error());
            const std::vector<float> profiles = profilesOf(*rings, selection.region, features);
            made->m_profiles.insert(made->m_profiles.end(), profiles.begin(), profiles.end());
            made->m_count += selection.region.count();
        }
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "The memory of this machine does not suffice for the profiles.");
    }
    return std::shared_ptr<const ProfileFeatures>(std::move(made));
}

Result<void> ProfileFeatures::gather(std::span<const std::int64_t> indices, std::span<float> out) const
{
    const auto values = std::size_t(m_values);
    if (out.size() != indices.size() * values)
        return fail(ErrorCode::InvalidArgument, "The room for the profiles has another size than they have.");
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (indices[i] < 0 || indices[i] >= m_count)
            return fail(ErrorCode::InvalidArgument, "There is no profile " + std::to_string(indices[i]) + ".", {},
                        {std::to_string(indices[i]), std::to_string(m_count)});
        std::copy_n(m_profiles.begin() + std::ptrdiff_t(std::size_t(indices[i]) * values), values,
                    out.begin() + std::ptrdiff_t(i * values));
    }
    return {};
}

} // namespace dispersa
