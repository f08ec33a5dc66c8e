// SPDX-License-Identifier: GPL-3.0-or-later
// run.log: what a run did and when, one line each. Written as it happens, so that a killed run leaves its story.
#pragma once

#include "core/base/log.h"

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>

namespace dispersa {

class RunLog {
  public:
    /// Starts the file anew, or goes on with it; if it cannot be opened the lines only reach the application's log.
    explicit RunLog(const std::filesystem::path& path, bool goOn = false);
    /// Thread-safe.
    void write(LogLevel level, const std::string& line);
    void info(const std::string& line) { write(LogLevel::Info, line); }

  private:
    std::mutex m_mutex;
    std::ofstream m_file;
};

/// Now as "2025-01-31T12:00:00Z".
std::string utcNow();

} // namespace dispersa
