// SPDX-License-Identifier: GPL-3.0-or-later
// What pages and figures read out of a run: targets in order, ranges of colour, differences, pairs of the test part.
#pragma once

#include "core/workflow/run_result.h"
#include "widgets/figure_panels.h"

#include <string>
#include <vector>

namespace dispersa {

/// The kinds of map a run has of a quantity.
/// Sigma: the spread of the ensemble; Interval: half width of the interval around what is predicted.
enum class MapStage { Measured, Real, Predicted, Corrected, Difference, Sigma, Interval };

/// "measured", "real", "predicted", "corrected", "difference", "sigma", "interval", translated.
QString stageName(MapStage stage);
/// "measured", "real", ...: never translated, for object and file names.
const char* stageKey(MapStage stage);
/// The map; Difference is predicted - real. Null where there is none.
MapPtr stageMap(const QuantityMaps& maps, MapStage stage);

/// predicted - real; no data where either has none. Both of one shape.
MapPtr differenceMap(const ElementMap& real, const ElementMap& predicted);

/// Quantities that were predicted, in the network's order.
std::vector<std::string> predictedQuantities(const RunResult& run);
/// The same and the others that were measured (HAADF last).
std::vector<std::string> shownQuantities(const RunResult& run);

/// "O (atomic fraction)", "HAADF (arb. units)".
QString quantityLabel(const std::string& quantity, MapUnit unit);
/// "atomic fraction", "counts", "arb. units".
QString unitText(MapUnit unit);

/// Colours for a quantity of a scan: its usual map over the 0.1..99.9 % range of the real map, of the predicted one
/// where there is no real map.
ColorScale colorScale(const QuantityMaps& maps);
/// The same over several scans, so that they can be compared.
ColorScale colorScale(const std::vector<const QuantityMaps*>& maps);
/// Blue-white-red about zero for a difference; `percentile` of |difference| is the end of the bar.
ColorScale differenceScale(const std::vector<MapPtr>& differences, const QString& label);

/// From zero to the 99 % quantile of uncertainties (sigma, interval) of one unit, in colours that no fraction has.
ColorScale uncertaintyScale(const std::vector<MapPtr>& maps, const QString& label);

/// Pixels whose pattern is unlike any that was trained on (novelty above 1); null where that is not known.
PixelMask unlikeTraining(const ScanResult& scan);

/// "± 0.11": the end of a difference's colour bar.
QString plusMinusText(double end);

/// Real and predicted values of one target at the test pixels of the split, where both are data.
struct ValuePairs {
    std::vector<float> real = {};
    std::vector<float> predicted = {};
};
ValuePairs testPairsOf(const RunResult& run, const std::string& target);
/// The same over a whole scan.
ValuePairs scanPairsOf(const ScanResult& scan, const std::string& target);

/// "0033 (in sample)" or "0037".
QString scanLabel(const ScanScores& scores);

} // namespace dispersa
