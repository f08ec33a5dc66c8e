// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/device_stream_p.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <exception>

namespace dispersa {

std::optional<c10::Stream> ownStream(const c10::Device& device)
{
    if (device.is_cpu())
        return std::nullopt;
    return c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
}

StreamScope::StreamScope(const std::optional<c10::Stream>& stream) : m_stream(stream)
{
    if (!m_stream)
        return;
    c10::impl::VirtualGuardImpl(m_stream->device_type()).getStream(m_stream->device()).synchronize();
    m_guard.reset_stream(*m_stream);
}

StreamScope::~StreamScope()
{
    if (!m_stream)
        return;
    try {
        m_stream->synchronize();
    } catch (const std::exception&) { // the device tells it again to whoever uses it next
    }
}

} // namespace dispersa
