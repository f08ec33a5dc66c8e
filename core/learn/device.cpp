// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses device, number format and threads.
#include "core/learn/device_p.h"

#include "core/base/os_library.h"
#include "core/learn/cuda_device_p.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include <mutex>
#include <thread>

namespace dispersa {

namespace {

int threadCount(int wanted)
{
    const int cores = std::max(1, int(std::thread::hardware_concurrency()));
    return wanted > 0 ? wanted : cores;
}

std::string cpuText(int threads)
{
    return "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
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
        const CudaDevice gpu = cudaDevice();
        plan.deviceText = "CUDA: " + gpu.name;
        // The rest is for weights, activations and what cuDNN wants to try.
        plan.residentBytes = gpu.freeBytes / 2;
        plan.recordsSteps = true;
    } else {
        plan.deviceText = cpuText(plan.threads);
    }
    plan.bfloat16 =
        precision == PrecisionChoice::BFloat16 || (precision == PrecisionChoice::Auto && (cuda ? cudaHasBFloat16() : cpuHasBFloat16()));
    return plan;
}

std::string giveWay(ComputePlan& plan, int& batchSize)
{
    constexpr int smallestBatch = 8;
    if (plan.device.is_cpu())
        return {};
    if (plan.recordsSteps) {
        plan.recordsSteps = false;
        return "training steps are no longer recorded";
    }
    if (plan.residentBytes > 0) {
        plan.residentBytes = 0;
        return "patterns are streamed to it instead of kept there";
    }
    if (batchSize / 2 >= smallestBatch) {
        batchSize /= 2;
        return "the batch is reduced to " + std::to_string(batchSize);
    }
    plan.device = c10::Device(c10::kCPU);
    plan.deviceText = cpuText(plan.threads);
    plan.bfloat16 = plan.bfloat16 && cpuHasBFloat16();
    return "the CPU goes on";
}

void useThreads(int threads)
{
    // The setting reaches into pools that all threads share, so only one may change it, and only if it must.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (at::get_num_threads() != threads)
        at::set_num_threads(threads);
}

namespace {

/// OpenBLAS's number of threads, which is the whole program's, and who wants it to be one.
struct Products {
    int (*const count)() = reinterpret_cast<int (*)()>(loadedFunction("openblas_get_num_threads"));
    void (*const set)(int) = reinterpret_cast<void (*)(int)>(loadedFunction("openblas_set_num_threads"));
    std::mutex mutex = {};
    int users = 0;
    int before = 0;

    void use(int threads)
    {
        const int own = at::get_num_threads(); // an OpenBLAS that shares its threads with LibTorch changes these too
        set(threads);
        useThreads(own);
    }
    static Products& all()
    {
        static Products products;
        return products;
    }
};

} // namespace

SingleThreadedProducts::SingleThreadedProducts()
{
    Products& products = Products::all();
    const std::lock_guard lock(products.mutex);
    if (!products.count || !products.set)
        return; // another library, which follows LibTorch
    if (products.users++ > 0)
        return;
    products.before = products.count();
    products.use(1);
}

SingleThreadedProducts::~SingleThreadedProducts()
{
    Products& products = Products::all();
    const std::lock_guard lock(products.mutex);
    if (products.count && products.set && --products.users == 0)
        products.use(products.before);
}

std::string deviceDescription(DeviceChoice device, int threads)
{
    const auto plan = planCompute(device, PrecisionChoice::Auto, threads);
    return plan ? plan->deviceText : plan.error().message;
}

} // namespace dispersa
