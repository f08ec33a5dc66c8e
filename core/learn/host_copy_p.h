// SPDX-License-Identifier: GPL-3.0-or-later
// Brings results back from a GPU while it computes the next ones.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Stream.h>

#include <optional>

namespace dispersa {

/// The numbers of a tensor on their way to the CPU.
class HostCopy {
  public:
    /// `stream`: one beside the current stream, see ownStream(). On it the copy begins as soon as what was launched on the
    /// current one is done; what is launched there from now on does not wait for it. None: `tensor` is on the CPU.
    HostCopy(const at::Tensor& tensor, const std::optional<c10::Stream>& stream);
    /// Waits for all copies that were begun on that stream. Row-major, on the CPU.
    const at::Tensor& wait() const;

  private:
    at::Tensor m_source; ///< keeps its memory: only the stream that made it knows when it may be used again
    std::optional<c10::Stream> m_stream;
    at::Tensor m_host;
};

} // namespace dispersa
