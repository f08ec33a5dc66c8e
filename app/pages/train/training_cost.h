// SPDX-License-Identifier: GPL-3.0-or-later
// What the run will cost, under the settings it depends on: counted at once, then measured by a trial of about a second.
#pragma once

#include "app/pages/page.h"
#include "app/pages/train/options_panel.h"
#include "app/tasks/latest_job.h"
#include "core/learn/training_estimate.h"

#include <QLabel>
#include <QTimer>

#include <functional>
#include <optional>

namespace dispersa {

class TrainingCost : public QLabel {
    Q_OBJECT
  public:
    /// `machine` tells device, precision and threads; `mayTry` whether a trial would disturb nothing now.
    TrainingCost(PageContext context, std::function<MachineChoice()> machine, std::function<bool()> mayTry,
                 QWidget* parent);

    /// Something that the cost depends on has changed.
    void refresh();
    /// The study may be tried now, if it was not yet.
    void tryWhenQuiet();
    /// A training starts: the trial must not run beside it.
    void stopTrying();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void tryTraining();
    void showText();

    PageContext m_context;
    std::function<MachineChoice()> m_machine;
    std::function<bool()> m_mayTry;
    LatestJob m_job;
    QTimer m_wait;
    std::optional<TrainingEstimate> m_estimate;
};

} // namespace dispersa
