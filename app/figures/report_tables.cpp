// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of a report; see report_tables.h.
#include "app/figures/report_tables.h"

#include "app/figures/account_text.h"
#include "app/figures/run_values.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/training_option_editor.h"
#include "app/pages/train/training_status.h"
#include "core/learn/recipe.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("RunReport", source);
}

QString name(const std::string& value)
{
    return QString::fromStdString(value).toHtmlEscaped();
}

QString cell(const QString& value, const char* tag = "td")
{
    return QStringLiteral("<%1>%2</%1>").arg(QLatin1String(tag), value);
}

QString row(const QStringList& cells, const char* tag = "td", const QString& attribute = {})
{
    QString html = QStringLiteral("<tr%1>").arg(attribute);
    for (qsizetype i = 0; i < cells.size(); ++i)
        html += cell(cells[i], i == 0 && QLatin1String(tag) == QLatin1String("td") ? "th" : tag);
    return html + QStringLiteral("</tr>\n");
}

QString table(const QString& rows, const char* className)
{
    return QStringLiteral("<table class=\"%1\">\n%2</table>\n").arg(QLatin1String(className), rows);
}

QString number(const std::optional<double>& value, int decimals)
{
    return value ? QString::number(*value, 'f', decimals) : QStringLiteral("–");
}

QString meanSd(const MeanSd& value, int decimals)
{
    return value.mean && value.sd ? QStringLiteral("%1 (%2)").arg(number(value.mean, decimals), number(value.sd, decimals))
                                  : number(value.mean, decimals);
}

QString scanNames(const Study& study, ScanRole role)
{
    QStringList names;
    for (const StudyScan& scan : study.scans)
        if (scan.role == role)
            names << name(scan.name);
    return names.isEmpty() ? QStringLiteral("–") : names.join(QStringLiteral(", "));
}

QString percent(double share)
{
    return text("%1 %").arg(100 * share, 0, 'f', 0);
}

QString splitLine(const RunResult& run)
{
    const SplitOptions& split = run.study.split;
    QStringList parts{splitTitle(split.kind)};
    if (split.kind == SplitKind::Random || split.kind == SplitKind::Blocks)
        parts << text("test %1").arg(percent(split.testFraction));
    parts << text("validation %1").arg(percent(split.validationFraction));
    if (split.calibrationFraction > 0)
        parts << text("calibration %1").arg(percent(split.calibrationFraction));
    if (split.kind == SplitKind::Blocks) {
        parts << text("blocks of %1 px").arg(split.block_px);
        if (!run.metrics.leakGap.empty())
            parts << text("guard %1 px").arg(run.metrics.leakGap.guard_px);
    }
    parts << text("seed %1").arg(split.seed);
    return parts.join(QStringLiteral(", "));
}

QString filterLine(const MapFilterOptions& filter)
{
    if (filter.kind == MapFilterKind::None)
        return text("none");
    return QStringLiteral("%1, %2 × %2").arg(QLatin1String(mapFilterName(filter.kind))).arg(filter.size);
}

QString preparationLine(const Study& study)
{
    const auto recipe = recipeNamed(study.recipe.name);
    if (!study.diffraction && !recipe)
        return QStringLiteral("–");
    const DiffractionOptions& options = study.diffraction ? *study.diffraction : recipe->diffraction;
    QStringList parts;
    if (options.repairsPixels())
        parts << text("bad pixels repaired");
    if (options.centre != CentreKind::None)
        parts << text("centred (%1)").arg(QLatin1String(centreName(options.centre)));
    if (options.fitsDescan())
        parts << text("descan: %1").arg(QLatin1String(descanName(options.descan)));
    if (options.correctsEllipse())
        parts << text("ellipse %1 at %2°").arg(options.ellipseRatio).arg(options.ellipseAngle_deg);
    if (options.masksBeam())
        parts << text("beam mask %1 px").arg(options.beamMask_px);
    if (options.bin > 1)
        parts << text("bin %1").arg(options.bin);
    parts << text("scaling %1").arg(QLatin1String(scalingName(options.scaling)));
    if (!study.diffraction)
        parts << text("as the recipe has it for 256 × 256 patterns");
    return parts.join(QStringLiteral(", "));
}

QString correctionLine(const CorrectionOptions& correction)
{
    if (correction.kind == CorrectionKind::None)
        return text("none");
    QString line = text("%1, fitted on %2").arg(QLatin1String(correctionKindName(correction.kind)), name(correction.fitOn));
    if (correction.simplex)
        line += text(", kept a composition");
    return line;
}

