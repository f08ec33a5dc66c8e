// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/recipe_input.h"

#include "core/prepare/profile_features.h"

namespace dispersa {

Result<RecipeInput> RecipeInput::create(const std::vector<PatternSelection>& selections, const DiffractionOptions& options,
                                        const std::optional<ProfileOptions>& profile,
                                        const std::filesystem::path& scratch, const PatternCache& cache,
                                        const ProgressSink& progress, std::stop_token stop)
{
    RecipeInput input;
    if (profile) {
        auto profiles = ProfileFeatures::create(selections, options, *profile, progress, stop);
        if (!profiles)
            return fail(profiles.error());
        input.m_source = *profiles;
        input.m_reports = (*profiles)->reports();
        input.m_profile = (*profiles)->profile();
        return input;
    }
    auto patterns = PreparedPatterns::create(selections, options, scratch, progress, stop, cache);
    if (!patterns)
        return fail(patterns.error());
    input.m_source = input.m_patterns = *patterns;
    input.m_reports = (*patterns)->reports();
    input.m_scaled = options.scaling != Scaling::Linear;
    return input;
}

Result<double> RecipeInput::scalingQuantile(std::span<const std::int64_t> indices) const
{
    return m_scaled ? m_patterns->quantile999(indices) : Result<double>(1.0);
}

void RecipeInput::useQuantile(double quantile)
{
    if (m_patterns)
        m_source = m_patterns = m_patterns->withQuantile(quantile);
}

} // namespace dispersa
