// SPDX-License-Identifier: GPL-3.0-or-later
// ModelDescription as the JSON string of the model file, and back.
#pragma once

#include "core/learn/model.h"

#include <string>

namespace dispersa {

/// Everything Python needs to repeat a prediction; keys in the words of the study file.
std::string describeAsJson(const ModelDescription& description);

/// Error: ModelInvalid naming the key whose type or value is wrong.
Result<ModelDescription> describedByJson(const std::string& text, const std::filesystem::path& path);

/// Ranges that hold for every description that can become a network. Empty string if sound, else what is wrong.
std::string wrongInDescription(const ModelDescription& description);

} // namespace dispersa
