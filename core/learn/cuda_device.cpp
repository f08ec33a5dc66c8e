// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/cuda_device_p.h"

#ifdef DISPERSA_CUDA
#include <cuda_runtime_api.h>
#else
#include <filesystem>
#include <fstream>
#endif

namespace dispersa {

#ifdef DISPERSA_CUDA

CudaDevice cudaDevice()
{
    CudaDevice device;
    cudaDeviceProp properties;
    if (cudaGetDeviceProperties(&properties, 0) == cudaSuccess)
        device.name = properties.name;
    std::size_t free = 0, total = 0;
    if (cudaMemGetInfo(&free, &total) == cudaSuccess)
        device.freeBytes = free;
    return device;
}

bool cudaHasBFloat16()
{
    cudaDeviceProp properties;
    return cudaGetDeviceProperties(&properties, 0) == cudaSuccess && properties.major >= 8;
}

#else

CudaDevice cudaDevice()
{
    // The driver tells the name to everybody.
    CudaDevice device;
    std::error_code none;
    for (const auto& gpu : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", none)) {
        std::ifstream file(gpu.path() / "information");
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("Model:"))
                device.name = line.substr(line.find_first_not_of(" \t", 6));
        break;
    }
    return device;
}

bool cudaHasBFloat16()
{
    return false;
}

#endif

} // namespace dispersa
