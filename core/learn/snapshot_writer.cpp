// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/snapshot_writer_p.h"

#include "core/learn/torch_errors_p.h"

#include <utility>

namespace dispersa {

SnapshotWriter::SnapshotWriter(Write write) : m_write(std::move(write))
{
    m_thread = std::jthread([this](std::stop_token stop) { run(stop); });
}

SnapshotWriter::~SnapshotWriter() = default;

Result<void> SnapshotWriter::write(TrainingSnapshot snapshot)
{
    std::unique_lock lock(m_mutex);
    if (m_error)
        return outcome();
    m_waiting = std::move(snapshot);
    m_changed.notify_all();
    if (!std::exchange(m_wroteOnce, true))
        m_changed.wait(lock, [this] { return !m_waiting && !m_writing; });
    return outcome();
}

Result<void> SnapshotWriter::finish()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_waiting && !m_writing; });
    return outcome();
}

void SnapshotWriter::run(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    while (true) {
        // What waits is written even when the end was asked for.
        m_changed.wait(lock, stop, [this] { return m_waiting.has_value(); });
        if (!m_waiting)
            return;
        const TrainingSnapshot snapshot = *std::exchange(m_waiting, std::nullopt);
        m_writing = true;
        lock.unlock();
        Result<void> written = translated("writing the checkpoint", [&] { return m_write(snapshot); });
        lock.lock();
        m_writing = false;
        if (!written) {
            m_error = written.error();
            m_waiting.reset();
        }
        m_changed.notify_all();
    }
}

} // namespace dispersa
