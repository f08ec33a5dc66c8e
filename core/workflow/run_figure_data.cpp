// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_figure_data.h"

#include "core/io/figure_data.h"

#include <limits>

namespace dispersa {
namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

void addColumn(std::vector<FigureArray>& arrays, const std::string& path, std::vector<float> values, Attributes attributes)
{
    const auto count = static_cast<std::int64_t>(values.size());
    arrays.push_back({path, {count}, std::move(values), std::move(attributes)});
}

void addHistory(std::vector<FigureArray>& arrays, const std::vector<EpochRecord>& history)
{
    if (history.empty())
        return;
    std::vector<float> epoch, loss, valLoss;
    for (const EpochRecord& record : history) {
        epoch.push_back(static_cast<float>(record.epoch));
        loss.push_back(static_cast<float>(record.loss));
        valLoss.push_back(record.valLoss ? static_cast<float>(*record.valLoss)
                                         : std::numeric_limits<float>::quiet_NaN());
    }
    addColumn(arrays, "/history/epoch", std::move(epoch), {});
    addColumn(arrays, "/history/loss", std::move(loss), {{"unit", "mean absolute error"}});
    addColumn(arrays, "/history/val_loss", std::move(valLoss), {{"unit", "mean absolute error"}});
}

void addMap(std::vector<FigureArray>& arrays, const std::string& path, const MapPtr& map)
{
    if (!map)
        return;
    Attributes attributes = {{"unit", mapUnitName(map->unit)}};
    if (map->scanStep_nm)
        attributes.emplace_back("scan_step_nm", std::to_string(*map->scanStep_nm));
    arrays.push_back({path, {map->shape.height, map->shape.width}, map->values, std::move(attributes)});
}

void addMatrix(std::vector<FigureArray>& arrays, const std::string& path, const CorrelationMatrices& matrices,
               const std::vector<std::optional<double>>& cells)
{
    std::string targets;
    for (const std::string& target : matrices.targets)
        targets += (targets.empty() ? "" : ",") + target;
    std::vector<float> values;
    for (const auto& cell : cells)
        values.push_back(cell ? static_cast<float>(*cell) : std::numeric_limits<float>::quiet_NaN());
    const auto n = static_cast<std::int64_t>(matrices.targets.size());
    arrays.push_back({path, {n, n}, std::move(values), {{"targets", targets}}});
}

} // namespace

Result<void> writeRunFigureData(const RunResult& run, const std::vector<std::string>& targets, const TestPairs* pairs)
{
    std::vector<FigureArray> arrays;
    addHistory(arrays, run.history);
    if (pairs)
        for (std::size_t t = 0; t < targets.size(); ++t) {
            addColumn(arrays, "/scatter/" + targets[t] + "/real", pairs->real[t], {});
            addColumn(arrays, "/scatter/" + targets[t] + "/predicted", pairs->predicted[t], {});
        }
    for (const ScanResult& scan : run.scans) {
        for (const QuantityMaps& maps : scan.quantities)
            for (const StoredMap& stage : storedMaps())
                addMap(arrays, "/scans/" + scan.name + "/" + maps.quantity + "/" + stage.name, maps.*stage.map);
        addMap(arrays, "/scans/" + scan.name + "/novelty", scan.novelty);
    }
    for (const ScanScores& scan : run.metrics.scans) {
        const std::string group = "/correlation/" + scan.name + "/";
        addMatrix(arrays, group + "real", scan.correlation, scan.correlation.real);
        addMatrix(arrays, group + "predicted", scan.correlation, scan.correlation.predicted);
        addMatrix(arrays, group + "cross", scan.correlation, scan.correlation.cross);
    }
    return writeFigureData(run.folder / "figure_data.h5", arrays);
}

} // namespace dispersa
