// SPDX-License-Identifier: GPL-3.0-or-later
// A trained profile model: regressions on ring profiles whose mean is the prediction.
#pragma once

#include "core/learn/regressor_p.h"

#include <cstddef>
#include <vector>

namespace dispersa {

class ProfileModel : public StoredModel {
  public:
    /// One list of members per regression of `description.profile`, none of them empty.
    using Members = std::vector<std::vector<RegressorPtr>>;
    ProfileModel(ModelDescription description, Members members)
        : StoredModel(std::move(description)), m_members(std::move(members))
    {
    }

    /// What every member makes of the profiles [n, values], [members, n, targets] fp32, the regressions one after the
    /// other.
    torch::Tensor predictAll(const torch::Tensor& profiles) const;
    /// Share of each member in the prediction [members]: every regression counts the same, so do its members.
    torch::Tensor shares() const;

    NetworkState state() const override;
    ModelPtr described(ModelDescription description) const override;

  private:
    Members m_members;
};

/// Columns of the profiles that `regressor` reads; a view of them where they stand side by side.
torch::Tensor readBy(const RegressorOptions& regressor, const ProfileOptions& profile, const torch::Tensor& profiles);

/// `members` of each regression as profileMembers() counted them in `state`.
ModelPtr makeProfileModel(ModelDescription description, const NetworkState& state,
                          const std::vector<std::size_t>& members);

} // namespace dispersa
