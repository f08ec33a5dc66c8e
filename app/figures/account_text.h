// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's account of itself says in words: baselines, ceilings, the leak gap and what follows from its numbers.
#pragma once

#include "core/assess/comparison.h"
#include "core/data/study.h"

#include <QString>

#include <vector>

namespace dispersa {

inline constexpr BaselineKind baselineKinds[] = {BaselineKind::TrainingMean,      BaselineKind::SamePosition,
                                                 BaselineKind::NearestNeighbours, BaselineKind::DepthProfile,
                                                 BaselineKind::Haadf,             BaselineKind::RidgeRadial};
/// "same place in a training scan", "depth profile": what predicts without a network, in plain words.
QString baselineText(BaselineKind kind);
/// How it predicts, in one sentence.
QString baselineHelp(BaselineKind kind);
/// "0.93"; "0.999" and not "1.00" for what lies just below 1.
QString rText(double r);
/// "ceiling" or "ceiling (estimate)".
QString ceilingText(CeilingKind kind);
/// Whole sentence on what the number means and how it was found.
QString ceilingHelp(CeilingKind kind);

/// "whole training scans", "calibration part", "scans 0107, 0109": what intervals were fitted on.
QString intervalsFittedOnText(const IntervalSource& fittedOn);
/// The same for a narrow cell: "3 scans" where names are many.
QString intervalsFittedOnShort(const IntervalSource& fittedOn);
/// "92 % (aim 80 %)": the share of the real values that intervals hold.
QString coverageText(const IntervalScores& intervals);

/// "the test part, for there is no validation part", "scan 0037": what corrections were fitted on.
QString correctionFittedOnText(const Study& study);

/// The best baseline of a target with its scores; null where there is none. Of a scan that was trained on there is none: its
/// baselines know the answer.
const BaselineScores* bestBaseline(const TargetScores& target, bool inSample);

/// The three ways of dividing pixels that the leak gap sets side by side.
enum class GapColumn { Random, Blocks, UnseenScans };
inline constexpr GapColumn gapColumns[] = {GapColumn::Random, GapColumn::Blocks, GapColumn::UnseenScans};
/// "random split", "blocks, guard 22 px", "scans never seen".
QString gapColumnText(GapColumn column, int guard_px);
/// Below this share of the pixels the blocks' r is that of a model that was taught little, and must be read so.
inline constexpr double littleToTrain = 0.2;
bool blocksTrainLittle(const LeakGap& gap);
/// "5 % of the pixels left to train on"; empty where that is not known.
QString blocksTrainText(const LeakGap& gap);
/// "Combined" (a recipe's title) or "position alone".
QString gapModelText(const LeakGapRow& row);
bool isPositionAlone(const LeakGapRow& row);
/// r per target; empty if it was not measured.
const std::vector<std::optional<double>>& gapValues(const LeakGapRow& row, GapColumn column);
/// "O 0.96, Si 0.87": values per target, or how they can be measured.
QString gapDetail(const LeakGap& gap, const LeakGapRow& row, GapColumn column);

/// What follows from the numbers, in a few sentences.
QString leakGapText(const LeakGap& gap);
/// How to measure what is missing; empty if nothing is.
QString leakGapMissing(const LeakGap& gap);

} // namespace dispersa
