// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_reporter_p.h"

#include <algorithm>

namespace dispersa {

namespace {

constexpr auto reportInterval = std::chrono::milliseconds(50);

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

TrainingReporter::TrainingReporter(const TrainingSet& set, const TrainOptions& options, int done,
                                   const ProgressSink& sink, std::stop_token stop)
    : m_epochs(options.epochs), m_sink(sink), m_stop(std::move(stop))
{
    const auto batches = [&options](const std::vector<std::int64_t>& part) {
        return (std::int64_t(part.size()) + options.batchSize - 1) / options.batchSize;
    };
    const std::int64_t perEpoch = batches(set.train) + batches(set.validation);
    m_total = perEpoch * options.epochs;
    m_before = perEpoch * done;
    m_done = m_before;
}

void TrainingReporter::finishEpoch(const EpochRecord& record)
{
    m_valLoss = record.valLoss;
    m_patternsPerSecond = record.patternsPerSecond;
    m_due = true;
    tell(record.loss);
}

BatchDone TrainingReporter::forPass(bool learning)
{
    return [this, learning, start = Clock::now()](std::int64_t patterns, const std::function<double()>& loss) {
        ++m_done;
        m_due = m_due || Clock::now() - m_lastReport >= reportInterval;
        if (learning)
            m_patternsPerSecond = double(patterns) / std::max(secondsSince(start), 1e-9);
        if (m_due && m_sink) {
            if (learning)
                m_loss = loss();
            tell(m_loss);
        }
        return !m_stop.stop_requested();
    };
}

void TrainingReporter::tell(double loss)
{
    m_loss = loss;
    m_due = false;
    m_lastReport = Clock::now();
    const std::int64_t now = m_done - m_before;
    const double left = now > 0 ? secondsSince(m_start) / double(now) * double(m_total - m_done) : 0.0;
    Progress progress{"train", m_done, m_total, {}};
    progress.metrics = {{"epoch", m_epoch}, {"epochs", m_epochs}, {"loss", m_loss}};
    if (m_valLoss)
        progress.metrics.emplace_back("val_loss", *m_valLoss);
    progress.metrics.emplace_back("patterns_per_second", m_patternsPerSecond);
    progress.metrics.emplace_back("seconds_left", left);
    report(m_sink, progress);
}

} // namespace dispersa
