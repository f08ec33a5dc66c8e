// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a run's account; see account_text.h.
#include "app/figures/account_text.h"

#include "app/pages/train/recipe_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace dispersa {

namespace {
QString text(const char* source)
{
    return QCoreApplication::translate("AccountText", source);
}

const LeakGapRow* rowOf(const LeakGap& gap, bool position)
{
    for (const LeakGapRow& row : gap.rows)
        if (isPositionAlone(row) == position)
            return &row;
    return nullptr;
}

std::optional<double> median(const LeakGapRow* row, GapColumn column)
{
    return row ? medianOf(gapValues(*row, column)) : std::nullopt;
}

/// "5 %", "less than 1 %".
QString shareText(double share)
{
    return share > 0 && share < 0.005 ? text("less than 1 %") : text("%1 %").arg(100 * share, 0, 'f', 0);
}

/// Below this the difference of two medians says nothing.
constexpr double sameR = 0.03;
} // namespace

QString baselineText(BaselineKind kind)
{
    switch (kind) {
    case BaselineKind::TrainingMean:
        return text("mean of the training");
    case BaselineKind::SamePosition:
        return text("same place in a training scan");
    case BaselineKind::NearestNeighbours:
        return text("nearest training pixels");
    case BaselineKind::DepthProfile:
        return text("depth profile");
    case BaselineKind::Haadf:
        return text("HAADF alone");
    case BaselineKind::RidgeRadial:
        return text("ridge on radial profiles");
    }
    return {};
}

QString baselineHelp(BaselineKind kind)
{
    switch (kind) {
    case BaselineKind::TrainingMean:
        return text("The same value everywhere: the mean over the training pixels. It has no r.");
    case BaselineKind::SamePosition:
        return text("The map of a training scan, pixel by pixel, as if both scans showed the same place.");
    case BaselineKind::NearestNeighbours:
        return text("The mean of the four training pixels that lie nearest, without any diffraction.");
    case BaselineKind::DepthProfile:
        return text("The training's mean over each row: a film of layers, without any diffraction.");
    case BaselineKind::Haadf:
        return text("A parabola in the HAADF value, fitted on the training.");
    case BaselineKind::RidgeRadial:
        return text("A linear regression on the radial profile of one pattern: the simplest use of diffraction.");
    }
    return {};
}

QString rText(double r)
{
    if (r >= 0.995 && r < 1)
        return QString::number(std::min(r, 0.999), 'f', 3);
    const QString shown = QString::number(r, 'f', 2);
    return shown == QLatin1String("-0.00") ? QStringLiteral("0.00") : shown;
}

QString ceilingText(CeilingKind kind)
{
    return kind == CeilingKind::Counts ? text("ceiling") : text("ceiling (estimate)");
}

QString ceilingHelp(CeilingKind kind)
{
    return kind == CeilingKind::Counts
               ? text("The highest r that a perfect prediction can reach against this map, for the map itself holds noise: "
                      "found by splitting its X-ray counts into halves.")
               : text("The highest r that a perfect prediction can reach against this map, for the map itself holds noise: "
                      "estimated from what the filter removed, which assumes the same white noise everywhere.");
}

QString intervalsFittedOnText(const IntervalSource& fittedOn)
{
    QStringList names;
    for (const std::string& scan : fittedOn.scans)
        names << QString::fromStdString(scan);
    switch (fittedOn.place) {
    case IntervalPlace::TrainingScans:
        return text("whole training scans");
    case IntervalPlace::Calibration:
        return text("calibration part");
    case IntervalPlace::Validation:
        return text("validation part");
    case IntervalPlace::Test:
        return text("test part");
    case IntervalPlace::NamedScans:
        break;
    }
    return names.size() == 1 ? text("scan %1").arg(names.first()) : text("scans %1").arg(names.join(QStringLiteral(", ")));
}

QString intervalsFittedOnShort(const IntervalSource& fittedOn)
{
    return fittedOn.place == IntervalPlace::NamedScans && fittedOn.scans.size() > 1
               ? QCoreApplication::translate("AccountText", "%n scan(s)", nullptr, int(fittedOn.scans.size()))
               : intervalsFittedOnText(fittedOn);
}

QString coverageText(const IntervalScores& intervals)
{
    return text("%1 (aim %2)").arg(shareText(intervals.coverage), shareText(intervals.level));
}

QString correctionFittedOnText(const Study& study)
{
    const std::string& place = study.correction.fitOn;
    if (study.scan(place))
        return text("scan %1").arg(QString::fromStdString(place));
    if (place == "validation")
        return study.split.validationFraction > 0 ? text("the validation part")
                                                  : text("the test part, for there is no validation part");
    if (place == "calibration")
        return text("the calibration part");
    return place == "test" ? text("the test part") : QString::fromStdString(place);
}

