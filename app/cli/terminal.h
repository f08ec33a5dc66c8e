// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line shows while it works, and how Ctrl-C reaches the work.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"

#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>

namespace dispersa::cli {

/// Exit codes of every command.
enum ExitCode { exitDone = 0, exitFailed = 1, exitUsage = 2, exitInterrupted = 130 };

/// A bar with time left on a terminal, plain lines when piped, nothing when quiet. Thread-safe.
class Terminal {
  public:
    explicit Terminal(bool quiet);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    ProgressSink sink();
    /// A line for people, on standard error, that does not disturb the bar.
    void line(const std::string& text);
    /// Prints the one clear line of a failure and returns its exit code.
    int failed(const Error& error);

  private:
    void show(const Progress& progress);
    void clearBar();

    const bool m_quiet;
    const bool m_isTerminal;
    std::mutex m_mutex;
    std::string m_stage;
    int m_lastTenth = -1;
    bool m_barShown = false;
    std::chrono::steady_clock::time_point m_stageStart;
    std::chrono::steady_clock::time_point m_lastShown;
};

/// Turns the first interrupt into a stop request, the second into the end. Call it once.
std::stop_token interruptToken();

} // namespace dispersa::cli
