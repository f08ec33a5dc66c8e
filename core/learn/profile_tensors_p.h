// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of a profile model in its file. No torch here.
#pragma once

#include "core/data/profile_options.h"
#include "core/learn/safetensors_p.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dispersa {

/// Kernel ridge takes at most so many points, drawn evenly by seed: time grows with their cube.
inline constexpr std::int64_t mostKernelPoints = 4000;
/// Units of each of the two hidden layers of the small network.
inline constexpr std::int64_t denseWidth = 64;
/// Values per probe position that `regressor` reads.
std::int64_t featuresOf(const ProfileOptions& profile, const RegressorOptions& regressor);

/// "regressor2.0.": of the member number 0 of the regression number 2.
std::string regressorPrefix(std::size_t regressor, std::size_t member);

/// How many members each regression of `profile` has among `entries`. Empty with `wrong` set if the entries are not the
/// tensors of such a model with `targets` targets.
std::vector<std::size_t> profileMembers(const std::vector<safetensors::Entry>& entries, const ProfileOptions& profile,
                                        std::int64_t targets, std::string& wrong);

} // namespace dispersa
