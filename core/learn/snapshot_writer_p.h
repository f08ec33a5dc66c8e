// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a training's checkpoints on a thread of its own while the next epoch trains.
#pragma once

#include "core/learn/training_snapshot_p.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace dispersa {

class SnapshotWriter {
  public:
    using Write = std::function<Result<void>(const TrainingSnapshot&)>;

    /// `write` is called on the writer's thread, one snapshot at a time.
    explicit SnapshotWriter(Write write);
    /// Ends when what was handed over is written.
    ~SnapshotWriter();
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    /// Hands an epoch's snapshot over; its tensors must not change any more. The first one is written when this
    /// returns, so that there is a checkpoint from the first epoch on. Later ones follow while the caller goes on: one
    /// is written and one waits at most, in whose place a newer one comes. Error: that of an earlier one, after which
    /// nothing is written.
    Result<void> write(TrainingSnapshot snapshot);
    /// Waits until all is written. Error: that of any of them.
    Result<void> finish();

  private:
    void run(const std::stop_token& stop);
    Result<void> outcome() const { return m_error ? Result<void>(fail(*m_error)) : Result<void>(); }

    Write m_write;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::optional<TrainingSnapshot> m_waiting;
    std::optional<Error> m_error;
    bool m_writing = false;
    bool m_wroteOnce = false;
    std::jthread m_thread; // last, so that it ends before what it uses
};

} // namespace dispersa