QString recipeLine(const Study& study)
{
    if (study.model)
        return text("trained model %1").arg(name(study.model->filename().string()));
    QStringList parts{recipeTitle(study.recipe.name).toHtmlEscaped()};
    const auto recipe = recipeNamed(study.recipe.name);
    for (const auto& [key, value] : study.recipe.changes)
        if (const TrainingOption* option = trainingOption(key);
            option && recipe && concerns(*option, recipe->profile.has_value()) && value != option->get(recipe->training))
            parts << QStringLiteral("%1: %2").arg(trainingOptionLabel(*option), trainingValueText(*option, value));
    return parts.join(QStringLiteral(", "));
}

QString scoreRow(const QString& place, const TargetScores& target, bool inSample)
{
    const TargetAccount& account = target.account;
    const BaselineScores* best = bestBaseline(target, inSample);
    QString ceiling = QStringLiteral("–");
    if (account.ceiling && account.ceiling->r.value)
        ceiling = (account.ceiling->kind == CeilingKind::Estimate ? QStringLiteral("≈ ") : QString()) +
                  rText(*account.ceiling->r.value);
    return row({place, name(target.name), number(target.pearson.value, 3), number(account.withoutRowMeans.value, 3),
                account.pearson ? text("%1 to %2").arg(number(account.pearson->low, 2), number(account.pearson->high, 2))
                                : QStringLiteral("–"),
                ceiling,
                best ? QStringLiteral("%1, %2").arg(baselineText(best->kind),
                                                    best->pearson.value ? rText(*best->pearson.value)
                                                                        : QStringLiteral("–"))
                     : QStringLiteral("–"),
                best ? number(account.baselines.skill.value, 2) : QStringLiteral("–"),
                number(account.effectiveSamples, 0), number(target.mae.value, 4), number(target.errorPercent.value, 1),
                target.corrected ? number(target.corrected->mae.value, 4) : QStringLiteral("–")},
               "td", inSample ? QStringLiteral(" class=\"insample\"") : QString());
}

} // namespace

QString studyTable(const RunResult& run)
{
    const Study& study = run.study;
    QStringList targets;
    for (const std::string& target : study.targets)
        targets << name(target);
    QString rows = row({text("Recipe"), recipeLine(study)}) +
                   row({text("Trained on"), study.model ? QStringLiteral("–") : scanNames(study, ScanRole::Train)}) +
                   row({text("Predicted"), scanNames(study, ScanRole::Predict)}) +
                   row({text("Targets"), targets.join(QStringLiteral(", ")) +
                                             (study.normalise == Normalise::Sum ? text(" (divided by their sum)") : QString())});
    if (study.crop)
        rows += row({text("Crop"), text("rows %1 to %2, columns %3 to %4")
                                       .arg(study.crop->y)
                                       .arg(study.crop->y + study.crop->height - 1)
                                       .arg(study.crop->x)
                                       .arg(study.crop->x + study.crop->width - 1)});
    rows += row({text("Filter of the maps"), filterLine(study.mapFilter)}) +
            row({text("Patterns"), preparationLine(study)});
    if (!study.model)
        rows += row({text("Split"), splitLine(run)});
    rows += row({text("Correction"), correctionLine(study.correction)});
    return table(rows, "facts");
}

QString machineTable(const RunResult& run)
{
    return table(row({text("Device"), name(run.device)}) + row({text("Precision"), name(run.precision)}) +
                     row({text("Time"), durationText(run.seconds)}) + row({text("Folder"), name(run.folder.string())}),
                 "facts");
}

QString summaryTable(const RunMetrics& metrics)
{
    if (metrics.summary.empty())
        return {};
    QString rows = row({text("Target"), text("Pearson r, mean (sd)"), text("MAE, mean (sd)")}, "th");
    for (const SummaryRow& summary : metrics.summary)
        rows += row({name(summary.target), meanSd(summary.pearson, 3), meanSd(summary.mae, 4)});
    return table(rows, "numbers");
}

QString scoresTable(const RunMetrics& metrics)
{
    QString rows;
    for (const ScanScores& scan : metrics.scans)
        for (const TargetScores& target : scan.targets)
            rows += scoreRow(scanLabel(scan).toHtmlEscaped(), target, scan.inSample);
    for (const TargetScores& target : metrics.testTargets)
        rows += scoreRow(text("test part"), target, false);
    if (rows.isEmpty())
        return {};
    return table(row({text("Scan"), text("Target"), text("r"), text("r without row means"), text("95 % interval of r"),
                      text("Ceiling"), text("Best baseline, its r"), text("Skill over it"), text("Independent samples"),
                      text("MAE"), text("Error %"), text("MAE corrected")},
                     "th") +
                     rows,
                 "numbers");
}

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
                         .arg(r ? rText(*r) : QStringLiteral("–"), gapDetail(gap, model, column).toHtmlEscaped());
        }
        rows += row(cells, "td",
                    isPositionAlone(model) && positionPredicts(gap) ? QStringLiteral(" class=\"warning\"") : QString());
    }
    return table(rows, "gap");
}

} // namespace dispersa
