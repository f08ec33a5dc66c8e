// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/scan_order.h"

#include <string>
#include <utility>

namespace dispersa {

Result<void> ScanOrder::check() const
{
    const auto wrong = [](const char* key, std::int64_t value, const char* range) {
        return fail(ErrorCode::StudyInvalid,
                    "Scan order: '" + std::string(key) + "' must be " + range + ", not " + std::to_string(value) + ".",
                    {}, {key, std::string("must be ") + range});
    };
    if (skipFirst < 0 || skipFirst > std::int64_t(1) << 40)
        return wrong("order.skip_first", skipFirst, "0 or more frames");
    if (skipPerRow < 0 || skipPerRow > 65535)
        return wrong("order.skip_per_row", skipPerRow, "0 to 65535 frames");
    return {};
}

ScanShape orderedShape(ScanShape acquired, const ScanOrder& order)
{
    if (order.transpose)
        std::swap(acquired.height, acquired.width);
    return acquired;
}

std::vector<std::int64_t> frameTable(ScanShape acquired, const ScanOrder& order, std::int64_t frames)
{
    const ScanShape shape = orderedShape(acquired, order);
    std::vector<std::int64_t> table;
    table.reserve(static_cast<std::size_t>(shape.count()));
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x) {
            // Undone from the last step to the first.
            int row = order.flipY ? shape.height - 1 - y : y;
            int column = order.flipX ? shape.width - 1 - x : x;
            if (order.transpose)
                std::swap(row, column);
            if (order.isSerpentine() && row % 2 == 1)
                column = acquired.width - 1 - column;
            const std::int64_t frame =
                order.skipFirst + std::int64_t(row) * (std::int64_t(acquired.width) + order.skipPerRow) + column;
            table.push_back(frame < frames ? frame : -1);
        }
    return table;
}

} // namespace dispersa
