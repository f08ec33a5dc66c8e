// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_log.h"

#include <array>
#include <ctime>

namespace dispersa {

std::string utcNow()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    gmtime_r(&now, &parts);
    std::array<char, 32> text = {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

RunLog::RunLog(const std::filesystem::path& path, bool goOn) : m_file(path, goOn ? std::ios::app : std::ios::trunc)
{
}

void RunLog::write(LogLevel level, const std::string& line)
{
    log(level, line);
    const std::lock_guard lock(m_mutex);
    static constexpr std::array<const char*, 4> names = {"debug", "info", "warning", "error"};
    m_file << utcNow() << ' ' << names[static_cast<std::size_t>(level)] << ' ' << line << std::endl;
}

} // namespace dispersa