const BaselineScores* bestBaseline(const TargetScores& target, bool inSample)
{
    const BaselineComparison& comparison = target.account.baselines;
    if (inSample || !comparison.best)
        return nullptr;
    for (const BaselineScores& scores : comparison.baselines)
        if (scores.kind == *comparison.best)
            return &scores;
    return nullptr;
}

QString gapColumnText(GapColumn column, int guard_px)
{
    switch (column) {
    case GapColumn::Random:
        return text("random split");
    case GapColumn::Blocks:
        return text("blocks, guard %1 px").arg(guard_px);
    case GapColumn::UnseenScans:
        return text("scans never seen");
    }
    return {};
}

bool blocksTrainLittle(const LeakGap& gap)
{
    return gap.blocksTrain && *gap.blocksTrain < littleToTrain;
}

QString blocksTrainText(const LeakGap& gap)
{
    return gap.blocksTrain ? text("%1 of the pixels left to train on").arg(shareText(*gap.blocksTrain)) : QString();
}

bool isPositionAlone(const LeakGapRow& row)
{
    return row.model == "position";
}

QString gapModelText(const LeakGapRow& row)
{
    return isPositionAlone(row) ? text("position alone") : recipeTitle(row.model);
}

const std::vector<std::optional<double>>& gapValues(const LeakGapRow& row, GapColumn column)
{
    switch (column) {
    case GapColumn::Random:
        return row.random;
    case GapColumn::Blocks:
        return row.blocks;
    case GapColumn::UnseenScans:
        break;
    }
    return row.heldOutScans;
}

QString gapDetail(const LeakGap& gap, const LeakGapRow& row, GapColumn column)
{
    const auto& values = gapValues(row, column);
    QStringList parts;
    for (std::size_t t = 0; t < std::min(values.size(), gap.targets.size()); ++t)
        parts << QStringLiteral("%1 %2").arg(QString::fromStdString(gap.targets[t]),
                                             values[t] ? rText(*values[t]) : QStringLiteral("–"));
    if (medianOf(values))
        return parts.join(QStringLiteral(", "));
    if (column == GapColumn::UnseenScans)
        return text("Not measured: no scan with maps was kept from the training. Predict one, or leave one scan out.");
    if (isPositionAlone(row))
        return text("Not measured: the crop is too small for this kind of split.");
    return text("Not measured: switch on “Train once more per kind of split” on the Train page.");
}

QString leakGapText(const LeakGap& gap)
{
    const LeakGapRow *recipe = rowOf(gap, false), *position = rowOf(gap, true);
    QStringList sentences;
    if (const auto alone = median(position, GapColumn::Random)) {
        if (positionPredicts(gap))
            sentences << text("Position alone reaches r %1 under the random split: that score says nothing about "
                              "diffraction.")
                             .arg(rText(*alone));
        else if (const auto own = median(recipe, GapColumn::Random))
            sentences << text("Under the random split the recipe reaches r %1, position alone %2.")
                             .arg(rText(*own), rText(*alone));
        else
            sentences << text("Position alone reaches r %1 under the random split.").arg(rText(*alone));
    }
    if (const auto own = median(recipe, GapColumn::Blocks)) {
        const auto alone = median(position, GapColumn::Blocks);
        sentences << (alone ? text("Blocks with a guard leave the recipe r %1 and position alone %2.")
                                  .arg(rText(*own), rText(*alone))
                            : text("Blocks with a guard leave the recipe r %1.").arg(rText(*own)));
        if (blocksTrainLittle(gap))
            sentences << text("With %1 of the pixels left to train on, that is the score of a model that was taught little, "
                              "not of this one; a smaller test part or larger blocks leave more.")
                             .arg(shareText(*gap.blocksTrain));
    }
    if (const auto own = median(recipe, GapColumn::UnseenScans)) {
        const auto alone = median(position, GapColumn::UnseenScans);
        if (!alone)
            sentences << text("On scans never seen the recipe keeps %1.").arg(rText(*own));
        else if (*own - *alone > sameR)
            sentences << text("On scans never seen the recipe keeps %1, position alone %2.").arg(rText(*own), rText(*alone));
        else
            sentences << text("On scans never seen the recipe keeps %1, but position alone %2 too: those scans look like the "
                              "training place by place. Judge by r without row means and by the skill, or on another area.")
                             .arg(rText(*own), rText(*alone));
    }
    return sentences.join(QLatin1Char(' '));
}

QString leakGapMissing(const LeakGap& gap)
{
    const LeakGapRow* recipe = rowOf(gap, false);
    if (!recipe)
        return {};
    for (const GapColumn column : {GapColumn::Random, GapColumn::Blocks})
        if (!median(recipe, column) && median(rowOf(gap, true), column))
            return gapDetail(gap, *recipe, column);
    return median(recipe, GapColumn::UnseenScans) ? QString() : gapDetail(gap, *recipe, GapColumn::UnseenScans);
}

} // namespace dispersa
