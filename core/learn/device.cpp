// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses device, number format and threads.
#include "core/learn/device_p.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

namespace dispersa {

namespace {

int threadCount(int wanted)
{
    const int cores = std::max(1, int(std::thread::hardware_concurrency()));
    return wanted > 0 ? wanted : cores;
}

/// The driver's name of the first GPU: without it every caller would need CUDA's headers.
std::string gpuName()
{
    std::error_code none;
    for (const auto& gpu : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", none)) {
        std::ifstream file(gpu.path() / "information");
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("Model:"))
                return line.substr(line.find_first_not_of(" \t", 6));
    }
    return "first device";
}

/// True if the processor multiplies bfloat16 itself; elsewhere bf16 is slower than fp32.
bool cpuHasBFloat16()
{
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

} // namespace

Result<ComputePlan> planCompute(DeviceChoice device, PrecisionChoice precision, int threads)
{
    const bool cuda = device != DeviceChoice::Cpu && torch::cuda::is_available();
    if (device == DeviceChoice::Cuda && !cuda)
        return fail(ErrorCode::DeviceUnavailable,
                    "No CUDA device can be used: install a driver and a LibTorch with CUDA, or choose the CPU.", {},
                    {"CUDA"});
    ComputePlan plan;
    plan.threads = threadCount(threads);
    if (cuda) {
        plan.device = c10::Device(c10::kCUDA, 0);
        plan.deviceText = "CUDA: " + gpuName();
    } else {
        plan.deviceText = "CPU, " + std::to_string(plan.threads) + (plan.threads == 1 ? " thread" : " threads");
    }
    plan.bfloat16 =
        precision == PrecisionChoice::BFloat16 || (precision == PrecisionChoice::Auto && !cuda && cpuHasBFloat16());
    return plan;
}

void useThreads(int threads)
{
    // The setting reaches into pools that all threads share, so only one may change it, and only if it must.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (at::get_num_threads() != threads)
        at::set_num_threads(threads);
}

std::string deviceDescription(DeviceChoice device, int threads)
{
    const auto plan = planCompute(device, PrecisionChoice::Auto, threads);
    return plan ? plan->deviceText : plan.error().message;
}

} // namespace dispersa
