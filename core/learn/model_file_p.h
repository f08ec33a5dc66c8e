// SPDX-License-Identifier: GPL-3.0-or-later
// What a model file holds, checked before anything is made of it. No torch here: any bytes can be tried.
#pragma once

#include "core/learn/model.h"
#include "core/learn/safetensors_p.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// Key of the description in the metadata.
inline constexpr const char* descriptionKey = "dispersa";
/// Tensors whose names begin so belong to the training and not to the network.
inline constexpr const char* trainingPrefix = "training.";

struct ModelFile {
    ModelDescription description;
    std::vector<safetensors::Entry> weights = {}; ///< all of the model's and no other; point into the file
    std::vector<std::size_t> profileMembers = {}; ///< of each regression of a profile model
};

/// Error: ModelInvalid with `path` in it (header, sizes, description, names, types, shapes).
Result<ModelFile> parseModelFile(std::span<const std::byte> file, const std::filesystem::path& path);

/// What the names of a member's tensors begin with: "member2."; nothing where there is but one member.
std::string memberPrefix(int member, int members);

/// Empty if `entries`, but for those of the training, are the tensors of `members` networks of `options`, else what is
/// wrong. Makes no network: a hostile file must not cause its allocation.
std::string wrongInTensors(const std::vector<safetensors::Entry>& entries, const NetworkOptions& options,
                           int members = 1);

} // namespace dispersa
