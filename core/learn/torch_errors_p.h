// SPDX-License-Identifier: GPL-3.0-or-later
// No exception of LibTorch leaves the library: each public function runs its work through translated().
#pragma once

#include "core/base/error.h"

#include <exception>
#include <functional>
#include <type_traits>

namespace dispersa {

/// The error an exception stands for. `doing` continues "while ...", e.g. "training the network".
/// OutOfMemory (the machine's), DeviceUnavailable (the GPU's memory, a GPU that fails), else Internal.
Error translateException(std::exception_ptr exception, const char* doing);

/// True for errors that mean: the GPU has too little memory for this.
bool isDeviceMemoryError(const Error& error);

/// work(), with exceptions turned into errors.
template<class Work>
std::invoke_result_t<Work> translated(const char* doing, const Work& work)
{
    try {
        return work();
    } catch (...) {
        return fail(translateException(std::current_exception(), doing));
    }
}

} // namespace dispersa
