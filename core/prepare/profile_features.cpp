// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/profile_features.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

namespace dispersa {
namespace {

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
                sumRing(firstRing + value);
            column(feature.neighbourhood / 2, first + value);
        }
    }
    std::vector<float> take() { return std::move(m_profiles); }

  private:
    void sumRing(std::size_t ring)
    {
        m_weights.set([&](std::size_t p) { return double(m_rings.weight[p * ringCount + ring]); });
        m_sums.set([&](std::size_t p) { return double(m_rings.sum[p * ringCount + ring]); });
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

    /// Logarithms of the means over squares of positions.
    void column(int radius, std::size_t column)
    {
        const int top = m_region.y - m_rings.region.y, left = m_region.x - m_rings.region.x;
        std::size_t at = column;
        for (int y = top; y < top + m_region.height; ++y)
            for (int x = left; x < left + m_region.width; ++x, at += m_values) {
                const double weight = m_weights.around(y, x, radius);
                if (!(weight > 0.5))
                    continue;
                m_profiles[at] = float(std::log(std::max(m_sums.around(y, x, radius) / weight, leastCounts)));
            }
    }

    const RingSums& m_rings;
    const Region m_region;
    const std::size_t m_values;
    std::vector<float> m_profiles;
    BoxSums m_weights, m_sums;
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

namespace {

/// `region` with `reach` positions more on each side, as far as the scan has them.
Region withSurroundings(const Region& region, int reach, ScanShape shape)
{
    const int y0 = std::max(0, region.y - reach), x0 = std::max(0, region.x - reach);
    return {y0, x0, std::min(shape.height, region.y + region.height + reach) - y0,
            std::min(shape.width, region.x + region.width + reach) - x0};
}

/// Rows of profiles whose ring sums, with those of `reach` rows above and below, fit into `bytes`; at least as many as those.
int bandRows(std::size_t bytes, int width, int reach, bool sectors)
{
    // Weight and sum of rings and sectors, and what comparing the sectors makes of them.
    const std::size_t values = ringCount * 2 + (sectors ? sectorsPerPattern * 3 + ringCount : 0);
    const std::size_t rows = bytes / (std::size_t(width) * values * sizeof(float));
    // No fewer than lie around them, else most of the work would be done for every band again.
    return std::max({1, 2 * reach, int(std::min<std::size_t>(rows, 1 << 20)) - 2 * reach});
}

/// Gives the plans the scale that their dose asks for, and says in `profile` what was found.
void scaleToDose(std::vector<RingPlan>& plans, ProfileOptions& profile)
{
    const auto knows = [](const RingPlan& plan) { return plan.levels.knowsDose(); };
    if (profile.dose == DoseScale::IfKnown) {
        profile.dose = std::all_of(plans.begin(), plans.end(), knows) ? DoseScale::Known : DoseScale::None;
        profile.dose_counts.reset();
        for (const RingPlan& plan : plans)
            if (profile.dose == DoseScale::Known)
                profile.dose_counts = profile.dose_counts.value_or(0) + plan.levels.dose_counts / double(plans.size());
    }
    if (profile.dose != DoseScale::Known)
        return;
    for (RingPlan& plan : plans)
        plan.scale = referenceDose_counts /
                     (knows(plan) ? plan.levels.dose_counts : profile.dose_counts.value_or(referenceDose_counts));
}

/// Appends the profiles of `selection` to `to`, band by band.
Result<void> addProfiles(const PatternSelection& selection, const RingPlan& plan, const ProfileOptions& all,
                         std::size_t bandBytes, const ProgressSink& progress, const std::stop_token& stop,
                         SaturationCounter& saturation, std::vector<float>& to)
{
    const Region& region = selection.region;
    const int reach = all.contextRadius_px();
    const Region area = withSurroundings(region, reach, selection.scan->scanShape());
    const bool sectors = std::any_of(all.features.begin(), all.features.end(),
                                     [](const ProfileFeature& feature) { return feature.comparesSectors(); });
    const int rows = bandRows(bandBytes, area.width, reach, sectors);
    RingSums rings{.region = {area.y, area.x, 0, area.width}, .sectors = sectors};
    ProgressCounter counter(progress, "prepare", area.count());
    for (int y = region.y; y < region.y + region.height; y += rows) {
        const Region band{y, region.x, std::min(rows, region.y + region.height - y), region.width};
        const Region needed = withSurroundings(band, reach, selection.scan->scanShape());
        rings.dropAbove(needed.y);
        const int below = needed.y + needed.height - (rings.region.y + rings.region.height);
        if (below > 0)
            if (auto done = addRows(rings, below, *selection.scan, plan, counter, saturation, stop); !done)
                return done;
        const std::vector<float> profiles = profilesOf(rings, band, all.features);
        to.insert(to.end(), profiles.begin(), profiles.end());
    }
    return {};
}

} // namespace

Result<std::shared_ptr<const ProfileFeatures>> ProfileFeatures::create(const std::vector<PatternSelection>& selections,
                                                                       const DiffractionOptions& options,
                                                                       const ProfileOptions& profile,
                                                                       const ProgressSink& progress, std::stop_token stop,
                                                                       std::size_t bandBytes)
{
    if (selections.empty())
        return fail(ErrorCode::InvalidArgument, "No scan was chosen whose profiles are to be made.");
    auto made = std::make_shared<ProfileFeatures>();
    made->m_profile = profile;
    made->m_values = profile.values();
    try {
        std::vector<RingPlan> plans;
        for (const PatternSelection& selection : selections) {
            auto plan = makeRingPlan(*selection.scan, selection.region, options, progress, stop);
            if (!plan)
                return fail(std::move(plan.error()));
            plans.push_back(std::move(*plan));
            made->m_count += selection.region.count();
        }
        scaleToDose(plans, made->m_profile);
        made->m_profiles.reserve(std::size_t(made->m_count) * std::size_t(made->m_values));
        for (std::size_t s = 0; s < selections.size(); ++s) {
            SaturationCounter saturation;
            if (auto done = addProfiles(selections[s], plans[s], profile, bandBytes, progress, stop, saturation,
                                        made->m_profiles);
                !done)
                return fail(std::move(done.error()));
            PreparationReport& report = made->m_reports.emplace_back(
                reportOf(plans[s].preparation, saturation, selections[s].scan->elementType()));
            if (profile.dose != DoseScale::None)
                report.levels = plans[s].levels;
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
