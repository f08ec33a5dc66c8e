// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of what a run is worth; see account_tables.h.
#include "app/figures/account_tables.h"

#include "app/figures/account_text.h"
#include "app/figures/html_table.h"
#include "app/figures/run_values.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

namespace dispersa {

using html::escaped, html::number, html::row, html::table;

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("RunReport", source);
}

const QString& dash()
{
    static const QString nothing = QStringLiteral("–");
    return nothing;
}

/// Cells after scan and target; none: the row is left out.
using CellsOf = std::function<QStringList(const TargetScores&, bool inSample)>;

/// The targets of one place, whose name stands once.
QString rowsOf(const QString& place, const std::vector<TargetScores>& targets, bool inSample, const CellsOf& cellsOf)
{
    QString rows;
    for (const TargetScores& target : targets) {
        const QStringList cells = cellsOf(target, inSample);
        if (cells.isEmpty())
            continue;
        QStringList classes;
        if (rows.isEmpty())
            classes << QStringLiteral("first");
        if (inSample)
            classes << QStringLiteral("insample");
        rows += row(QStringList{rows.isEmpty() ? place : QString(), escaped(target.name)} + cells, "td",
                    classes.isEmpty() ? QString() : QStringLiteral(" class=\"%1\"").arg(classes.join(QLatin1Char(' '))));
    }
    return rows;
}

QString tableOf(const RunMetrics& metrics, const QStringList& titles, const CellsOf& cellsOf)
{
    QString rows;
    for (const ScanScores& scan : metrics.scans)
        rows += rowsOf(scanLabel(scan).toHtmlEscaped(), scan.targets, scan.inSample, cellsOf);
    rows += rowsOf(text("test part"), metrics.testTargets, false, cellsOf);
    return rows.isEmpty() ? QString()
                          : table(row(QStringList{text("Scan"), text("Target")} + titles, "th") + rows, "numbers places");
}

QString meanSd(const MeanSd& value, int decimals)
{
    return value.mean && value.sd ? QStringLiteral("%1 (%2)").arg(number(value.mean, decimals), number(value.sd, decimals))
                                  : number(value.mean, decimals);
}

QString intervalText(const std::optional<ScoreInterval>& interval, int decimals)
{
    return interval ? text("%1 to %2").arg(number(interval->low, decimals), number(interval->high, decimals)) : dash();
}

QString lineText(const LinearCorrection& line)
{
    return (line.beta < 0 ? text("%1 y − %2") : text("%1 y + %2")).arg(number(line.alpha, 3), number(std::abs(line.beta), 4));
}

} // namespace

QString leakGapTable(const LeakGap& gap)
{
    if (gap.empty())
        return {};
    QStringList head{QString()};
    for (const GapColumn column : gapColumns)
        head << gapColumnText(column, gap.guard_px) +
                    (column == GapColumn::Blocks && gap.blocksTrain
                         ? QStringLiteral("<br><small>%1</small>").arg(blocksTrainText(gap))
                         : QString());
    QString rows = row(head, "th");
    for (const LeakGapRow& model : gap.rows) {
        QStringList cells{gapModelText(model).toHtmlEscaped()};
        for (const GapColumn column : gapColumns) {
            const auto r = medianOf(gapValues(model, column));
            cells << QStringLiteral("<b>%1</b><br><small>%2</small>")
                         .arg(r ? rText(*r) : dash(), gapDetail(gap, model, column).toHtmlEscaped());
        }
        rows += row(cells, "td",
                    isPositionAlone(model) && positionPredicts(gap) ? QStringLiteral(" class=\"warning\"") : QString());
    }
    return table(rows, "gap");
}

QString summaryTable(const RunMetrics& metrics)
{
    if (metrics.summary.empty())
        return {};
    QString rows = row({text("Target"), text("Pearson r, mean (sd)"), text("MAE, mean (sd)")}, "th");
    for (const SummaryRow& summary : metrics.summary)
        rows += row({escaped(summary.target), meanSd(summary.pearson, 3), meanSd(summary.mae, 4)});
    return table(rows, "numbers");
}

