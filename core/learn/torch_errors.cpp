// SPDX-License-Identifier: GPL-3.0-or-later
// Turns exceptions of LibTorch and of the standard library into errors.
#include "core/learn/torch_errors_p.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace dispersa {

namespace {

constexpr const char* deviceMemoryArgument = "gpu_memory";

bool holds(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

Error fromTorch(const std::string& text, const std::string& doing)
{
    // cuBLAS says ALLOC_FAILED; cuDNN does too, or finds no algorithm (LibTorch 2.x: no engine) that has room to work.
    const bool noEngine = holds(text, "unable to find an engine to execute this computation");
    const bool onGpu = noEngine || holds(text, "CUDA") || holds(text, "cuDNN") || holds(text, "CUBLAS");
    if (noEngine ||
        (onGpu && (holds(text, "out of memory") || holds(text, "ALLOC_FAILED") || holds(text, "valid cuDNN algorithm"))))
        return {ErrorCode::DeviceUnavailable,
                "The GPU ran out of memory while " + doing + ": choose a smaller batch or the CPU.",
                {},
                {deviceMemoryArgument},
                text};
    if (onGpu)
        return {ErrorCode::DeviceUnavailable,
                "The GPU failed while " + doing + ": choose the CPU or restart.",
                {},
                {},
                text};
    if (holds(text, "can't allocate memory") || holds(text, "not enough memory"))
        return {ErrorCode::OutOfMemory,
                "The memory of this machine does not suffice for " + doing +
                    ": choose a smaller batch or a larger bin.",
                {},
                {},
                text};
    return {ErrorCode::Internal, "LibTorch failed while " + doing + ".", {}, {}, text};
}

} // namespace

bool isDeviceMemoryError(const Error& error)
{
    return !error.arguments.empty() && error.arguments.front() == deviceMemoryArgument;
}

Error translateException(std::exception_ptr exception, const char* doing)
{
    try {
        std::rethrow_exception(exception);
    } catch (const std::bad_alloc& e) {
        return {ErrorCode::OutOfMemory,
                std::string("The memory of this machine does not suffice for ") + doing +
                    ": choose a smaller batch or a larger bin.",
                {},
                {},
                e.what()};
    } catch (const c10::Error& e) {
        return fromTorch(e.what_without_backtrace(), doing);
    } catch (const std::exception& e) {
        return fromTorch(e.what(), doing);
    } catch (...) {
        return {ErrorCode::Internal,
                std::string("An unknown failure stopped the program while ") + doing + ".",
                {},
                {},
                {}};
    }
}

} // namespace dispersa
