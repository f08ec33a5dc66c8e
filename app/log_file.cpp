// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/log_file.h"

#include "core/base/log.h"

#include <QDir>
#include <QStandardPaths>
#include <QtGlobal>

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace dispersa {
namespace {

constexpr std::size_t largestLog_bytes = 2u << 20;
constexpr std::size_t keptLogs = 3;

std::filesystem::path pathOfLog; // NOLINT: set once while a single thread runs
QtMessageHandler qtHandler = nullptr;

spdlog::level::level_enum levelOf(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return spdlog::level::debug;
    case LogLevel::Info:
        return spdlog::level::info;
    case LogLevel::Warning:
        return spdlog::level::warn;
    case LogLevel::Error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

void logQtMessage(QtMsgType type, const QMessageLogContext& context, const QString& text)
{
    const bool serious = type == QtWarningMsg || type == QtCriticalMsg || type == QtFatalMsg;
    log(serious ? LogLevel::Warning : LogLevel::Debug, "Qt: " + text.toStdString());
    if (type == QtFatalMsg && qtHandler)
        qtHandler(type, context, text);
}

} // namespace

void startLogFile()
{
    auto screen = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    screen->set_level(spdlog::level::warn);
    std::vector<spdlog::sink_ptr> sinks{screen};
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation));
    folder.mkpath(QStringLiteral("."));
    try {
        const std::string path = folder.filePath(QStringLiteral("dispersa.log")).toStdString();
        sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, largestLog_bytes, keptLogs));
        pathOfLog = path;
    } catch (const spdlog::spdlog_ex& error) {
        pathOfLog.clear();
        spdlog::warn("No log file: {}", error.what());
    }
    auto logger = std::make_shared<spdlog::logger>("dispersa", sinks.begin(), sinks.end());
    logger->set_level(spdlog::level::debug);
    logger->flush_on(spdlog::level::warn);
    setLogSink([logger](LogLevel level, std::string_view line) {
        logger->log(levelOf(level), spdlog::string_view_t(line.data(), line.size()));
    });
    qtHandler = qInstallMessageHandler(logQtMessage);
    log(LogLevel::Info, "Dispersa " DISPERSA_VERSION " started");
}

void stopLogFile()
{
    qInstallMessageHandler(qtHandler);
    setLogSink({});
}

std::filesystem::path logFilePath()
{
    return pathOfLog;
}

} // namespace dispersa
