// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/rate_schedule_p.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dispersa {

namespace {
constexpr double safeRate = 1e-4; // the paper's; needs no warm-up
}

RateSchedule::RateSchedule(const TrainingSettings& settings, std::int64_t stepsPerEpoch)
    : m_settings(settings), m_total(std::max<std::int64_t>(1, stepsPerEpoch * settings.epochs))
{
}

double RateSchedule::next()
{
    const auto step = double(m_state.steps++);
    double rate = m_settings.learningRate;
    if (step < m_settings.warmupSteps) {
        const double start = std::min(safeRate, rate);
        rate = start + (rate - start) * step / m_settings.warmupSteps;
    }
    switch (m_settings.schedule) {
    case ScheduleKind::Constant:
        return rate;
    case ScheduleKind::Cosine:
        return rate * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, step / double(m_total))));
    case ScheduleKind::Plateau:
        return rate * m_state.factor;
    }
    return rate;
}

void RateSchedule::epochEnded(double loss)
{
    if (m_settings.schedule != ScheduleKind::Plateau)
        return;
    if (loss < m_state.best) {
        m_state.best = loss;
        m_state.waited = 0;
    } else if (++m_state.waited >= plateauPatience) {
        m_state.factor *= plateauFactor;
        m_state.waited = 0;
    }
}

} // namespace dispersa
