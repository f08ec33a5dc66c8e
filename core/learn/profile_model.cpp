// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/profile_model_p.h"

#include <ATen/Functions.h>

#include <utility>

namespace dispersa {

torch::Tensor readBy(const RegressorOptions& regressor, const ProfileOptions& profile, const torch::Tensor& profiles)
{
    const auto columnOf = [&profile](std::size_t feature) {
        std::int64_t column = 0;
        for (std::size_t before = 0; before < feature; ++before)
            column += profile.features[before].values();
        return column;
    };
    // Profiles that stand side by side are not copied: those of a large scan are gigabytes.
    std::vector<std::pair<std::int64_t, std::int64_t>> parts;
    for (const std::size_t feature : regressor.features) {
        const std::int64_t first = columnOf(feature), end = first + profile.features[feature].values();
        if (!parts.empty() && parts.back().second == first)
            parts.back().second = end;
        else
            parts.emplace_back(first, end);
    }
    std::vector<torch::Tensor> columns;
    for (const auto& [first, end] : parts)
        columns.push_back(profiles.slice(1, first, end));
    return columns.size() == 1 ? columns.front() : at::cat(columns, 1);
}

torch::Tensor ProfileModel::predictAll(const torch::Tensor& profiles) const
{
    const torch::NoGradGuard noGrad;
    const ProfileOptions& profile = *description().profile;
    std::vector<torch::Tensor> predictions;
    for (std::size_t r = 0; r < m_members.size(); ++r) {
        const torch::Tensor read = readBy(profile.regressors[r], profile, profiles);
        for (const RegressorPtr& member : m_members[r])
            predictions.push_back(member->predict(read));
    }
    return at::stack(predictions);
}

torch::Tensor ProfileModel::shares() const
{
    std::vector<float> shares;
    for (const auto& members : m_members)
        shares.insert(shares.end(), members.size(), 1.0f / float(m_members.size() * members.size()));
    return torch::tensor(shares);
}

NetworkState ProfileModel::state() const
{
    NetworkState state;
    for (std::size_t r = 0; r < m_members.size(); ++r)
        for (std::size_t m = 0; m < m_members[r].size(); ++m)
            for (const auto& [name, tensor] : m_members[r][m]->state())
                state.emplace_back(regressorPrefix(r, m) + name, tensor.contiguous());
    return state;
}

ModelPtr ProfileModel::described(ModelDescription description) const
{
    return std::make_shared<const ProfileModel>(std::move(description), m_members);
}

ModelPtr makeProfileModel(ModelDescription description, const NetworkState& state, const std::vector<std::size_t>& members)
{
    ProfileModel::Members made;
    for (std::size_t r = 0; r < members.size(); ++r) {
        std::vector<RegressorPtr>& regressors = made.emplace_back();
        for (std::size_t m = 0; m < members[r]; ++m) {
            const std::string prefix = regressorPrefix(r, m);
            NetworkState own;
            for (const auto& [name, tensor] : state)
                if (name.starts_with(prefix))
                    own.emplace_back(name.substr(prefix.size()), tensor);
            regressors.push_back(
                regressorFrom(description.profile->regressors[r], description.profile->composition, own));
        }
    }
    return std::make_shared<const ProfileModel>(std::move(description), std::move(made));
}

} // namespace dispersa
