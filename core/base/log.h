// SPDX-License-Identifier: GPL-3.0-or-later
// Log lines of the core go to a sink that the application sets; without one they are dropped.
#pragma once

#include <functional>
#include <string_view>

namespace dispersa {

enum class LogLevel { Debug, Info, Warning, Error };

using LogSink = std::function<void(LogLevel, std::string_view)>;

/// Installs the sink (thread-safe; an empty one silences the log). Returns the one it replaces.
LogSink setLogSink(LogSink sink);

/// Writes one line, without a newline at its end. Thread-safe.
void log(LogLevel level, std::string_view line);

} // namespace dispersa
