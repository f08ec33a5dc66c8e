// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/repeated_step_p.h"

#include "core/base/log.h"

#include <ATen/Functions.h>

namespace dispersa {

namespace {

/// Memory of its own for a tensor that may be undefined.
at::Tensor placeFor(const at::Tensor& tensor)
{
    return tensor.defined() ? tensor.clone() : at::Tensor();
}

void putInto(at::Tensor& place, const at::Tensor& tensor)
{
    if (place.defined())
        place.copy_(tensor, /*non_blocking=*/true);
}

} // namespace

RepeatedStep::RepeatedStep(Step step, std::int64_t batchSize, std::unique_ptr<StepRecorder> recorder)
    : m_step(std::move(step)), m_batchSize(batchSize), m_recorder(std::move(recorder))
{
}

void RepeatedStep::beginPass()
{
    if (!m_recorder || m_recorded || m_warm < warmUpSteps)
        return;
    const std::string why = m_recorder->record([this] { m_step(m_fixed); });
    m_recorded = why.empty();
    if (m_recorded) {
        log(LogLevel::Info, "The training step was recorded: the GPU repeats it as a whole.");
        return;
    }
    log(LogLevel::Info, "The GPU gets the operations of each training step one by one: " + why);
    m_recorder.reset();
    m_fixed = {};
}

void RepeatedStep::operator()(const StepInput& input)
{
    const bool full = input.counts.size(0) == m_batchSize;
    if (m_recorded && full) {
        putInto(m_fixed.counts, input.counts);
        putInto(m_fixed.indices, input.indices);
        putInto(m_fixed.dropout, input.dropout);
        m_recorder->replay();
        return;
    }
    m_step(input);
    if (m_recorder && !m_recorded && full && m_warm++ == 0)
        m_fixed = {placeFor(input.counts), placeFor(input.indices), placeFor(input.dropout)};
}

} // namespace dispersa
