// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/first_layer_p.h"

#include "core/learn/pool_kernels_p.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

namespace dispersa {

namespace {

using torch::Tensor;

constexpr int kernelSize = 3;

/// A convolution and the BatchNorm after it as one: kernel [9][channels], offset [channels], fp32.
struct FoldedLayer {
    Tensor kernel, offset;
};

FoldedLayer folded(const torch::nn::Conv2dImpl& convolution, const torch::nn::BatchNorm2dImpl& norm)
{
    const Tensor scale = norm.weight * (norm.running_var + norm.options.eps()).rsqrt();
    const Tensor kernel = convolution.weight.flatten(1) * scale.unsqueeze(1);
    return {kernel.t().contiguous(), (norm.bias + (convolution.bias - norm.running_mean) * scale).contiguous()};
}

template<class T>
void evaluate(const Tensor& patterns, const FoldedLayer& layer, Tensor& out)
{
    const auto height = int(patterns.size(2)), width = int(patterns.size(3));
    const auto channels = int(out.size(1)), outHeight = int(out.size(2)), outWidth = int(out.size(3));
    const auto *const from = patterns.data_ptr<float>(), *const kernel = layer.kernel.data_ptr<float>(),
                      *const offset = layer.offset.data_ptr<float>();
    auto* const to = static_cast<T*>(out.data_ptr());
    const std::int64_t pixels = std::int64_t(height) * width, rowSize = std::int64_t(outWidth) * channels;
    at::parallel_for(0, patterns.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t image = begin; image < end; ++image)
            for (int row = 0; row < outHeight; ++row)
                pool::convolvePoolRow(from + image * pixels + std::int64_t(2) * row * width, width, outWidth, channels,
                                      kernel, offset, to + (image * outHeight + row) * rowSize);
    });
}

} // namespace

Tensor evaluatedFirstLayer(const Tensor& patterns, const torch::nn::Conv2dImpl& convolution,
                           const torch::nn::BatchNorm2dImpl& batchNorm, at::ScalarType type)
{
    const torch::NoGradGuard noGrad;
    const FoldedLayer layer = folded(convolution, batchNorm);
    const Tensor input = patterns.contiguous();
    const std::int64_t height = (input.size(2) - kernelSize + 1) / 2, width = (input.size(3) - kernelSize + 1) / 2;
    Tensor out = at::empty({input.size(0), convolution.weight.size(0), height, width}, at::TensorOptions().dtype(type),
                           at::MemoryFormat::ChannelsLast);
    if (type == at::kBFloat16)
        evaluate<pool::Half>(input, layer, out);
    else
        evaluate<float>(input, layer, out);
    return out;
}

bool canEvaluateFirstLayer(const Tensor& patterns, const torch::nn::Conv2dImpl& convolution)
{
    const Tensor& weight = convolution.weight;
    return patterns.is_cpu() && patterns.scalar_type() == at::kFloat && patterns.size(1) == 1 && weight.is_cpu() &&
           weight.scalar_type() == at::kFloat && weight.size(0) % pool::lanes == 0 && weight.size(2) == kernelSize &&
           weight.size(3) == kernelSize;
}

} // namespace dispersa
