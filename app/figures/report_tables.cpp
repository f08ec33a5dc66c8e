// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of what was done; see report_tables.h.
#include "app/figures/report_tables.h"

#include "app/figures/account_text.h"
#include "app/figures/html_table.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/training_option_editor.h"
#include "app/pages/train/training_status.h"
#include "app/text/preparation_text.h"
#include "core/learn/recipe.h"

#include <QCoreApplication>
#include <QStringList>

namespace dispersa {

using html::escaped, html::row, html::table;

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("RunReport", source);
}

QString scanNames(const Study& study, ScanRole role)
{
    QStringList names;
    for (const StudyScan& scan : study.scans)
        if (scan.role == role)
            names << escaped(scan.name);
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
    return QStringLiteral("%1, %2 × %2").arg(filterText(filter.kind)).arg(filter.size);
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
        parts << text("centred (%1)").arg(centreText(options.centre));
    if (options.fitsDescan())
        parts << text("descan: %1").arg(descanText(options.descan));
    if (options.correctsEllipse())
        parts << text("ellipse %1 at %2°").arg(options.ellipseRatio).arg(options.ellipseAngle_deg);
    if (options.masksBeam())
        parts << text("beam mask %1 px").arg(options.beamMask_px);
    if (options.bin > 1)
        parts << text("bin %1").arg(options.bin);
    parts << text("scaling %1").arg(scalingText(options.scaling));
    if (!study.diffraction) // what a detector of another size was given follows it; see recommendedDiffraction()
        parts << (options.masksBeam() || options.bin > 1
                      ? text("as the recipe has it (mask and bin for 256 × 256 patterns, in proportion for others)")
                      : text("as the recipe has it"));
    return parts.join(QStringLiteral(", "));
}

QString correctionLine(const Study& study)
{
    if (study.correction.kind == CorrectionKind::None)
        return text("none");
    QString line = text("%1, fitted on %2")
                       .arg(correctionTitle(study.correction.kind).toHtmlEscaped(), correctionFittedOnText(study).toHtmlEscaped());
    if (study.correction.simplex)
        line += text(", kept a composition");
    return line;
}

QString recipeLine(const Study& study)
{
    if (study.model)
        return text("trained model %1").arg(escaped(study.model->filename().string()));
    QStringList parts{recipeTitle(study.recipe.name).toHtmlEscaped()};
    const auto recipe = recipeNamed(study.recipe.name);
    for (const auto& [key, value] : study.recipe.changes)
        if (const TrainingOption* option = trainingOption(key);
            option && recipe && concerns(*option, recipe->profile.has_value()) && value != option->get(recipe->training))
            parts << QStringLiteral("%1: %2").arg(trainingOptionLabel(*option), trainingValueText(*option, value));
    return parts.join(QStringLiteral(", "));
}

} // namespace

QString studyTable(const RunResult& run)
{
    const Study& study = run.study;
    QStringList targets;
    for (const std::string& target : study.targets)
        targets << escaped(target);
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
    rows += row({text("Correction"), correctionLine(study)});
    return table(rows, "facts");
}

QString machineTable(const RunResult& run)
{
    return table(row({text("Device"), escaped(run.device)}) + row({text("Precision"), escaped(run.precision)}) +
                     row({text("Time"), durationText(run.seconds)}) + row({text("Folder"), escaped(run.folder.string())}),
                 "facts");
}

} // namespace dispersa
