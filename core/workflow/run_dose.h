// SPDX-License-Identifier: GPL-3.0-or-later
// A dose plan on disk, and as part of a run.
#pragma once

#include "core/assess/dose_result.h"
#include "core/base/error.h"

#include <filesystem>
#include <optional>

namespace dispersa {

/// "dose.json" in a folder.
std::filesystem::path doseFile(const std::filesystem::path& folder);

/// Writes dose.json and dose.csv. In the folder of a finished run the plan becomes part of the run too: of its metrics.json,
/// where every later report finds it. Errors: WriteFailed, FormatInvalid (of a metrics.json that cannot be read).
Result<void> writeDosePlan(const DosePlan& plan, const std::filesystem::path& folder);

/// The plan of a run whose metrics.json does not hold it, as earlier versions left it. Nothing where there is no dose.json, or
/// one that cannot be read, which is logged.
std::optional<DosePlan> dosePlanBeside(const std::filesystem::path& folder);

} // namespace dispersa
