// SPDX-License-Identifier: GPL-3.0-or-later
// A training step as CUDA graph: one launch instead of hundreds. Without CUDA's headers (DISPERSA_CUDA undefined)
// nothing can be recorded.
#pragma once

#include "core/learn/repeated_step_p.h"

#include <c10/core/Device.h>

#include <memory>

namespace dispersa {

/// Records what is launched on the current stream of a GPU, which must not be its default one. None for a CPU.
/// Recording fails where the GPU's memory does not suffice for it: the graph keeps memory of its own.
std::unique_ptr<StepRecorder> stepRecorderFor(const c10::Device& device);

} // namespace dispersa