QString scoresTable(const RunMetrics& metrics)
{
    return tableOf(metrics,
                   {text("r"), text("r without row means"), text("95 % interval of r"), text("Ceiling"),
                    text("Best baseline, its r"), text("Skill over it"), text("MAE"), text("Error %")},
                   [](const TargetScores& target, bool inSample) -> QStringList {
                       const TargetAccount& account = target.account;
                       const BaselineScores* best = bestBaseline(target, inSample);
                       QString ceiling = dash();
                       if (account.ceiling && account.ceiling->r.value)
                           ceiling = (account.ceiling->kind == CeilingKind::Estimate ? QStringLiteral("≈ ") : QString()) +
                                     rText(*account.ceiling->r.value);
                       return {number(target.pearson.value, 3),
                               number(account.withoutRowMeans.value, 3),
                               intervalText(account.pearson, 2),
                               ceiling,
                               best ? text("%1, %2").arg(baselineText(best->kind),
                                                         best->pearson.value ? rText(*best->pearson.value) : dash())
                                    : dash(),
                               best ? number(account.baselines.skill.value, 2) : dash(),
                               number(target.mae.value, 4),
                               number(target.errorPercent.value, 1)};
                   });
}

QString baselinesTable(const RunMetrics& metrics)
{
    QStringList titles{text("This model")};
    for (const BaselineKind kind : baselineKinds)
        titles << baselineText(kind);
    return tableOf(metrics, titles, [](const TargetScores& target, bool inSample) -> QStringList {
        const BaselineComparison& comparison = target.account.baselines;
        if (inSample || comparison.baselines.empty())
            return {};
        QStringList cells{target.pearson.value ? rText(*target.pearson.value) : dash()};
        for (const BaselineKind kind : baselineKinds) {
            const auto scores = std::find_if(comparison.baselines.begin(), comparison.baselines.end(),
                                             [kind](const BaselineScores& one) { return one.kind == kind; });
            const bool known = scores != comparison.baselines.end() && scores->pearson.value;
            const QString r = known ? rText(*scores->pearson.value) : dash();
            cells << (comparison.best == kind ? QStringLiteral("<b>%1</b>").arg(r) : r);
        }
        return cells;
    });
}

QString confidenceTable(const RunMetrics& metrics)
{
    return tableOf(metrics,
                   {text("95 % interval of r"), text("95 % interval of the MAE"), text("Alike over, px"),
                    text("Independent samples"), text("Interval of a pixel, ±"), text("Real values inside"),
                    text("Intervals fitted on")},
                   [](const TargetScores& target, bool) -> QStringList {
                       const TargetAccount& account = target.account;
                       if (!account.pearson && !account.effectiveSamples && !account.intervals)
                           return {};
                       const auto& intervals = account.intervals;
                       return {intervalText(account.pearson, 3),
                               intervalText(account.mae, 4),
                               number(account.autocorrelation_px, 1),
                               number(account.effectiveSamples, 0),
                               intervals ? number(intervals->halfWidth, 4) : dash(),
                               intervals ? coverageText(*intervals) : dash(),
                               intervals ? intervalsFittedOnText(intervals->fittedOn).toHtmlEscaped() : dash()};
                   });
}

QString correctionTable(const RunMetrics& metrics)
{
    return tableOf(metrics,
                   {text("r before"), text("r after"), text("MAE before"), text("MAE after"), text("Straight line"),
                    text("Fitted here")},
                   [](const TargetScores& target, bool) -> QStringList {
                       if (!target.corrected)
                           return {};
                       const LinearCorrection* line = target.correction ? target.correction->linear() : nullptr;
                       return {number(target.pearson.value, 3),
                               number(target.corrected->pearson.value, 3),
                               number(target.mae.value, 4),
                               number(target.corrected->mae.value, 4),
                               line ? lineText(*line) : dash(),
                               target.correctionInSample ? text("yes: flattering") : text("no")};
                   });
}

} // namespace dispersa
