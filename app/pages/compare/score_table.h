// SPDX-License-Identifier: GPL-3.0-or-later
// All scores of a run as a table: scans and targets, the test part of the split, the mean over predicted scans.
#pragma once

#include "core/workflow/run_result.h"

#include <QTableWidget>

namespace dispersa {

/// "0.93", or "–" (the reason is a tooltip).
QString scoreText(const Score& score, int decimals);
/// Why a score is undefined, in words.
QString reasonText(const std::string& reason);

class ScoreTable : public QTableWidget {
    Q_OBJECT
  public:
    explicit ScoreTable(QWidget* parent);
    void setRun(const RunResult* run);

  protected:
    /// Copy takes the selected cells, tab-separated.
    void keyPressEvent(QKeyEvent* event) override;

  private:
    /// `inSample`: the baselines of such a place know the answer and say nothing.
    int addTarget(const QString& place, const TargetScores& target, const QString& note, bool inSample);
    void addAccount(int row, const TargetScores& target, bool inSample);
    void addSummary(const RunMetrics& metrics);
    void setCell(int row, int column, const QString& text, const QString& tooltip = {});
    void setScore(int row, int column, const Score& score, int decimals);
};

} // namespace dispersa
