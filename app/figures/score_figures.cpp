// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of numbers; see score_figures.h.
#include "app/figures/score_figures.h"

#include "app/figures/account_text.h"
#include "app/figures/run_values.h"
#include "app/text/loss_text.h"
#include "core/learn/recipe.h"
#include "widgets/palette.h"

#include <QCoreApplication>

#include <algorithm>
#include <functional>
#include <limits>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("Figures", source);
}

LinePanel lossPanel(const RunResult& run)
{
    LinePanel panel;
    panel.title = text("Training");
    panel.xLabel = stepAxisText(run.study.recipe);
    panel.yLabel = lossAxisText(run.study.recipe);
    FigureSeries loss{text("training"), {}, {}, categoryColor(0)};
    FigureSeries validation{
        run.study.split.validationFraction > 0 ? text("validation") : text("test part"), {}, {}, categoryColor(1)};
    for (const EpochRecord& epoch : run.history) {
        loss.x.push_back(epoch.epoch);
        loss.y.push_back(epoch.loss);
        validation.x.push_back(epoch.epoch);
        validation.y.push_back(epoch.valLoss.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    loss.dots = validation.dots = run.history.size() < 2; // a line of one point is invisible
    panel.series = {loss, validation};
    const auto recipe = recipeNamed(run.study.recipe.name);
    if (run.bestEpoch > 0 && !(recipe && recipe->profile))
        panel.markers.push_back({double(run.bestEpoch), text("best"), QColor(0x60, 0x60, 0x60)});
    return panel;
}

QStringList targetNames(const std::vector<TargetScores>& targets)
{
    QStringList names;
    for (const TargetScores& target : targets)
        names << QString::fromStdString(target.name);
    return names;
}

BarPanel testBars(const RunResult& run, const QString& label, const std::function<Score(const TargetScores&)>& score)
{
    BarPanel panel;
    panel.categories = targetNames(run.metrics.testTargets);
    BarGroup group{text("test part"), {}, categoryColor(0)};
    for (const TargetScores& target : run.metrics.testTargets)
        group.values.push_back(score(target).value);
    panel.groups = {group};
    panel.yLabel = label;
    panel.legend = false;
    return panel;
}

using IntervalOf = std::function<std::optional<ScoreInterval>(const TargetAccount&)>;

const TargetScores* targetNamed(const ScanScores& scan, const QString& name)
{
    for (const TargetScores& target : scan.targets)
        if (QString::fromStdString(target.name) == name)
            return &target;
    return nullptr;
}

BarPanel scanBars(const RunMetrics& metrics, const QString& label,
                  const std::function<Score(const TargetScores&)>& score, const IntervalOf& interval)
{
    BarPanel panel;
    panel.yLabel = label;
    panel.intervalName = text("95 % interval");
    for (const ScanScores& scan : metrics.scans)
        for (const TargetScores& target : scan.targets)
            if (const QString name = QString::fromStdString(target.name); !panel.categories.contains(name))
                panel.categories << name;
    int index = 0;
    for (const ScanScores& scan : metrics.scans) {
        if (scan.targets.empty())
            continue;
        // In-sample scans in grey: their scores are no predictions.
        BarGroup group{scanLabel(scan), {}, scan.inSample ? QColor(0xa8, 0xa8, 0xa8) : categoryColor(index++)};
        for (const QString& name : panel.categories) {
            const TargetScores* target = targetNamed(scan, name);
            group.values.push_back(target ? score(*target).value : std::nullopt);
            const auto ends = target ? interval(target->account) : std::nullopt;
            group.intervals.push_back(ends ? std::optional(ValueRange{ends->low, ends->high}) : std::nullopt);
            group.notes << (ends ? text("95 % interval: %1 to %2").arg(ends->low, 0, 'f', 3).arg(ends->high, 0, 'f', 3)
                                 : QString());
        }
        panel.groups.push_back(std::move(group));
    }
    return panel;
}

void addNote(QString& notes, const QString& note)
{
    notes += (notes.isEmpty() ? QString() : QStringLiteral("\n")) + note;
}

/// What stands beside r: how high it could be, and how high it is without a network.
void addMarks(BarGroup& group, const QStringList& categories, const ScanScores& scan)
{
    BarMark counts{BarMark::Kind::Line, ceilingText(CeilingKind::Counts), {}};
    BarMark estimate{BarMark::Kind::DashedLine, ceilingText(CeilingKind::Estimate), {}};
    BarMark baseline{BarMark::Kind::Diamond, text("best baseline"), {}};
    for (auto* mark : {&counts, &estimate, &baseline})
        mark->values.resize(std::size_t(categories.size()));
    for (qsizetype c = 0; c < categories.size(); ++c) {
        const TargetScores* target = targetNamed(scan, categories[c]);
        if (!target)
            continue;
        if (const auto& ceiling = target->account.ceiling; ceiling && ceiling->r.value) {
            (ceiling->kind == CeilingKind::Counts ? counts : estimate).values[std::size_t(c)] = ceiling->r.value;
            addNote(group.notes[c], QStringLiteral("%1: %2").arg(ceilingText(ceiling->kind), rText(*ceiling->r.value)));
        }
        if (const BaselineScores* best = bestBaseline(*target, scan.inSample)) {
            baseline.values[std::size_t(c)] = best->pearson.value;
            addNote(group.notes[c], text("best baseline, %1: %2")
                                        .arg(baselineText(best->kind), best->pearson.value ? rText(*best->pearson.value)
                                                                                           : QStringLiteral("–")));
        }
    }
    group.marks = {counts, estimate, baseline};
}

} // namespace

BarPanel pearsonBars(const RunMetrics& metrics)
{
    BarPanel panel = scanBars(
        metrics, text("Pearson r"), [](const TargetScores& t) { return t.pearson; },
        [](const TargetAccount& account) { return account.pearson; });
    std::size_t next = 0;
    for (const ScanScores& scan : metrics.scans)
        if (!scan.targets.empty())
            addMarks(panel.groups[next++], panel.categories, scan);
    const double low = barRange(panel.groups).low;
    // A little above 1, so that a ceiling near it does not lie on the frame.
    panel.yRange = ValueRange{low < 0 ? std::max(-1.0, low * 1.1 - 0.02) : 0, 1.03};
    return panel;
}

BarPanel maeBars(const RunMetrics& metrics)
{
    BarPanel panel = scanBars(
        metrics, text("MAE (atomic fraction)"), [](const TargetScores& t) { return t.mae; },
        [](const TargetAccount& account) { return account.mae; });
    if (panel.categories.contains(QLatin1String("HAADF")))
        panel.yLabel = text("MAE (fraction; HAADF scaled)"); // scored in the 0..1 scale the network learns
    return panel;
}

BarPanel errorBars(const RunMetrics& metrics)
{
    return scanBars(
        metrics, text("Error (% of the mean)"), [](const TargetScores& t) { return t.errorPercent; },
        [](const TargetAccount&) { return std::optional<ScoreInterval>(); });
}

std::optional<Figure> trainingFigure(const RunResult& run)
{
    const auto& targets = run.metrics.testTargets;
    if (run.history.empty() && targets.empty())
        return std::nullopt;
    constexpr int perRow = 3; // panels side by side; each spans two of six columns
    const int scatterRows = (int(targets.size()) + perRow - 1) / perRow;
    Figure figure = Figure::grid(1 + scatterRows, 2 * perRow, 180);
    int column = 0;
    if (!run.history.empty()) {
        figure.set(0, 0, lossPanel(run), 1, 2);
        column = 2;
    }
    if (!targets.empty()) {
        BarPanel pearson = testBars(run, text("Pearson r"), [](const TargetScores& t) { return t.pearson; });
        double low = 0;
        for (const auto& value : pearson.groups.front().values)
            low = std::min(low, value.value_or(0));
        pearson.yRange = ValueRange{low < 0 ? std::max(-1.0, low * 1.1) : 0, 1};
        pearson.title = text("Test part");
        BarPanel error =
            testBars(run, text("Error (% of the mean)"), [](const TargetScores& t) { return t.errorPercent; });
        error.title = text("Test part");
        figure.set(0, column, pearson, 1, 2);
        figure.set(0, column + 2, error, 1, 2);
    }
    for (int i = 0; i < int(targets.size()); ++i) {
        const TargetScores& target = targets[std::size_t(i)];
        ValuePairs pairs = testPairsOf(run, target.name);
        ScatterPanel panel;
        const QString r = target.pearson.value ? QString::number(*target.pearson.value, 'f', 2) : QStringLiteral("–");
        panel.title = text("%1, r = %2").arg(QString::fromStdString(target.name), r);
        const QString unit = unitText(target.name == "HAADF" ? MapUnit::Arbitrary : MapUnit::Fraction);
        panel.xLabel = text("real (%1)").arg(unit);
        panel.yLabel = text("predicted (%1)").arg(unit);
        panel.x = std::move(pairs.real);
        panel.y = std::move(pairs.predicted);
        figure.set(1 + i / perRow, 2 * (i % perRow), panel, 1, 2);
    }
    return figure;
}

std::optional<Figure> scoresFigure(const RunResult& run)
{
    BarPanel pearson = pearsonBars(run.metrics);
    if (pearson.groups.empty())
        return std::nullopt;
    BarPanel mae = maeBars(run.metrics);
    mae.legend = false;
    Figure figure = Figure::grid(2, 1, 180);
    figure.set(0, 0, pearson).set(1, 0, mae);
    figure.setRowHeight(0, 68).setRowHeight(1, 58);
    return figure;
}

std::vector<MatrixPanel> correlationPanels(const ScanScores& scores)
{
    const CorrelationMatrices& matrices = scores.correlation;
    QStringList names;
    for (const std::string& target : matrices.targets)
        names << QString::fromStdString(target);
    MatrixPanel real{names, names, matrices.real, text("real – real")};
    MatrixPanel predicted{names, names, matrices.predicted, text("predicted – predicted")};
    MatrixPanel cross{names, names, matrices.cross, text("real (rows) – predicted (columns)")};
    return {real, predicted, cross};
}

std::optional<Figure> correlationFigure(const ScanScores& scores)
{
    if (scores.correlation.targets.empty())
        return std::nullopt;
    Figure figure = Figure::grid(1, 3, 180);
    int column = 0;
    for (MatrixPanel& panel : correlationPanels(scores))
        figure.set(0, column++, std::move(panel));
    figure.setRowColorBar(0, {ColorMap::BlueWhiteRed, {-1, 1}, DisplayScaling::Linear, text("Pearson r")});
    return figure;
}

} // namespace dispersa
