// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of maps; see map_figures.h.
#include "app/figures/map_figures.h"

#include "app/figures/anomaly.h"
#include "app/figures/run_values.h"
#include "widgets/display_scaling.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("Figures", source);
}

QString pearsonText(const RunResult& run, const std::string& scan, const std::string& quantity)
{
    const ScanScores* scores = run.scores(scan);
    if (!scores)
        return {};
    for (const TargetScores& target : scores->targets)
        if (target.name == quantity && target.pearson.value)
            return text("r = %1").arg(*target.pearson.value, 0, 'f', 2);
    return {};
}

constexpr double widthPerColumn_mm = 30;

/// The column's header names the quantity already; narrow columns have no room to say it twice.
ColorScale withUnitOnly(ColorScale colors, const std::string& quantity)
{
    colors.label = unitText(quantity == "HAADF" ? MapUnit::Arbitrary : MapUnit::Fraction);
    return colors;
}

QStringList headers(const std::vector<std::string>& quantities)
{
    QStringList names;
    for (const std::string& quantity : quantities)
        names << QString::fromStdString(quantity);
    return names;
}

/// The colours that a row's elements share, or those of HAADF in it; nothing where each column has its own.
std::optional<ColorScale> rowScale(const ScanResult& scan, const std::vector<std::string>& quantities, MapStage stage,
                                   bool haadf)
{
    std::vector<MapPtr> maps;
    for (const std::string& name : quantities)
        if (const MapPtr map = stageMap(*scan.quantity(name), stage); map && (name == "HAADF") == haadf)
            maps.push_back(map);
    if (maps.empty())
        return std::nullopt;
    const QString unit = unitText(maps.front()->unit);
    switch (stage) {
    case MapStage::Difference:
        return differenceScale(maps, text("difference (%1)").arg(unit));
    case MapStage::Sigma:
    case MapStage::Interval:
        return uncertaintyScale(maps, unit);
    default:
        return std::nullopt;
    }
}

ImagePanel patternPanel(const CirclePattern& pattern)
{
    ImagePanel panel;
    panel.height = pattern.shape.height;
    panel.width = pattern.shape.width;
    panel.values = std::make_shared<const std::vector<float>>(pattern.mean);
    panel.colors.map = ColorMap::Inferno;
    panel.colors.scaling = DisplayScaling::Log;
    panel.colors.range =
        usableRange(percentileRange(pattern.mean, 0.1, 99.9, DisplayScaling::Log), DisplayScaling::Log);
    panel.colors.label = text("counts");
    panel.colorBar = true;
    panel.title = text("mean of %1 patterns").arg(pattern.patterns);
    if (pattern.qPixel_invA) {
        panel.pixelSize = *pattern.qPixel_invA;
        panel.lengthUnit = QStringLiteral("1/Å");
    }
    return panel;
}

} // namespace

ImagePanel mapPanel(const ElementMap& map, const ColorScale& colors)
{
    ImagePanel panel;
    panel.height = map.shape.height;
    panel.width = map.shape.width;
    panel.values = std::make_shared<const std::vector<float>>(map.values);
    panel.colors = colors;
    panel.pixelSize = map.scanStep_nm;
    return panel;
}

std::optional<Figure> mapsFigure(const RunResult& run, const ScanResult& scan, const MapFigureRows& extra)
{
    std::vector<std::string> quantities;
    for (const std::string& name : predictedQuantities(run))
        if (const QuantityMaps* maps = scan.quantity(name); maps && maps->predicted)
            quantities.push_back(name);
    if (quantities.empty())
        return std::nullopt;
    struct Row {
        MapStage stage;
        QString label;
    };
    std::vector<Row> rows;
    for (const Row& row : {Row{MapStage::Real, text("real")}, Row{MapStage::Predicted, text("predicted")},
                           Row{MapStage::Difference, text("predicted – real")}, Row{MapStage::Sigma, text("sigma")},
                           Row{MapStage::Interval, text("± interval, %1 %").arg(100 * run.study.account.level, 0, 'g', 3)}}) {
        const bool any = std::any_of(quantities.begin(), quantities.end(), [&](const std::string& name) {
            return stageMap(*scan.quantity(name), row.stage) != nullptr;
        });
        if (any && (row.stage != MapStage::Sigma || extra.sigma) && (row.stage != MapStage::Interval || extra.interval))
            rows.push_back(row);
    }
    const int columns = int(quantities.size());
    Figure figure = Figure::grid(int(rows.size()), columns, std::clamp(columns * widthPerColumn_mm + 20, 85.0, 180.0));
    const PixelMask unlike = extra.hatched ? unlikeTraining(scan) : nullptr;
    figure.setTitle((unlike ? text("Scan %1 (hatched: patterns unlike those of the training)") : text("Scan %1"))
                        .arg(QString::fromStdString(scan.name)));
    figure.setColumnHeaders(headers(quantities));
    QStringList labels;
    for (int r = 0; r < int(rows.size()); ++r) {
        const MapStage stage = rows[std::size_t(r)].stage;
        labels << rows[std::size_t(r)].label;
        const std::optional<ColorScale> shared = rowScale(scan, quantities, stage, false);
        for (int column = 0; column < columns; ++column) {
            const QuantityMaps& maps = *scan.quantity(quantities[std::size_t(column)]);
            const MapPtr map = stageMap(maps, stage);
            if (!map)
                continue;
            // HAADF has its own scale: only its sign and its pattern can be compared with the elements'.
            const bool haadf = maps.quantity == "HAADF";
            const std::optional<ColorScale> own = haadf ? rowScale(scan, quantities, stage, true) : shared;
            ImagePanel panel = mapPanel(*map, own.value_or(colorScale(maps)));
            if (stage == MapStage::Predicted) {
                panel.title = pearsonText(run, scan.name, maps.quantity);
                panel.hatched = unlike;
            } else if (stage == MapStage::Difference) {
                panel.title = plusMinusText(panel.colors.range.high);
            } else if (own) {
                panel.title = text("0 – %1").arg(QString::number(panel.colors.range.high, 'g', 2));
            }
            figure.set(r, column, panel);
        }
        if (shared)
            figure.setRowColorBar(r, *shared);
    }
    figure.setRowLabels(labels);
    for (int column = 0; column < columns; ++column) {
        const QuantityMaps& maps = *scan.quantity(quantities[std::size_t(column)]);
        figure.setColumnColorBar(column, withUnitOnly(colorScale(maps), maps.quantity));
    }
    return figure;
}

