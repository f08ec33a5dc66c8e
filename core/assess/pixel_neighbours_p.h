// SPDX-License-Identifier: GPL-3.0-or-later
// The nearest of many pixels that carry a value: a k-d tree over whole-number places.
#pragma once

#include "core/data/geometry.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dispersa {

/// Pixels with values; several may share a place (scans laid over each other). Building is O(n log n), a question about
/// O(log n) wherever it is asked.
class PixelNeighbours {
  public:
    /// Values that are not finite are left out.
    PixelNeighbours(std::span<const ScanPoint> places, std::span<const float> values);

    bool empty() const { return m_cells.empty(); }

    /// Mean of the `count` nearest pixels, weighted by 1/distance; pixels at the place itself outweigh all others.
    /// Pixels just as far as the last one share its weight, so the result does not depend on the order of the pixels
    /// nor favour a side. NaN when there are none.
    double inverseDistanceMean(ScanPoint place, int count) const;

  private:
    /// All pixels of one place.
    struct Cell {
        ScanPoint place;
        double sum = 0;
        int count = 0;
    };
    /// How far a place is from the box of a range of cells, at least, by rows and by columns.
    struct Gap {
        std::int64_t rows = 0;
        std::int64_t columns = 0;
        std::int64_t squared() const { return rows * rows + columns * columns; }
    };
    struct Nearest;
    struct WeightedSum;
    void build(std::size_t begin, std::size_t end, bool byRow);
    template<class Visitor>
    void visit(std::size_t begin, std::size_t end, bool byRow, ScanPoint place, Gap gap, Visitor& visitor) const;
    Gap gapTo(ScanPoint place) const;

    std::vector<Cell> m_cells; ///< a tree: the middle of each range splits it, by rows and columns in turn
    ScanPoint m_first = {};    ///< smallest row and column
    ScanPoint m_last = {};     ///< largest row and column
};

} // namespace dispersa
