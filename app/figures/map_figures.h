// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of maps: real beside predicted, the correction with the largest disagreement circled, filtering.
#pragma once

#include "core/workflow/run_result.h"
#include "widgets/figure.h"

#include <optional>

namespace dispersa {

/// A panel of one map with its scale bar.
ImagePanel mapPanel(const ElementMap& map, const ColorScale& colors);

struct MapFigureRows {
    bool sigma = false;    ///< a row of the ensemble's spread, where there is one
    bool interval = false; ///< a row of half widths of the intervals
    bool hatched = false;  ///< predictions struck through where patterns are unlike those of the training
};

/// Rows real, predicted, difference and those asked for; columns quantities; r above each prediction. nullopt without
/// predicted maps.
std::optional<Figure> mapsFigure(const RunResult& run, const ScanResult& scan, const MapFigureRows& extra = {});
/// real | predicted | corrected of one quantity, its largest disagreement circled, and the mean pattern of the circle
/// when the scan's file can be opened. nullopt without real and predicted maps.
std::optional<Figure> correctionFigure(const RunResult& run, const ScanResult& scan);
/// Maps as measured and after the filter. nullopt when nothing was filtered.
std::optional<Figure> filteringFigure(const RunResult& run, const ScanResult& scan);

} // namespace dispersa
