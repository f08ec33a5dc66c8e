// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a run for showing; see run_values.h.
#include "app/figures/run_values.h"

#include "widgets/display_scaling.h"
#include "widgets/map_view.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("RunValues", source);
}

void append(std::vector<std::string>& names, const std::string& name)
{
    if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
}

} // namespace

QString stageName(MapStage stage)
{
    switch (stage) {
    case MapStage::Measured:
        return text("measured");
    case MapStage::Real:
        return text("real");
    case MapStage::Predicted:
        return text("predicted");
    case MapStage::Corrected:
        return text("corrected");
    case MapStage::Difference:
        return text("difference");
    case MapStage::Sigma:
        return text("sigma");
    case MapStage::Interval:
        return text("interval");
    }
    return {};
}

const char* stageKey(MapStage stage)
{
    switch (stage) {
    case MapStage::Measured:
        return "measured";
    case MapStage::Real:
        return "real";
    case MapStage::Predicted:
        return "predicted";
    case MapStage::Corrected:
        return "corrected";
    case MapStage::Sigma:
        return "sigma";
    case MapStage::Interval:
        return "interval";
    case MapStage::Difference:
        break;
    }
    return "difference";
}

MapPtr differenceMap(const ElementMap& real, const ElementMap& predicted)
{
    auto map = std::make_shared<ElementMap>(emptyMap(real.quantity, real.unit, real.shape));
    map->scanStep_nm = real.scanStep_nm;
    const std::size_t n = std::min({map->values.size(), real.values.size(), predicted.values.size()});
    for (std::size_t i = 0; i < n; ++i)
        if (ElementMap::isData(real.values[i]) && ElementMap::isData(predicted.values[i]))
            map->values[i] = predicted.values[i] - real.values[i];
    return map;
}

MapPtr stageMap(const QuantityMaps& maps, MapStage stage)
{
    switch (stage) {
    case MapStage::Measured:
        return maps.measured;
    case MapStage::Real:
        return maps.real;
    case MapStage::Predicted:
        return maps.predicted;
    case MapStage::Corrected:
        return maps.corrected;
    case MapStage::Difference:
        return maps.real && maps.predicted ? differenceMap(*maps.real, *maps.predicted) : nullptr;
    case MapStage::Sigma:
        return maps.sigma;
    case MapStage::Interval:
        return maps.interval;
    }
    return nullptr;
}

std::vector<std::string> predictedQuantities(const RunResult& run)
{
    std::vector<std::string> names;
    for (const ScanResult& scan : run.scans)
        for (const QuantityMaps& maps : scan.quantities)
            if (maps.predicted && maps.quantity != "HAADF")
                append(names, maps.quantity);
    for (const ScanResult& scan : run.scans)
        if (const QuantityMaps* haadf = scan.quantity("HAADF"); haadf && haadf->predicted)
            append(names, "HAADF");
    return names;
}

std::vector<std::string> shownQuantities(const RunResult& run)
{
    std::vector<std::string> names = predictedQuantities(run);
    for (const ScanResult& scan : run.scans)
        for (const QuantityMaps& maps : scan.quantities)
            if ((maps.real || maps.measured) && maps.quantity != "HAADF")
                append(names, maps.quantity);
    for (const ScanResult& scan : run.scans)
        if (scan.quantity("HAADF"))
            append(names, "HAADF");
    return names;
}

QString unitText(MapUnit unit)
{
    switch (unit) {
    case MapUnit::Fraction:
        return text("atomic fraction");
    case MapUnit::Percent:
        return text("at%");
    case MapUnit::WeightPercent:
        return text("wt%");
    case MapUnit::Counts:
        return text("counts");
    case MapUnit::Pixels:
        return text("px");
    case MapUnit::Arbitrary:
        break;
    }
    return text("arb. units");
}

QString quantityLabel(const std::string& quantity, MapUnit unit)
{
    return QStringLiteral("%1 (%2)").arg(QString::fromStdString(quantity), unitText(unit));
}

