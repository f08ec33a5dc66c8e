// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal.h"

#include "core/base/log.h"
#include "core/base/os_process.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <semaphore.h>

namespace dispersa::cli {
namespace {

/// Posted by the signal handler: one of the few things a handler may do.
sem_t s_interrupted;

void waitForInterrupt()
{
    while (sem_wait(&s_interrupted) != 0) {
    }
}

std::string minutes(double seconds)
{
    const auto whole = static_cast<long>(seconds + 0.5);
    char text[48];
    if (whole >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    return text;
}

std::string metricsText(const Progress& progress)
{
    std::string text;
    for (const auto& [name, value] : progress.metrics) {
        const bool whole = name == "member" || name == "epoch";
        if (!whole && name != "loss" && name != "val_loss")
            continue;
        char number[48];
        std::snprintf(number, sizeof number, whole ? " %s %.0f" : " %s %.4f", name.c_str(), value);
        text += number;
    }
    return text;
}

} // namespace

Terminal::Terminal(bool quiet) : m_quiet(quiet), m_isTerminal(standardErrorIsTerminal())
{
    setLogSink([this](LogLevel level, std::string_view text) {
        // Errors are printed once, by failed().
        if (level == LogLevel::Info || level == LogLevel::Warning)
            line(std::string(text));
    });
}

Terminal::~Terminal()
{
    setLogSink({});
    const std::lock_guard lock(m_mutex);
    clearBar();
}

ProgressSink Terminal::sink()
{
    if (m_quiet)
        return {};
    return [this](const Progress& progress) { show(progress); };
}

void Terminal::line(const std::string& text)
{
    if (m_quiet)
        return;
    const std::lock_guard lock(m_mutex);
    clearBar();
    std::fprintf(stderr, "%s\n", text.c_str());
}

int Terminal::failed(const Error& error)
{
    const std::lock_guard lock(m_mutex);
    clearBar();
    const bool cancelled = error.code == ErrorCode::Cancelled;
    std::fprintf(stderr, "%s%s\n", cancelled ? "" : "dispersa-cli: ", error.message.c_str());
    return cancelled ? exitInterrupted : exitFailed;
}

void Terminal::clearBar()
{
    if (m_barShown)
        std::fprintf(stderr, "\r\033[K");
    m_barShown = false;
}

void Terminal::show(const Progress& progress)
{
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (progress.stage != m_stage) {
        m_stage = progress.stage;
        m_stageStart = now;
        m_lastTenth = -1;
        m_lastShown = {};
    }
    if (progress.total <= 0)
        return;
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    if (!m_isTerminal) {
        const int tenth = static_cast<int>(share * 10);
        if (tenth > m_lastTenth)
            std::fprintf(stderr, "%s %d %%%s\n", progress.stage.c_str(), tenth * 10, metricsText(progress).c_str());
        m_lastTenth = std::max(m_lastTenth, tenth);
        return;
    }
    if (now - m_lastShown < std::chrono::milliseconds(100) && progress.done < progress.total)
        return;
    m_lastShown = now;
    constexpr int width = 30;
    const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * width);
    const double elapsed = std::chrono::duration<double>(now - m_stageStart).count();
    const std::string left = share > 0.01 ? minutes(elapsed / share - elapsed) + " left" : "";
    std::fprintf(stderr, "\r\033[K%-14s [%s%s] %3.0f %% %s%s", progress.stage.c_str(), std::string(filled, '=').c_str(),
                 std::string(width - filled, ' ').c_str(), share * 100, left.c_str(), metricsText(progress).c_str());
    std::fflush(stderr);
    m_barShown = true;
}

std::stop_token interruptToken()
{
    // A handler, not a blocked signal: libraries start threads before main() that would take a signal blocked only here.
    sem_init(&s_interrupted, 0, 0);
    struct sigaction action = {};
    action.sa_flags = SA_RESTART;
    action.sa_handler = [](int) { sem_post(&s_interrupted); };
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::stop_source source;
    // Lives as long as the process: it only ever waits for a signal.
    std::thread([source]() mutable {
        waitForInterrupt();
        source.request_stop();
        waitForInterrupt();
        std::_Exit(exitInterrupted);
    }).detach();
    return source.get_token();
}

} // namespace dispersa::cli
