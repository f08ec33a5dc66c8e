// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of a profile model in its file. No torch here.
#pragma once

#include "core/data/profile_options.h"
#include "core/learn/safetensors_p.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dispersa {

/// Kernel ridge takes at most so many points, drawn evenly by seed: time grows with their cube.
inline constexpr std::int64_t mostKernelPoints = 4000;
/// A small network is fitted to at most so many, each member to a draw of its own: neighbouring positions say nearly the
/// same, and a scan of 512 x 512 would take minutes and gigabytes.
inline constexpr std::int64_t mostNetworkPoints = 20000;
/// Units of each of the two hidden dense layers of the small networks.
inline constexpr std::int64_t denseWidth = 64;
/// What leaves the convolutions of the polar network; each halves the rings.
inline constexpr std::array<std::int64_t, 2> polarChannels = {8, 8};
/// Fewest rings that can be halved so often.
inline constexpr int fewestPolarRings = 4;
/// What its first dense layer reads: the robust mean over the sectors of what the convolutions find in the rings that are
/// left, and that of each channel and ring as they come.
std::int64_t polarDenseInputs(std::int64_t channels, std::int64_t rings);
/// Values per probe position that `regressor` reads.
std::int64_t featuresOf(const ProfileOptions& profile, const RegressorOptions& regressor);

/// "regressor2.0.": of the member number 0 of the regression number 2.
std::string regressorPrefix(std::size_t regressor, std::size_t member);

/// How many members each regression of `profile` has among `entries`. Empty with `wrong` set if the entries are not the
/// tensors of such a model with `targets` targets.
std::vector<std::size_t> profileMembers(const std::vector<safetensors::Entry>& entries, const ProfileOptions& profile,
                                        std::int64_t targets, std::string& wrong);

} // namespace dispersa
