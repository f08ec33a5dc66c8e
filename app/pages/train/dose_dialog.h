// SPDX-License-Identifier: GPL-3.0-or-later
// "Dose planner": how well the study is predicted when element maps of but a part of the area, or fewer counts, are trained
// on. Not modal: planning takes as long as its trainings do.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QDialog>

#include "app/pages/page.h"
#include "app/pages/train/dose_job.h"
#include "app/text/dose_text.h"

#include <functional>

class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTimer;

namespace dispersa {

class SharePlot;

class DoseDialog : public QDialog {
    Q_OBJECT
  public:
    /// `machine`: device, threads and cache as the page has them when Start is pressed.
    DoseDialog(PageContext context, std::function<RunOptions()> machine, QWidget* parent);
    ~DoseDialog() override;

    bool isRunning() const { return m_job->isRunning(); }
    /// Why nothing can be trained now; empty if it can.
    void setObstacle(const QString& sentence);

  Q_SIGNALS:
    void runningChanged();

  private:
    QWidget* makeChoices();
    QWidget* makeResults();
    /// Nothing while what was typed is no plan.
    std::optional<DosePlanOptions> options() const;
    bool plansCounts() const;
    void start();
    void refreshChoices();
    void refreshStatus();
    void showPlan();
    void showSentences();
    void exportValues();
    void refreshKeep();
    /// Writes the plan into the folder of the current run.
    void keepWithRun();
    QString sentences(const SharePlot& plot, DoseKind kind) const;

    PageContext m_context;
    std::function<RunOptions()> m_machine;
    DoseJob* m_job;
    QString m_obstacle;
    QString m_ending; ///< what became of the last plan
    QLineEdit* m_area = nullptr;
    QWidget* m_countsBox = nullptr;
    QLineEdit* m_counts = nullptr;
    QSpinBox* m_seeds = nullptr;
    QDoubleSpinBox* m_tolerance = nullptr;
    QLabel* m_summary = nullptr;
    QPushButton* m_start = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_keep = nullptr;
    QLabel* m_status = nullptr;
    QProgressBar* m_bar = nullptr;
    SharePlot* m_areaPlot = nullptr;
    SharePlot* m_countsPlot = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_about = nullptr;
    QTimer* m_clock = nullptr; ///< time left goes down between reports
};

} // namespace dispersa
