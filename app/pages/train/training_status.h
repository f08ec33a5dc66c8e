// SPDX-License-Identifier: GPL-3.0-or-later
// Below the loss curve: what happens now, epoch k of n, time left, patterns per second.
#pragma once

#include "app/pages/train/training_job.h"

#include <QWidget>

class QLabel;
class QProgressBar;

namespace dispersa {

/// "3 min 20 s", "45 s", "2 h 5 min".
QString durationText(double seconds);

class TrainingStatus : public QWidget {
    Q_OBJECT
  public:
    TrainingStatus(const TrainingJob& job, QWidget* parent);
    void refresh();
    /// What stands there when nothing runs.
    void setIdleText(const QString& text);

  private:
    const TrainingJob& m_job;
    QLabel* m_text;
    QProgressBar* m_bar;
    QString m_idleText;
};

} // namespace dispersa
