// SPDX-License-Identifier: GPL-3.0-or-later
// A run as one page to read, print or send: what was done, how well it went and what that is worth, with every figure.
#pragma once

#include "core/base/error.h"
#include "core/workflow/run_result.h"

#include <QString>

#include <filesystem>

namespace dispersa {

/// A whole HTML page that needs nothing beside it: styles and figures are inside, and there are no scripts. Needs a
/// QGuiApplication (offscreen will do).
QString runReportHtml(const RunResult& run);

/// "report.html" in the run's folder.
std::filesystem::path reportFile(const RunResult& run);
/// Writes the page to reportFile(). Error: WriteFailed.
Result<std::filesystem::path> writeRunReport(const RunResult& run);

} // namespace dispersa
