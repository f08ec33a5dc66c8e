// SPDX-License-Identifier: GPL-3.0-or-later
// Says how far a training is, at most twenty times a second.
#pragma once

#include "core/learn/trainer.h"
#include "core/learn/training_run_p.h"

#include <chrono>
#include <optional>

namespace dispersa {

class TrainingReporter {
  public:
    /// `done` epochs were made before.
    TrainingReporter(const TrainingSet& set, const TrainOptions& options, int done, const ProgressSink& sink,
                     std::stop_token stop);

    void beginEpoch(int epoch) { m_epoch = epoch; }
    void finishEpoch(const EpochRecord& record);
    /// For one pass. Only the training pass tells speed and loss.
    BatchDone forPass(bool learning);

  private:
    using Clock = std::chrono::steady_clock;
    void tell(double loss);

    const int m_epochs;
    const ProgressSink& m_sink;
    const std::stop_token m_stop;
    const Clock::time_point m_start = Clock::now();
    Clock::time_point m_lastReport = m_start;
    bool m_due = true;
    int m_epoch = 0;
    std::int64_t m_before = 0; ///< batches of earlier trainings
    std::int64_t m_done = 0;
    std::int64_t m_total = 0;
    double m_loss = 0;
    double m_patternsPerSecond = 0;
    std::optional<double> m_valLoss;
};

} // namespace dispersa
