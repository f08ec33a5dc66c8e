// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_writers.h"

#include "core/base/os_file.h"

#include <array>
#include <charconv>

namespace dispersa {

Result<void> writeMapCsv(const ElementMap& map, const std::filesystem::path& path)
{
    if (map.shape.count() <= 0 || static_cast<std::int64_t>(map.values.size()) != map.shape.count())
        return fail(ErrorCode::InvalidArgument, "The map '" + map.quantity + "' has no pixels to write.", path,
                    {map.quantity});
    std::string text;
    text.reserve(map.values.size() * 12);
    std::array<char, 32> number;
    for (int y = 0; y < map.shape.height; ++y) {
        for (int x = 0; x < map.shape.width; ++x) {
            if (x > 0)
                text += ',';
            const float value = map.at(y, x);
            if (!ElementMap::isData(value))
                continue;
            const auto end = std::to_chars(number.data(), number.data() + number.size(), value).ptr;
            text.append(number.data(), end);
        }
        text += '\n';
    }
    return writeFileAtomically(path, text);
}

} // namespace dispersa
