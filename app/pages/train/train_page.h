// SPDX-License-Identifier: GPL-3.0-or-later
// Step 3: choose recipe, scans and split, start, watch the network learn.
#pragma once

#include "app/pages/page.h"
#include "core/base/error.h"
#include "core/workflow/run_study.h"

class QAction;
class QLabel;
class QPushButton;
class QToolButton;

namespace dispersa {

class DoseAction;
struct ListedRun;
class LiveMaps;
class LossPlot;
class ObstacleList;
class OptionsPanel;
class RunList;
class TrainingCost;
class TrainingJob;
class TrainingQueue;
class TrainingStatus;

class TrainPage : public Page {
    Q_OBJECT
  public:
    TrainPage(PageContext context, QWidget* parent);
    ~TrainPage() override;
    StepStatus status() const override;

    bool isRunning() const;

  public Q_SLOTS:
    void start();
    /// First: stops training and keeps the best weights; second: cancels the run.
    void stop();

  private:
    QWidget* makeChoices();
    QWidget* makeCourse();
    void refreshButtons();
    void showCurve();
    void showMaps();
    void showFailure(const Error& error);
    void showCancelled();
    /// Device, threads, cache and a new folder, as the page has them now.
    RunOptions runOptions() const;
    void startNext();
    /// Goes on with a run of the list, in its folder.
    void continueRun(const ListedRun& run, const Study& study);
    void begin(const Study& study, const QString& studyFile, const RunOptions& options,
               const std::vector<EpochRecord>& earlier = {});

    TrainingJob* m_job;
    ObstacleList* m_obstacles = nullptr;
    OptionsPanel* m_options = nullptr;
    TrainingCost* m_cost = nullptr;
    TrainingQueue* m_queue = nullptr;
    QAction* m_startAction = nullptr; ///< the same in the menu
    QAction* m_stopAction = nullptr;
    DoseAction* m_dose = nullptr;
    QToolButton* m_doseButton = nullptr; ///< the same on the page, where it is found
    QPushButton* m_start = nullptr;
    QPushButton* m_stop = nullptr;
    QLabel* m_stopHint = nullptr;
    LossPlot* m_plot = nullptr;
    QPushButton* m_log = nullptr;
    TrainingStatus* m_status = nullptr;
    LiveMaps* m_maps = nullptr;
    RunList* m_runs = nullptr;
    QString m_failure;
};

} // namespace dispersa
