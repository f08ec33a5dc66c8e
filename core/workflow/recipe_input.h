// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe's model reads of scans: their prepared patterns, or the ring profiles of probe neighbourhoods.
#pragma once

#include "core/data/pattern_source.h"
#include "core/data/profile_options.h"
#include "core/prepare/prepared_patterns.h"

#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

class RecipeInput {
  public:
    /// Of `selections`, one after the other; `profile` empty: patterns, in an unlinked file in `scratch` or from `cache`.
    /// Errors: those of PreparedPatterns::create() and ProfileFeatures::create().
    static Result<RecipeInput> create(const std::vector<PatternSelection>& selections,
                                      const DiffractionOptions& options, const std::optional<ProfileOptions>& profile,
                                      const std::filesystem::path& scratch, const PatternCache& cache,
                                      const ProgressSink& progress, std::stop_token stop);

    const PatternSourcePtr& source() const { return m_source; }
    const std::vector<PreparationReport>& reports() const { return m_reports; }
    /// The profile with the dose that was found; empty for patterns. What belongs to the same training must be read with it.
    const std::optional<ProfileOptions>& profile() const { return m_profile; }
    /// The count that sqrt and log scaling divide by, from the patterns `indices`; 1 where nothing is scaled by it. Error:
    /// InvalidArgument.
    Result<double> scalingQuantile(std::span<const std::int64_t> indices) const;
    /// Scales by it from now on.
    void useQuantile(double quantile);

  private:
    PatternSourcePtr m_source;
    std::shared_ptr<const PreparedPatterns> m_patterns; ///< the same, where it is patterns
    std::vector<PreparationReport> m_reports;
    std::optional<ProfileOptions> m_profile;
    bool m_scaled = false;
};

} // namespace dispersa
