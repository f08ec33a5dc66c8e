// SPDX-License-Identifier: GPL-3.0-or-later
// Where and how exactly LibTorch computes: device, number format, threads.
#pragma once

#include "core/learn/trainer.h"

#include <c10/core/Device.h>

#include <cstdint>
#include <string>

namespace dispersa {

struct ComputePlan {
    c10::Device device = c10::Device(c10::kCPU);
    bool bfloat16 = false;
    int threads = 1;
    std::uint64_t residentBytes = 0; ///< of patterns that may stay in the GPU's memory; 0: they are streamed
    bool recordsSteps = false;       ///< the GPU may repeat a training step from a record, which takes memory of its own
    std::string deviceText; ///< "CUDA: NVIDIA ..." or "CPU, 2 threads"
    const char* precisionText() const { return bfloat16 ? "bf16" : "fp32"; }
};

/// Error: DeviceUnavailable (CUDA was asked for and there is none).
Result<ComputePlan> planCompute(DeviceChoice device, PrecisionChoice precision, int threads);

/// What to try next where the GPU's memory did not suffice: no recorded steps, streamed patterns, half the batch (not below 8),
/// then the CPU with the batch as it is. Says what that is, as "patterns are ..."; empty if nothing is left.
std::string giveWay(ComputePlan& plan, int& batchSize);

/// Makes LibTorch use that many threads for work started on the calling thread.
void useThreads(int threads);

/// One thread per matrix product as long as one lives, for work that runs beside other work. OpenBLAS with threads of its own
/// does not follow LibTorch's number: its threads wait spinning and make products of some microseconds take thirty times as
/// long. Several may live at the same time, in any order.
class SingleThreadedProducts {
  public:
    SingleThreadedProducts();
    ~SingleThreadedProducts();
    SingleThreadedProducts(const SingleThreadedProducts&) = delete;
    SingleThreadedProducts& operator=(const SingleThreadedProducts&) = delete;

};

} // namespace dispersa
