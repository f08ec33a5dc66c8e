// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/cuda_graph_p.h"

#ifdef DISPERSA_CUDA
// First: LibTorch 1.13 asks for CUDA_VERSION to know what a CUDAGraph holds.
#include <cuda.h>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/util/Exception.h>

#include <exception>
#include <optional>
#endif

namespace dispersa {

namespace {

#ifdef DISPERSA_CUDA

/// Only what this thread does must be fit for recording, where LibTorch lets us say so (not yet 1.13).
template<class Graph>
void beginCapture(Graph& graph)
{
    if constexpr (requires { graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal); })
        graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    else
        graph.capture_begin();
}

class CudaGraphRecorder : public StepRecorder {
  public:
    std::string record(const std::function<void()>& step) override
    {
        try {
            // As torch.cuda.graph does: the graph's own memory should find room.
            c10::cuda::device_synchronize();
            c10::cuda::CUDACachingAllocator::emptyCache();
            m_graph.emplace();
            beginCapture(*m_graph);
            runAndEnd(step);
            return {};
        } catch (const c10::Error& e) {
            m_graph.reset();
            return e.what_without_backtrace();
        } catch (const std::exception& e) {
            m_graph.reset();
            return e.what();
        }
    }

    void replay() override { m_graph->replay(); }

  private:
    /// Ends the capture whatever happens: the stream could not be used again.
    void runAndEnd(const std::function<void()>& step)
    {
        try {
            step();
        } catch (...) {
            const std::exception_ptr first = std::current_exception();
            try {
                m_graph->capture_end();
            } catch (const std::exception&) { // a consequence of the first
            }
            std::rethrow_exception(first);
        }
        m_graph->capture_end();
    }

    std::optional<at::cuda::CUDAGraph> m_graph;
};

#else

class CudaGraphRecorder : public StepRecorder {
  public:
    std::string record(const std::function<void()>&) override
    {
        return "this program was built without CUDA's own headers.";
    }
    void replay() override {}
};

#endif

} // namespace

std::unique_ptr<StepRecorder> stepRecorderFor(const c10::Device& device)
{
    return device.is_cuda() ? std::make_unique<CudaGraphRecorder>() : nullptr;
}

} // namespace dispersa
