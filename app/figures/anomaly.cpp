// SPDX-License-Identifier: GPL-3.0-or-later
// The largest disagreement; see anomaly.h.
#include "app/figures/anomaly.h"

#include "app/figures/run_values.h"
#include "core/data/shape.h"
#include "core/prepare/virtual_detector.h"
#include "core/workflow/open_scan.h"

#include <cmath>

namespace dispersa {

namespace {

/// Mean of the valid values about (y, x); NaN if the pixel itself has none.
double localMean(const ElementMap& map, int y, int x)
{
    if (!ElementMap::isData(map.at(y, x)))
        return std::nan("");
    double sum = 0;
    int n = 0;
    for (int v = std::max(0, y - 1); v <= std::min(map.shape.height - 1, y + 1); ++v)
        for (int u = std::max(0, x - 1); u <= std::min(map.shape.width - 1, x + 1); ++u)
            if (ElementMap::isData(map.at(v, u))) {
                sum += map.at(v, u);
                ++n;
            }
    return sum / n;
}

std::optional<Anomaly> anomalyOf(const std::string& quantity, const ElementMap& difference)
{
    double sum = 0;
    double squares = 0;
    std::int64_t n = 0;
    for (const float value : difference.values)
        if (ElementMap::isData(value)) {
            sum += value;
            squares += double(value) * value;
            ++n;
        }
    if (n < 2)
        return std::nullopt;
    const double mean = sum / double(n);
    const double sd = std::sqrt(std::max(0.0, squares / double(n) - mean * mean));
    if (!(sd > 0))
        return std::nullopt;
    Anomaly best{quantity};
    for (int y = 0; y < difference.shape.height; ++y)
        for (int x = 0; x < difference.shape.width; ++x) {
            const double deviation = (localMean(difference, y, x) - mean) / sd;
            const double size = quantity == "HAADF" ? deviation : std::abs(deviation);
            const double known = quantity == "HAADF" ? best.deviation : std::abs(best.deviation);
            if (size > known) { // false for NaN
                best.place = {y, x};
                best.deviation = deviation;
            }
        }
    return best;
}

} // namespace

std::optional<Anomaly> findAnomaly(const ScanResult& scan)
{
    if (const QuantityMaps* haadf = scan.quantity("HAADF"))
        if (const MapPtr difference = stageMap(*haadf, MapStage::Difference))
            return anomalyOf("HAADF", *difference);
    std::optional<Anomaly> best;
    for (const QuantityMaps& maps : scan.quantities)
        if (const MapPtr difference = stageMap(maps, MapStage::Difference)) {
            const auto found = anomalyOf(maps.quantity, *difference);
            if (found && (!best || std::abs(found->deviation) > std::abs(best->deviation)))
                best = found;
        }
    return best;
}

std::optional<CirclePattern> circlePattern(const RunResult& run, const ScanResult& scan, const Anomaly& anomaly)
{
    const StudyScan* entry = run.study.scan(scan.name);
    if (!entry)
        return std::nullopt;
    const auto opened = openScan(*entry, run.study.calibration);
    if (!opened || !(*opened)->diffraction)
        return std::nullopt;
    const DiffractionScan& patterns = *(*opened)->diffraction;
    if (!(patterns.scanShape() == scan.scanShape)) // another file under the same name
        return std::nullopt;
    std::vector<ScanPoint> pixels =
        shapePixels(circleShape({double(anomaly.place.y), double(anomaly.place.x)}, anomaly.radius_px),
                    scan.crop.height, scan.crop.width);
    for (ScanPoint& pixel : pixels)
        pixel = {pixel.y + scan.crop.y, pixel.x + scan.crop.x};
    auto mean = combinedPattern(patterns, pixels, PatternStatistic::Mean, {}, {});
    if (!mean)
        return std::nullopt;
    return CirclePattern{patterns.patternShape(), std::move(*mean), (*opened)->calibration.qPixel_invA,
                         int(pixels.size())};
}

} // namespace dispersa
