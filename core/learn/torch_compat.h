// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that differs between the versions of LibTorch we build against: Debian's 1.13 and the current 2.x.
#pragma once

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace dispersa::torch_compat {

/// Makes the operations of this thread on `device` run in bfloat16 where that is safe, as long as it lives.
class AutocastBFloat16 {
  public:
    AutocastBFloat16(at::DeviceType device, bool enabled) : m_device(device), m_enabled(enabled)
    {
        if (!m_enabled)
            return;
        set(true);
        at::autocast::increment_nesting();
    }
    ~AutocastBFloat16()
    {
        if (!m_enabled)
            return;
        if (at::autocast::decrement_nesting() == 0)
            at::autocast::clear_cache(); // weights change with the next step: their casts must not survive
        set(false);
    }
    AutocastBFloat16(const AutocastBFloat16&) = delete;
    AutocastBFloat16& operator=(const AutocastBFloat16&) = delete;

  private:
    void set(bool on) const
    {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
        at::autocast::set_autocast_enabled(m_device, on);
        if (on)
            at::autocast::set_autocast_dtype(m_device, at::kBFloat16);
#else
        if (m_device == at::kCPU) {
            at::autocast::set_cpu_enabled(on);
            if (on)
                at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
        } else {
            at::autocast::set_enabled(on);
            if (on)
                at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
        }
#endif
    }
    at::DeviceType m_device;
    bool m_enabled;
};

} // namespace dispersa::torch_compat
