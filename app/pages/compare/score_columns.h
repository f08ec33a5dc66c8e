// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of the table of scores: what they are called, what they mean, and which of them are seen together.
#pragma once

#include "app/figures/account_text.h"

#include <QString>

#include <iterator>

namespace dispersa {

namespace score_column {
enum Column {
    Place,
    Target,
    Pixels,
    Pearson,
    WithoutRowMeans,
    Interval,
    Ceiling,
    Baseline,
    FirstBaseline, ///< one for each kind
    Skill = FirstBaseline + int(std::size(baselineKinds)),
    Autocorrelation,
    Samples,
    HalfWidth,
    Coverage,
    FittedOn,
    Mae,
    ErrorPercent,
    CorrectedPearson,
    CorrectedMae,
    Alpha,
    Beta,
    Note,
    Count
};
} // namespace score_column
using ScoreColumn = score_column::Column;

/// What the table shows at a time; all of it is too wide to be read.
enum class ScoreView { Scores, Baselines, Confidence, Correction };
inline constexpr ScoreView scoreViews[] = {ScoreView::Scores, ScoreView::Baselines, ScoreView::Confidence,
                                           ScoreView::Correction};
QString scoreViewTitle(ScoreView view);
/// One sentence on how it is to be read.
QString scoreViewHelp(ScoreView view);
bool isShown(ScoreColumn column, ScoreView view);

/// In one or two lines.
QString scoreColumnTitle(ScoreColumn column);
/// A sentence; empty where the title says all.
QString scoreColumnHelp(ScoreColumn column);

} // namespace dispersa
