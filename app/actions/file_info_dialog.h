// SPDX-License-Identifier: GPL-3.0-or-later
// What a scan's files hold: items with shape, type and calibration; on request their statistics, read to the last value.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QDialog>

#include "app/tasks/latest_job.h"
#include "core/io/format.h"

#include <QTimer>

#include <atomic>
#include <filesystem>
#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace dispersa {

class FileInfoDialog : public QDialog {
    Q_OBJECT
  public:
    FileInfoDialog(const std::vector<std::filesystem::path>& files, TaskRunner& tasks, QWidget* parent);
    ~FileInfoDialog() override;

  private:
    void showFile();
    void fill(const Result<FileInfo>& info);
    void toggleStatistics();
    void nextStatistics(std::size_t index);
    void showStatistics(std::size_t index, const ItemStatistics& statistics);
    void setRunning(bool running);
    void showStatisticsRows(bool on);

    const std::vector<std::filesystem::path> m_files;
    LatestJob m_inspectJob;
    LatestJob m_statisticsJob;
    FileInfo m_info;
    bool m_running = false;
    std::shared_ptr<std::atomic<int>> m_permille = std::make_shared<std::atomic<int>>(0);
    QTimer m_progressTimer;
    QComboBox* m_fileBox;
    QLabel* m_about;
    QTableWidget* m_table; ///< one column per item, one row per property
    QLabel* m_warnings;
    QProgressBar* m_progress;
    QPushButton* m_statistics;
};

} // namespace dispersa
