// SPDX-License-Identifier: GPL-3.0-or-later
// Ring profiles of probe neighbourhoods as what a model reads: one row of numbers per probe position.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/pattern_source.h"
#include "core/data/preparation.h"
#include "core/data/profile_options.h"
#include "core/prepare/preparation_report.h"
#include "core/prepare/prepared_patterns.h"
#include "core/prepare/ring_sums.h"
#include "core/prepare/sector_means.h"

#include <memory>
#include <vector>

namespace dispersa {

/// Profiles of the positions of `region`, which lies in rings.region: [region.count(), features' values()]. Neighbours
/// outside of rings.region are left out. Zeros where a neighbourhood has no pattern.
std::vector<float> profilesOf(const RingSums& rings, const Region& region, const std::vector<ProfileFeature>& features);

/// Profiles of several selections, one after the other, as "patterns" of 1 x values() pixels, so that whoever reads
/// patterns reads them. Kept in memory: some hundred numbers per position.
class ProfileFeatures : public PatternSource {
  public:
    /// Reads each selection's region and, for the neighbourhoods, as much around it as there is of the scan, in bands of
    /// rows whose ring sums take `bandBytes` or, in very wide scans, what a few rows need. Of `profile` hold features and dose. Errors: those of makeRingPlan() and
    /// addRows().
    static Result<std::shared_ptr<const ProfileFeatures>> create(const std::vector<PatternSelection>& selections,
                                                                 const DiffractionOptions& options,
                                                                 const ProfileOptions& profile,
                                                                 const ProgressSink& progress, std::stop_token stop,
                                                                 std::size_t bandBytes = std::size_t(256) << 20);

    std::int64_t count() const override { return m_count; }
    PatternShape patternShape() const override { return {1, m_values}; }
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override;
    /// The profile with the dose that was found where one was asked for.
    const ProfileOptions& profile() const { return m_profile; }
    /// One per selection.
    const std::vector<PreparationReport>& reports() const { return m_reports; }

  private:
    std::int64_t m_count = 0;
    int m_values = 0;
    ProfileOptions m_profile;
    std::vector<float> m_profiles;
    std::vector<PreparationReport> m_reports;
};

} // namespace dispersa
