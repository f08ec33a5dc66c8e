// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes and places on the scan grid and in a pattern. Array order everywhere: [scan_y, scan_x, det_y, det_x], row 0 on top.
#pragma once

// <string> brings <compare>; as the very first header <compare> trips moc, which then lacks the library's macros.
#include <cstdint>
#include <string>

namespace dispersa {

/// Probe positions of a scan: rows (slow axis) and columns (fast axis).
struct ScanShape {
    int height = 0;
    int width = 0;
    std::int64_t count() const { return std::int64_t(height) * width; }
    bool operator==(const ScanShape&) const = default;
};

/// Pixels of a diffraction pattern.
struct PatternShape {
    int height = 0;
    int width = 0;
    std::int64_t count() const { return std::int64_t(height) * width; }
    bool operator==(const PatternShape&) const = default;
};

/// One probe position, or one pixel of a map.
struct ScanPoint {
    int y = 0;
    int x = 0;
    auto operator<=>(const ScanPoint&) const = default;
};

/// A rectangle on the scan grid in whole pixels: rows [y, y+height), columns [x, x+width).
struct Region {
    int y = 0;
    int x = 0;
    int height = 0;
    int width = 0;
    bool operator==(const Region&) const = default;
    bool empty() const { return height <= 0 || width <= 0; }
    std::int64_t count() const { return empty() ? 0 : std::int64_t(height) * width; }
    ScanShape shape() const { return {height, width}; }
    bool contains(ScanPoint p) const { return p.y >= y && p.y < y + height && p.x >= x && p.x < x + width; }
    bool fitsInto(ScanShape s) const
    {
        return !empty() && y >= 0 && x >= 0 && std::int64_t(y) + height <= s.height && std::int64_t(x) + width <= s.width;
    }
};

inline Region wholeRegion(ScanShape shape) { return {0, 0, shape.height, shape.width}; }

/// "110 x 45", as messages write it.
inline std::string toText(ScanShape s) { return std::to_string(s.height) + " x " + std::to_string(s.width); }
inline std::string toText(PatternShape s) { return std::to_string(s.height) + " x " + std::to_string(s.width); }
inline std::string toText(const Region& r)
{
    return "y " + std::to_string(r.y) + ", x " + std::to_string(r.x) + ", " + toText(r.shape());
}

} // namespace dispersa
