// SPDX-License-Identifier: GPL-3.0-or-later
// How deep JSON from a file may nest: copying and writing a value goes as deep on the stack as the value is.
#pragma once

#include <string_view>

namespace dispersa {

/// True if brackets nest deeper than `levels` in `json`, which need not be valid. "[]" has one level.
bool nestsDeeper(std::string_view json, int levels);

} // namespace dispersa
