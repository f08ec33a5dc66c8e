// SPDX-License-Identifier: GPL-3.0-or-later
// What this process holds in memory of its own: mapped pages of files, which the system takes back at will, are not in it.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace dispersa::test {

/// RssAnon of /proc/self/status in bytes; nullopt where there is none.
inline std::optional<std::int64_t> ownMemory()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "RssAnon:") {
            std::int64_t kilobytes = 0;
            status >> kilobytes;
            return kilobytes * 1024;
        }
    return std::nullopt;
}

} // namespace dispersa::test
