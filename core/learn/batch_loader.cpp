// SPDX-License-Identifier: GPL-3.0-or-later
// Two buffers: one is read from the source while the other is in use.
#include "core/learn/batch_loader_p.h"

#include "core/learn/torch_errors_p.h"

#include <algorithm>

namespace dispersa {

BatchLoader::BatchLoader(const PatternSource& source, std::vector<std::int64_t> order, int batchSize)
    : m_source(source), m_order(std::move(order)), m_batchSize(std::size_t(batchSize)),
      m_batches((m_order.size() + m_batchSize - 1) / m_batchSize)
{
    const std::size_t largest = std::min(m_batchSize, m_order.size()) * std::size_t(source.patternShape().count());
    for (std::vector<float>& buffer : m_buffers)
        buffer.resize(largest);
    m_thread = std::jthread([this](std::stop_token stop) { load(stop); });
}

BatchLoader::~BatchLoader() = default;

std::span<const std::int64_t> BatchLoader::batchIndices(std::size_t batch) const
{
    const std::size_t begin = batch * m_batchSize;
    return std::span(m_order).subspan(begin, std::min(m_batchSize, m_order.size() - begin));
}

void BatchLoader::load(const std::stop_token& stop)
{
    for (std::size_t batch = 0; batch < m_batches; ++batch) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [&] { return batch < m_released + m_buffers.size(); }))
                return;
        }
        const std::span<const std::int64_t> indices = batchIndices(batch);
        const std::span<float> buffer(m_buffers[batch % m_buffers.size()].data(),
                                      indices.size() * std::size_t(m_source.patternShape().count()));
        const Result<void> gathered =
            translated("reading patterns", [&]() -> Result<void> { return m_source.gather(indices, buffer); });
        const std::lock_guard lock(m_mutex);
        if (!gathered) {
            m_error = gathered.error();
            m_changed.notify_all();
            return;
        }
        m_loaded = batch + 1;
        m_changed.notify_all();
    }
}

Result<std::optional<Batch>> BatchLoader::next()
{
    std::unique_lock lock(m_mutex);
    m_released = m_handedOut;
    m_changed.notify_all();
    if (m_handedOut == m_batches)
        return std::optional<Batch>();
    m_changed.wait(lock, [this] { return m_loaded > m_handedOut || m_error; });
    if (m_loaded <= m_handedOut)
        return fail(*m_error);
    const std::size_t batch = m_handedOut++;
    return std::optional<Batch>({batchIndices(batch), m_buffers[batch % m_buffers.size()].data()});
}

} // namespace dispersa
