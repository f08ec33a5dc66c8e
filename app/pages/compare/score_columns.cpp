// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of the table of scores; see score_columns.h.
#include "app/pages/compare/score_columns.h"

#include <QCoreApplication>

#include <cstdlib>

namespace dispersa {

using namespace score_column;

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("ScoreTable", source);
}

bool isOneBaseline(ScoreColumn column)
{
    return column >= FirstBaseline && column < Skill;
}

/// A title in two lines of about the same length.
QString twoLines(QString title)
{
    qsizetype best = -1;
    for (qsizetype i = 0; i < title.size(); ++i)
        if (title[i] == QLatin1Char(' ') &&
            (best < 0 || std::abs(2 * i - title.size()) < std::abs(2 * best - title.size())))
            best = i;
    if (best >= 0)
        title[best] = QLatin1Char('\n');
    return title;
}

} // namespace

QString scoreViewTitle(ScoreView view)
{
    switch (view) {
    case ScoreView::Scores:
        return text("Scores");
    case ScoreView::Baselines:
        return text("Baselines");
    case ScoreView::Confidence:
        return text("How sure");
    case ScoreView::Correction:
        return text("Correction");
    }
    return {};
}

QString scoreViewHelp(ScoreView view)
{
    switch (view) {
    case ScoreView::Scores:
        return text("Predicted against real maps. The title of each column says what it means when you point at it.");
    case ScoreView::Baselines:
        return text("r of what predicts without this model; bold: the one with the smallest squared error, over which the "
                    "skill is.");
    case ScoreView::Confidence:
        return text("How sure r is, and how far from a predicted value the real one may lie: within ± in the share of the "
                    "pixels given.");
    case ScoreView::Correction:
        return text("Before and after the curve from predicted to real values.");
    }
    return {};
}

bool isShown(ScoreColumn column, ScoreView view)
{
    if (column == Place || column == Target)
        return true;
    switch (view) {
    case ScoreView::Scores:
        return column == Pixels || column == Pearson || column == WithoutRowMeans || column == Interval ||
               column == Ceiling || column == Baseline || column == Skill || column == Mae || column == ErrorPercent ||
               column == Note;
    case ScoreView::Baselines:
        return column == Pearson || isOneBaseline(column) || column == Skill;
    case ScoreView::Confidence:
        return column == Pearson || column == Interval || (column >= Autocorrelation && column <= FittedOn);
    case ScoreView::Correction:
        return column == Pearson || column == Mae || (column >= CorrectedPearson && column <= Note);
    }
    return true;
}

QString scoreColumnTitle(ScoreColumn column)
{
    if (isOneBaseline(column))
        return twoLines(baselineText(baselineKinds[column - FirstBaseline]));
    switch (column) {
    case Place:
        return text("Scan");
    case Target:
        return text("Target");
    case Pixels:
        return text("Pixels");
    case Pearson:
        return text("Pearson\nr");
    case WithoutRowMeans:
        return text("r without\nrow means");
    case Interval:
        return text("95 %\ninterval");
    case Ceiling:
        return text("Ceiling");
    case Baseline:
        return text("Best baseline");
    case Skill:
        return text("Skill");
    case Autocorrelation:
        return text("Alike over\n(px)");
    case Samples:
        return text("Independent\nsamples");
    case HalfWidth:
        return text("Interval of\na pixel, ±");
    case Coverage:
        return text("Real values\ninside");
    case FittedOn:
        return text("Intervals\nfitted on");
    case Mae:
        return text("MAE");
    case ErrorPercent:
        return text("Error\n%");
    case CorrectedPearson:
        return text("r\ncorrected");
    case CorrectedMae:
        return text("MAE\ncorrected");
    case Alpha:
        return text("α");
    case Beta:
        return text("β");
    case Note:
        return text("Note");
    default:
        return {};
    }
}

QString scoreColumnHelp(ScoreColumn column)
{
    if (isOneBaseline(column))
        return baselineHelp(baselineKinds[column - FirstBaseline]);
    switch (column) {
    case Pearson:
        return text("Correlation of the predicted with the real map: 1 is perfect, 0 none.");
    case WithoutRowMeans:
        return text("r after each row's mean was taken from both maps: what is right beyond the layers of the "
                    "film.");
    case Interval:
        return text("Between these r lies in 95 % of draws of whole blocks of pixels: how sure r is.");
    case Ceiling:
        return text("The highest r that a perfect prediction can reach, since the real map holds noise; ≈ is "
                    "an estimate.");
    case Baseline:
        return text("What predicts best without the model, and its r.");
    case Skill:
        return text("How much of the best baseline's squared error the model takes away: 1 all, 0 none, below "
                    "0 it is worse.");
    case Autocorrelation:
        return text("Autocorrelation length of the real map: pixels nearer to each other than this show much "
                    "the same.");
    case Samples:
        return text("Neighbouring pixels are alike: so many independent pixels the map is worth.");
    case HalfWidth:
        return text("Half width of the interval around a predicted value, mean over the pixels, in the map's "
                    "unit.");
    case Coverage:
        return text("How many pixels have their real value within the interval, and how many were to: fewer "
                    "than that, and the intervals promise too much for this scan.");
    case FittedOn:
        return text("Where the width of the intervals was measured: never on what is scored here.");
    case Mae:
        return text("Mean absolute error, in the map's unit");
    case ErrorPercent:
        return text("100 × MAE / mean of the real map");
    case CorrectedPearson:
        return text("r after the correction. A straight line that rises cannot change it where the pixels are "
                    "the same.");
    case CorrectedMae:
        return text("Mean absolute error after the correction, in the map's unit");
    case Alpha:
        return text("Slope of the linear correction");
    case Beta:
        return text("Offset of the linear correction");
    default:
        return {};
    }
}

} // namespace dispersa
