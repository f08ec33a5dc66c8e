// SPDX-License-Identifier: GPL-3.0-or-later
// Where and how exactly LibTorch computes: device, number format, threads.
#pragma once

#include "core/learn/trainer.h"

#include <c10/core/Device.h>

#include <string>

namespace dispersa {

struct ComputePlan {
    c10::Device device = c10::Device(c10::kCPU);
    bool bfloat16 = false;
    int threads = 1;
    std::string deviceText; ///< "CUDA: NVIDIA ..." or "CPU, 2 threads"
    const char* precisionText() const { return bfloat16 ? "bf16" : "fp32"; }
};

/// Error: DeviceUnavailable (CUDA was asked for and there is none).
Result<ComputePlan> planCompute(DeviceChoice device, PrecisionChoice precision, int threads);

/// Makes LibTorch use that many threads for work started on the calling thread.
void useThreads(int threads);

} // namespace dispersa
