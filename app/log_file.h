// SPDX-License-Identifier: GPL-3.0-or-later
// Sends the core's log and Qt's warnings to a file in the application's data folder and to stderr.
#pragma once

#include <filesystem>

namespace dispersa {

/// Starts logging; needs a QCoreApplication with its names set. A folder that cannot be written leaves stderr alone.
void startLogFile();
void stopLogFile();
/// Where the log is; empty while there is none.
std::filesystem::path logFilePath();

} // namespace dispersa
