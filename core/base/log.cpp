// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include <mutex>
#include <utility>

namespace dispersa {
namespace {
// The one process-wide value of the core: a log line may come from any thread and has no document it belongs to.
std::mutex s_mutex;
LogSink s_sink;
} // namespace

LogSink setLogSink(LogSink sink)
{
    const std::lock_guard lock(s_mutex);
    return std::exchange(s_sink, std::move(sink));
}

void log(LogLevel level, std::string_view line)
{
    const std::lock_guard lock(s_mutex);
    if (s_sink)
        s_sink(level, line);
}

} // namespace dispersa
