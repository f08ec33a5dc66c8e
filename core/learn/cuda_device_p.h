// SPDX-License-Identifier: GPL-3.0-or-later
// What only CUDA's own headers can tell about a GPU. Without them (DISPERSA_CUDA undefined) the answers are those that
// always work.
#pragma once

#include <cstdint>
#include <string>

namespace dispersa {

struct CudaDevice {
    std::string name = "first device";
    std::uint64_t freeBytes = 0; ///< of its memory; 0: unknown
};

/// The first GPU; there must be one.
CudaDevice cudaDevice();
/// True if it multiplies bfloat16 itself.
bool cudaHasBFloat16();

} // namespace dispersa
