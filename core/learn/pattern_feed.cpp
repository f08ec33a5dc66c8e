// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/pattern_feed_p.h"

#include "core/learn/network_input_p.h"
#include "core/learn/torch_errors_p.h"

#include <ATen/Functions.h>

#include <algorithm>

namespace dispersa {

namespace {

std::span<std::byte> bytesOf(const at::Tensor& tensor)
{
    return {static_cast<std::byte*>(tensor.data_ptr()), tensor.nbytes()};
}

at::Tensor indexTensor(std::span<const std::int64_t> indices)
{
    at::Tensor tensor = at::empty({std::int64_t(indices.size())}, at::kLong);
    std::copy(indices.begin(), indices.end(), tensor.data_ptr<std::int64_t>());
    return tensor;
}

} // namespace

StreamedFeed::StreamedFeed(const PatternSource& source, std::vector<std::int64_t> order, int batchSize,
                           const c10::Device& device, std::size_t window)
    : m_source(source), m_order(std::move(order)), m_batchSize(std::size_t(batchSize)),
      m_batches((m_order.size() + m_batchSize - 1) / m_batchSize), m_device(device),
      m_advice(source, m_order, window), m_buffers(depth)
{
    m_thread = std::jthread([this](std::stop_token stop) { load(stop); });
}

StreamedFeed::~StreamedFeed() = default;

std::span<const std::int64_t> StreamedFeed::batchIndices(std::size_t batch) const
{
    const std::size_t begin = batch * m_batchSize;
    return std::span(m_order).subspan(begin, std::min(m_batchSize, m_order.size() - begin));
}

at::Tensor StreamedFeed::makeBuffer(std::int64_t patterns) const
{
    return at::empty({patterns, m_source.patternShape().count()}, at::TensorOptions()
                                                                      .dtype(storedScalar(m_source.countType()))
                                                                      .pinned_memory(m_device.is_cuda()));
}

void StreamedFeed::load(const std::stop_token& stop)
{
    for (std::size_t batch = 0; batch < m_batches; ++batch) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [&] { return batch < m_released + m_buffers.size(); }))
                return;
        }
        const std::span<const std::int64_t> indices = batchIndices(batch);
        at::Tensor& buffer = m_buffers[batch % m_buffers.size()];
        const Result<void> gathered = translated("reading patterns", [&]() -> Result<void> {
            m_advice.reach(batch * m_batchSize, batch * m_batchSize + indices.size());
            // A page-locked buffer may still be on its way to the GPU: its allocator knows when it can be used again.
            if (!buffer.defined() || m_device.is_cuda() || buffer.size(0) != std::int64_t(indices.size()))
                buffer = makeBuffer(std::int64_t(indices.size()));
            return m_source.gatherCounts(indices, bytesOf(buffer));
        });
        const std::lock_guard lock(m_mutex);
        if (!gathered) {
            m_error = gathered.error();
            m_changed.notify_all();
            return;
        }
        m_loaded = batch + 1;
        m_changed.notify_all();
    }
    m_advice.finish();
}

Result<std::optional<FeedBatch>> StreamedFeed::next()
{
    std::unique_lock lock(m_mutex);
    m_released = m_handedOut;
    m_changed.notify_all();
    if (m_handedOut == m_batches)
        return std::optional<FeedBatch>();
    m_changed.wait(lock, [this] { return m_loaded > m_handedOut || m_error; });
    if (m_loaded <= m_handedOut)
        return fail(*m_error);
    const std::size_t batch = m_handedOut++;
    const at::Tensor& buffer = m_buffers[batch % m_buffers.size()];
    return std::optional<FeedBatch>(
        {batchIndices(batch), m_device.is_cpu() ? buffer : buffer.to(m_device, /*non_blocking=*/true)});
}

std::uint64_t ResidentPatterns::bytes(const PatternSource& source, std::size_t patterns)
{
    return std::uint64_t(patterns) * std::uint64_t(source.patternShape().count()) * countSize(source.countType());
}

Result<std::shared_ptr<const ResidentPatterns>> ResidentPatterns::create(const PatternSource& source,
                                                                         std::span<const std::int64_t> indices,
                                                                         const c10::Device& device)
{
    constexpr int patternsPerCopy = 256;
    const std::int64_t pixels = source.patternShape().count();
    auto patterns = std::make_shared<ResidentPatterns>();
    patterns->m_rows.assign(std::size_t(source.count()), -1);
    std::vector<std::int64_t> order;
    for (const std::int64_t index : indices)
        if (std::int64_t& row = patterns->m_rows[std::size_t(index)]; row < 0) {
            row = std::int64_t(order.size());
            order.push_back(index);
        }
    patterns->m_stored = at::empty({std::int64_t(order.size()), pixels},
                                   at::TensorOptions(device).dtype(storedScalar(source.countType())));
    StreamedFeed feed(source, std::move(order), patternsPerCopy, device);
    std::int64_t done = 0;
    while (true) {
        const auto batch = feed.next();
        if (!batch)
            return fail(batch.error());
        if (!*batch)
            return std::shared_ptr<const ResidentPatterns>(std::move(patterns));
        patterns->m_stored.narrow(0, done, (*batch)->count()).copy_((*batch)->stored);
        done += (*batch)->count();
    }
}

at::Tensor ResidentPatterns::rowsOf(std::span<const std::int64_t> indices) const
{
    at::Tensor rows = indexTensor(indices);
    for (std::int64_t i = 0; i < rows.numel(); ++i)
        rows.data_ptr<std::int64_t>()[i] = m_rows[std::size_t(indices[std::size_t(i)])];
    return rows;
}

ResidentFeed::ResidentFeed(std::shared_ptr<const ResidentPatterns> patterns, std::vector<std::int64_t> order,
                           int batchSize)
    : m_patterns(std::move(patterns)), m_order(std::move(order)), m_batchSize(std::size_t(batchSize)),
      m_rows(m_patterns->rowsOf(m_order).to(m_patterns->stored().device()))
{
}

Result<std::optional<FeedBatch>> ResidentFeed::next()
{
    if (m_done == m_order.size())
        return std::optional<FeedBatch>();
    const std::size_t count = std::min(m_batchSize, m_order.size() - m_done);
    const at::Tensor rows = m_rows.narrow(0, std::int64_t(m_done), std::int64_t(count));
    FeedBatch batch{std::span(m_order).subspan(m_done, count), m_patterns->stored().index_select(0, rows)};
    m_done += count;
    return std::optional<FeedBatch>(std::move(batch));
}

} // namespace dispersa
