// SPDX-License-Identifier: GPL-3.0-or-later
// All scores of a run as a table: scans and targets, the test part of the split, the mean over predicted scans. In four
// views: scores, what predicts as well without the model, how sure both are, and what the correction did.
#pragma once

#include "app/pages/compare/score_columns.h"
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
    void setView(ScoreView view);

  protected:
    /// Copy takes the selected cells, tab-separated.
    void keyPressEvent(QKeyEvent* event) override;

  private:
    /// `inSample`: the baselines of such a place know the answer and say nothing.
    void addTarget(const QString& place, const TargetScores& target, const QString& note, bool inSample);
    void addAccount(int row, const TargetScores& target, bool inSample);
    void addBaselines(int row, const TargetScores& target, bool inSample);
    void addConfidence(int row, const TargetAccount& account, bool inSample);
    void addCorrection(int row, const TargetScores& target);
    void addSummary(const RunMetrics& metrics);
    void setCell(int row, int column, const QString& text, const QString& tooltip = {});
    void setScore(int row, int column, const Score& score, int decimals);
    void setBold(int row, int column);

    int m_summaryRows = 0; ///< at the top
    ScoreView m_view = ScoreView::Scores;
};

} // namespace dispersa