std::optional<Figure> correctionFigure(const RunResult& run, const ScanResult& scan)
{
    const auto anomaly = findAnomaly(scan);
    const QuantityMaps* maps = anomaly ? scan.quantity(anomaly->quantity) : nullptr;
    if (!maps || !maps->real || !maps->predicted)
        return std::nullopt;
    const ColorScale colors = colorScale(*maps);
    const QColor ring(0xff, 0x40, 0x40);
    const Shape circle = circleShape({double(anomaly->place.y), double(anomaly->place.x)}, anomaly->radius_px);
    std::vector<std::pair<QString, MapPtr>> shown = {{text("real"), maps->real}, {text("predicted"), maps->predicted}};
    if (maps->corrected)
        shown.emplace_back(text("corrected"), maps->corrected);
    const auto pattern = circlePattern(run, scan, *anomaly);

    const int columns = int(shown.size()) + (pattern ? 1 : 0);
    Figure figure = Figure::grid(1, columns, pattern ? 180 : 35.0 * columns + 20);
    figure.setTitle(text("Scan %1, %2: the largest disagreement is circled (%3 sd)")
                        .arg(QString::fromStdString(scan.name), quantityLabel(maps->quantity, maps->real->unit))
                        .arg(numberText(anomaly->deviation, 1)));
    std::vector<double> weights;
    for (int column = 0; column < int(shown.size()); ++column) {
        ImagePanel panel = mapPanel(*shown[std::size_t(column)].second, colors);
        panel.title = shown[std::size_t(column)].first;
        panel.shapes = {{circle, ring, {}}};
        figure.set(0, column, panel);
        figure.setColumnColorBar(column, colors);
        weights.push_back(1);
    }
    if (pattern) {
        figure.set(0, columns - 1, patternPanel(*pattern));
        // As high as the maps, where that leaves the maps enough room.
        const double mapHeight = double(scan.crop.height) / std::max(1, scan.crop.width);
        weights.push_back(std::clamp(mapHeight, 1.0, 2.4));
        figure.setColumnWeights(weights);
    }
    return figure;
}

std::optional<Figure> filteringFigure(const RunResult& run, const ScanResult& scan)
{
    if (run.study.mapFilter.kind == MapFilterKind::None)
        return std::nullopt;
    std::vector<std::string> quantities;
    for (const std::string& name : shownQuantities(run))
        if (const QuantityMaps* maps = scan.quantity(name); maps && maps->measured && maps->real)
            quantities.push_back(name);
    if (quantities.empty())
        return std::nullopt;
    const int columns = int(quantities.size());
    Figure figure = Figure::grid(2, columns, std::clamp(columns * widthPerColumn_mm + 10, 85.0, 180.0));
    figure.setTitle(text("Scan %1").arg(QString::fromStdString(scan.name)));
    figure.setColumnHeaders(headers(quantities));
    figure.setRowLabels({text("measured"), text("filtered")});
    for (int column = 0; column < columns; ++column) {
        const QuantityMaps& maps = *scan.quantity(quantities[std::size_t(column)]);
        const ColorScale colors = colorScale(QuantityMaps{maps.quantity, {}, maps.measured, {}, {}});
        figure.set(0, column, mapPanel(*maps.measured, colors)).set(1, column, mapPanel(*maps.real, colors));
        figure.setColumnColorBar(column, withUnitOnly(colors, maps.quantity));
    }
    return figure;
}

} // namespace dispersa
