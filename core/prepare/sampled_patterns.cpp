// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/sampled_patterns.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr std::int64_t largestRow = 64 << 20; ///< bytes read at once

/// Points of one row, read together: places first..last in the list.
struct RowPoints {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// Rows as a whole where that reads little more than the points: files often keep rows in one compressed piece.
std::vector<RowPoints> readTogether(const DiffractionScan& scan, const std::vector<ScanPoint>& points)
{
    const std::int64_t patternBytes = scan.patternShape().count() * std::int64_t(elementSize(scan.elementType()));
    std::vector<RowPoints> groups;
    for (std::size_t first = 0; first < points.size();) {
        std::size_t end = first + 1;
        while (end < points.size() && points[end].y == points[first].y)
            ++end;
        const std::int64_t span = points[end - 1].x - points[first].x + 1;
        if (span > 4 * std::int64_t(end - first) || span * patternBytes > largestRow)
            for (std::size_t i = first; i < end; ++i)
                groups.push_back({i, i});
        else
            groups.push_back({first, end - 1});
        first = end;
    }
    return groups;
}

} // namespace

std::vector<ScanPoint> gridPoints(const DiffractionScan& scan, std::int64_t rows, std::int64_t columns)
{
    const ScanShape shape = scan.scanShape();
    std::vector<ScanPoint> points;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column) {
            const ScanPoint point{static_cast<int>((2 * row + 1) * shape.height / (2 * rows)),
                                  static_cast<int>((2 * column + 1) * shape.width / (2 * columns))};
            if (scan.isAvailable(point))
                points.push_back(point);
        }
    return points;
}

std::vector<ScanPoint> gridPoints(const DiffractionScan& scan, std::int64_t most)
{
    const ScanShape shape = scan.scanShape();
    std::int64_t rows = std::min<std::int64_t>(shape.height, std::llround(std::floor(std::sqrt(double(most)))));
    const std::int64_t columns = std::min<std::int64_t>(shape.width, most / std::max<std::int64_t>(1, rows));
    rows = std::min<std::int64_t>(shape.height, most / std::max<std::int64_t>(1, columns));
    return gridPoints(scan, rows, columns);
}

Result<void> forEachPatternAt(const DiffractionScan& scan, const std::vector<ScanPoint>& points, ProgressCounter& counter,
                              std::stop_token stop, const std::function<void(std::size_t, std::vector<float>&)>& use)
{
    const ElementType type = scan.elementType();
    const auto pixels = static_cast<std::size_t>(scan.patternShape().count());
    const std::size_t patternBytes = pixels * elementSize(type);
    const std::vector<RowPoints> groups = readTogether(scan, points);
    const auto step = [&](std::int64_t index, int) -> Result<void> {
        const RowPoints& group = groups[static_cast<std::size_t>(index)];
        const ScanPoint first = points[group.first];
        const int span = points[group.last].x - first.x + 1;
        std::vector<std::byte> raw(static_cast<std::size_t>(span) * patternBytes);
        if (auto done = scan.readRaw({first.y, first.x, 1, span}, raw); !done)
            return done;
        std::vector<float> values(pixels);
        for (std::size_t i = group.first; i <= group.last; ++i) {
            const auto offset = static_cast<std::size_t>(points[i].x - first.x) * patternBytes;
            convertToFloat(type, std::span(raw).subspan(offset, patternBytes), values);
            use(i, values);
        }
        counter.add(static_cast<std::int64_t>(group.last - group.first + 1));
        return {};
    };
    return forEachParallel(static_cast<std::int64_t>(groups.size()), step, stop);
}

bool isEmptyPattern(std::span<const float> pattern)
{
    return std::none_of(pattern.begin(), pattern.end(), [](float value) { return std::isfinite(value) && value > 0; });
}

} // namespace dispersa
