// SPDX-License-Identifier: GPL-3.0-or-later
// A GPU's stream beside the default one. Training has one of its own: CUDA graphs cannot be recorded on the default one, and
// what warms up for them must run on the stream that records. What a prediction brings back goes over another.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <c10/core/StreamGuard.h>

#include <optional>

namespace dispersa {

/// None for a CPU.
std::optional<c10::Stream> ownStream(const c10::Device& device);

/// What this thread launches goes to `stream` while this lives. Waits for the GPU at both ends, so that work before and
/// after sees what was done. Does nothing without a stream.
class StreamScope {
  public:
    explicit StreamScope(const std::optional<c10::Stream>& stream);
    ~StreamScope();
    StreamScope(const StreamScope&) = delete;
    StreamScope& operator=(const StreamScope&) = delete;

  private:
    std::optional<c10::Stream> m_stream;
    c10::OptionalStreamGuard m_guard;
};

} // namespace dispersa
