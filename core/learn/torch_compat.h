// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that differs between the versions of LibTorch we build against: Debian's 1.13 and the current 2.x.
#pragma once

#include <ATen/Functions.h>
#include <ATen/autocast_mode.h>
#include <c10/core/Allocator.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/version.h>

#include <cstddef>

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

/// True where this thread's operations on `device` run in bfloat16.
inline bool castsToBFloat16(at::DeviceType device)
{
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    return at::autocast::is_autocast_enabled(device) && at::autocast::get_autocast_dtype(device) == at::kBFloat16;
#else
    if (device == at::kCPU)
        return at::autocast::is_cpu_enabled() && at::autocast::get_autocast_cpu_dtype() == at::kBFloat16;
    return at::autocast::is_enabled() && at::autocast::get_autocast_gpu_dtype() == at::kBFloat16;
#endif
}

/// What is called in its scope computes in the type that it is given, whatever is cast around it.
class NoAutocast {
    c10::impl::ExcludeDispatchKeyGuard m_guard{c10::autocast_dispatch_keyset};
};

/// An allocator whose one function is the same in every version.
class CpuAllocator : public c10::Allocator {
  public:
    virtual c10::DataPtr allocated(std::size_t bytes) = 0;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
    c10::DataPtr allocate(std::size_t bytes) final { return allocated(bytes); }
    void copy_data(void* to, const void* from, std::size_t bytes) const final { default_copy_data(to, from, bytes); }
#else
    c10::DataPtr allocate(std::size_t bytes) const final { return const_cast<CpuAllocator*>(this)->allocated(bytes); }
#endif
};

/// True where one launch does a whole step of Adam with a rate that is a tensor, on a GPU (LibTorch 2.x). A rate
/// that is a number would stand in a CUDA graph for ever.
template<class Rate>
inline constexpr bool fusedAdamTakes = requires(at::TensorList list, const Rate& rate) {
    at::_fused_adam_(list, list, list, list, list, list, rate, 0.9, 0.999, 0.0, 1e-7, false, false);
};
inline constexpr bool hasFusedAdam = fusedAdamTakes<at::Tensor>;
/// True where a CPU can do the same, slower than our loops: that the call is right can be tested without a GPU.
inline constexpr bool hasFusedAdamOnCpu =
    hasFusedAdam && (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4));

struct AdamConstants {
    double beta1, beta2;
    double decay; ///< added to the gradient: decay * weight
    double epsilon;
};

/// One step over all tensors, whose strides must be the same in each list. `steps`: the number of this step, 1-based, as a
/// tensor for each. Only where hasFusedAdam is true.
template<class Rate>
void fusedAdam(at::TensorList weights, at::TensorList gradients, at::TensorList first, at::TensorList second,
               at::TensorList steps, const Rate& rate, const AdamConstants& constants)
{
    if constexpr (fusedAdamTakes<Rate>)
        at::_fused_adam_(weights, gradients, first, second, /*max_exp_avg_sqs=*/{}, steps, rate, constants.beta1,
                         constants.beta2, constants.decay, constants.epsilon, /*amsgrad=*/false, /*maximize=*/false);
}

} // namespace dispersa::torch_compat
