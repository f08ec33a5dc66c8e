// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/host_copy_p.h"

#include <ATen/Functions.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace dispersa {

HostCopy::HostCopy(const at::Tensor& tensor, const std::optional<c10::Stream>& stream)
    : m_source(tensor.contiguous()), m_stream(stream)
{
    if (!m_stream) {
        m_host = m_source;
        return;
    }
    c10::Event computed(m_stream->device_type());
    computed.record(c10::impl::VirtualGuardImpl(m_stream->device_type()).getStream(m_stream->device()));
    computed.block(*m_stream);
    const c10::StreamGuard guard(*m_stream);
    // Only into page-locked memory does a GPU copy beside its other work.
    m_host = at::empty(m_source.sizes(), m_source.options().device(at::kCPU).pinned_memory(true));
    m_host.copy_(m_source, /*non_blocking=*/true);
}

const at::Tensor& HostCopy::wait() const
{
    if (m_stream)
        m_stream->synchronize();
    return m_host;
}

} // namespace dispersa
