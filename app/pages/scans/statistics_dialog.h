// SPDX-License-Identifier: GPL-3.0-or-later
// Minimum, maximum, mean, sum, saturated and missing values of a scan, read in one pass that can be stopped.
#pragma once

#include "app/tasks/refining_job.h"
#include "core/prepare/scan_pass.h"

#include <QDialog>

#include <optional>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace dispersa {

/// A row of the table: what it is, its value, what it means.
struct StatisticsRow {
    QString name;
    QString value;
    QString help;
};
/// In the words and order of `dispersa-cli info --stats`, which begins with the same three.
std::vector<StatisticsRow> statisticsRows(const ScanStatistics& statistics, ElementType type);

class StatisticsDialog : public QDialog {
    Q_OBJECT
  public:
    /// Begins to read at once. Not modal: the scan can be looked at meanwhile.
    StatisticsDialog(TaskRunner& tasks, ScanPtr scan, const QString& name, QWidget* parent);

  private:
    struct Part {
        Progress progress = {};
        std::optional<ScanStatistics> statistics = {};
    };
    void start();
    void stop();
    void showResult(const Result<Part>& part);
    void copy() const;

    ScanPtr m_scan;
    QLabel* m_state;
    QProgressBar* m_progress;
    QTableWidget* m_table;
    QPushButton* m_stop;
    QPushButton* m_copy;
    RefiningJob m_job;
};

} // namespace dispersa