ColorScale colorScale(const std::vector<const QuantityMaps*>& all)
{
    ColorScale scale;
    bool first = true;
    for (const bool real : {true, false}) {
        for (const QuantityMaps* maps : all) {
            const MapPtr& map = real ? (maps->real ? maps->real : maps->measured) : maps->predicted;
            if (!map)
                continue;
            const ValueRange range = percentileRange(map->values);
            if (first) {
                scale.map = defaultColorMap(*map);
                scale.label = quantityLabel(map->quantity, map->unit);
                scale.range = range;
            }
            scale.range = {std::min(scale.range.low, range.low), std::max(scale.range.high, range.high)};
            first = false;
        }
        if (!first)
            break; // predicted maps count only where nothing is measured: a wild prediction must not wash out the rest
    }
    if (!(scale.range.low < scale.range.high))
        scale.range.high = scale.range.low + 1e-6;
    return scale;
}

ColorScale colorScale(const QuantityMaps& maps)
{
    return colorScale(std::vector{&maps});
}

ColorScale differenceScale(const std::vector<MapPtr>& differences, const QString& label)
{
    double end = 0;
    for (const MapPtr& map : differences)
        if (map) {
            const ValueRange range = percentileRange(map->values, 1, 99);
            end = std::max({end, std::abs(range.low), std::abs(range.high)});
        }
    if (!(end > 0))
        end = 1e-6;
    return {ColorMap::BlueWhiteRed, {-end, end}, DisplayScaling::Linear, label};
}

ColorScale uncertaintyScale(const std::vector<MapPtr>& maps, const QString& label)
{
    double end = 0;
    for (const MapPtr& map : maps)
        if (map)
            end = std::max(end, percentileRange(map->values, 1, 99).high);
    return {ColorMap::Inferno, {0, end > 0 ? end : 1e-6}, DisplayScaling::Linear, label};
}

PixelMask unlikeTraining(const ScanResult& scan)
{
    if (!scan.novelty)
        return nullptr;
    auto mask = std::make_shared<std::vector<std::uint8_t>>();
    mask->reserve(scan.novelty->values.size());
    for (const float value : scan.novelty->values)
        mask->push_back(value > 1 ? 1 : 0); // no data is not known to be unlike anything
    return mask;
}

QString plusMinusText(double end)
{
    return QStringLiteral("± %1").arg(end >= 100 ? QString::number(std::round(end), 'f', 0)
                                                 : QString::number(end, 'g', 2));
}

ValuePairs testPairsOf(const RunResult& run, const std::string& target)
{
    ValuePairs pairs;
    for (const SplitPixel& pixel : run.split) {
        if (pixel.set != "test")
            continue;
        const ScanResult* scan = run.scan(pixel.scan);
        const QuantityMaps* maps = scan ? scan->quantity(target) : nullptr;
        if (!maps || !maps->real || !maps->predicted || !scan->crop.contains({pixel.y, pixel.x}))
            continue;
        const float real = maps->real->at(pixel.y - scan->crop.y, pixel.x - scan->crop.x);
        const float predicted = maps->predicted->at(pixel.y - scan->crop.y, pixel.x - scan->crop.x);
        if (!ElementMap::isData(real) || !ElementMap::isData(predicted))
            continue;
        pairs.real.push_back(real);
        pairs.predicted.push_back(predicted);
    }
    return pairs;
}

ValuePairs scanPairsOf(const ScanResult& scan, const std::string& target)
{
    const QuantityMaps* maps = scan.quantity(target);
    if (!maps || !maps->real || !maps->predicted)
        return {};
    return {maps->real->values, maps->predicted->values};
}

QString scanLabel(const ScanScores& scores)
{
    const QString name = QString::fromStdString(scores.name);
    return scores.inSample ? text("%1 (in sample)").arg(name) : name;
}

} // namespace dispersa
