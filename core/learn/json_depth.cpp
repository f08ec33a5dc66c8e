// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/json_depth_p.h"

namespace dispersa {

bool nestsDeeper(std::string_view json, int levels)
{
    int depth = 0;
    bool text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (text && c == '\\')
            ++i; // whatever is escaped ends no text
        else if (c == '"')
            text = !text;
        else if (!text && (c == '[' || c == '{') && ++depth > levels)
            return true;
        else if (!text && (c == ']' || c == '}'))
            --depth;
    }
    return false;
}

} // namespace dispersa
