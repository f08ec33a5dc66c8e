// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges of what a model file says: hostile numbers must not make anything large.
#include "core/learn/model_description_p.h"
#include "core/learn/profile_tensors_p.h"
#include "core/learn/recipe.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

namespace dispersa {
namespace {

constexpr int largestPattern_px = 16384;
constexpr int mostOutputs = 1024;
constexpr int mostProfileValues = 8192; // 32 KiB per probe position; our own recipes read up to 1260
constexpr int mostMembers = 20; // as many as TrainingSettings has at most

/// Empty if the regression can read its profiles.
std::string wrongInReading(const ProfileOptions& profile, const RegressorOptions& regressor)
{
    if (regressor.features.empty())
        return "one of its regressions reads no profile";
    const int rings = profile.features[regressor.features.front()].rings();
    const bool polar = regressor.kind == RegressorKind::Polar;
    for (const std::size_t feature : regressor.features) {
        if ((profile.features[feature].kind == ProfileFeature::Kind::Polar) != polar)
            return "sectors are for the polar network, and nothing else is";
        if (polar && (profile.features[feature].rings() != rings || rings < fewestPolarRings))
            return "the channels of a polar network have different or too few rings";
    }
    return {};
}

/// Empty if sound.
std::string wrongInProfile(const ProfileOptions& profile)
{
    if (profile.features.empty() || profile.regressors.empty())
        return "it has no profile or no regression";
    for (const ProfileFeature& feature : profile.features)
        if (feature.neighbourhood < 1 || feature.neighbourhood > 99 || feature.neighbourhood % 2 == 0 ||
            feature.firstRing < 0 || feature.lastRing < feature.firstRing || feature.lastRing >= ringCount)
            return "its profiles are out of their ranges";
    if (profile.values() > mostProfileValues)
        return "it reads " + std::to_string(profile.values()) + " values of each probe position";
    if (profile.dose_counts && !(*profile.dose_counts > 0 && std::isfinite(*profile.dose_counts)))
        return "its training scans had no dose";
    if (profile.ringWidth_invA && !(*profile.ringWidth_invA > 0))
        return "a ring of its profiles has no width";
    for (const RegressorOptions& regressor : profile.regressors)
        if (const std::string wrong = wrongInReading(profile, regressor); !wrong.empty())
            return wrong;
    return {};
}

} // namespace

std::string wrongInDescription(const ModelDescription& d)
{
    if (d.profile)
        if (const std::string wrong = wrongInProfile(*d.profile); !wrong.empty())
            return wrong;
    const int smaller = std::min(d.network.patternHeight, d.network.patternWidth);
    const int larger = std::max(d.network.patternHeight, d.network.patternWidth);
    if (!d.profile && (smaller < smallestPattern_px || larger > largestPattern_px))
        return "its patterns of " + toText(PatternShape{d.network.patternHeight, d.network.patternWidth}) +
               " pixels are not possible";
    if (d.network.outputs < 1 || d.network.outputs > mostOutputs)
        return std::to_string(d.network.outputs) + " outputs are not possible";
    if (d.members < 1 || d.members > (d.profile ? 1 : mostMembers))
        return std::to_string(d.members) + " members are not possible";
    if (d.targets.size() != std::size_t(d.network.outputs))
        return "it names " + std::to_string(d.targets.size()) + " targets for " + std::to_string(d.network.outputs) +
               " outputs";
    if (!d.trainingMean.empty() && d.trainingMean.size() != d.targets.size())
        return "it has " + std::to_string(d.trainingMean.size()) + " training means for " +
               std::to_string(d.targets.size()) + " targets";
    if (!(d.network.batchNormMomentum > 0 && d.network.batchNormMomentum <= 1) || !(d.network.batchNormEpsilon > 0) ||
        !(d.network.dropout >= 0 && d.network.dropout < 1))
        return "BatchNorm or dropout are out of their ranges";
    std::set<std::string> names;
    for (const std::string& target : d.targets)
        // Maps are written into files of these names.
        if (target.empty() || target.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos ||
            !names.insert(target).second)
            return "its target \"" + target + "\" cannot name a map, or is named twice";
    if (const auto checked = d.diffraction.check(); !checked)
        return checked.error().message;
    if (const auto checked = d.mapFilter.check(); !checked)
        return checked.error().message;
    return {};
}

} // namespace dispersa
