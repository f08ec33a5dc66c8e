// SPDX-License-Identifier: GPL-3.0-or-later
// Autograd functions around the row loops: BatchNorm over whole batches, threads over images.
#include "core/learn/fused_pool_p.h"

#include "core/learn/pool_kernels_p.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace dispersa {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Sizes of a channels_last batch and of what pooling makes of it.
struct Batch {
    explicit Batch(const Tensor& x)
        : images(x.size(0)), channels(int(x.size(1))), height(int(x.size(2))), width(int(x.size(3))),
          outHeight(height / 2), outWidth(width / 2)
    {
    }
    std::int64_t rowSize() const { return std::int64_t(width) * channels; }
    std::int64_t imageSize() const { return height * rowSize(); }
    std::int64_t outRowSize() const { return std::int64_t(outWidth) * channels; }
    std::int64_t outSize() const { return outHeight * outRowSize(); }
    double pixelsOf(std::int64_t many) const { return double(many) * height * width; }

    std::int64_t images;
    int channels, height, width, outHeight, outWidth;
};

bool takesFastWay(const Tensor& x)
{
    return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
           x.size(1) % pool::lanes == 0 && x.size(2) >= 2 && x.size(3) >= 2 &&
           x.is_contiguous(at::MemoryFormat::ChannelsLast);
}

/// Calls work with a null pointer whose type says how the numbers are stored.
template<class Work>
void withType(const Tensor& x, const Work& work)
{
    if (x.scalar_type() == at::kFloat)
        work(static_cast<float*>(nullptr));
    else
        work(static_cast<pool::Half*>(nullptr));
}

template<class T>
T* dataOf(const Tensor& x)
{
    return static_cast<T*>(x.data_ptr());
}

template<class Work>
void forEachImage(const Batch& batch, const Work& work)
{
    at::parallel_for(0, batch.images, 1, [&work](std::int64_t begin, std::int64_t end) {
        for (std::int64_t image = begin; image < end; ++image)
            work(image);
    });
}

Tensor emptyLast(const Batch& batch, int height, int width, at::ScalarType type)
{
    return at::empty({batch.images, batch.channels, height, width}, at::TensorOptions().dtype(type),
                     at::MemoryFormat::ChannelsLast);
}

/// Two sums per channel that each image adds to on its own: the result does not depend on the number of threads, nor on how
/// the batch is divided.
class ChannelSums {
  public:
    ChannelSums(const Batch& batch, const BatchPart& part)
        : m_whole(part.whole), m_channels(std::size_t(batch.channels)), m_images(m_whole ? m_whole->images() : batch.images)
    {
        const std::size_t size = std::size_t(m_images) * 2 * m_channels;
        if (m_whole) {
            m_sums = m_whole->numbers(size);
        } else {
            m_own.resize(size);
            m_sums = m_own;
        }
        m_part = m_sums.subspan(std::size_t(part.first) * 2 * m_channels, std::size_t(batch.images) * 2 * m_channels);
        std::fill(m_part.begin(), m_part.end(), 0.0);
    }
    /// Adds a row's sums to those of an image of the part; rows are short enough for fp32, images and batches are not.
    void add(std::int64_t image, const std::vector<float>& first, const std::vector<float>& second)
    {
        double* to = m_part.data() + std::size_t(image) * 2 * m_channels;
        for (std::size_t c = 0; c < m_channels; ++c) {
            to[c] += first[c];
            to[m_channels + c] += second[c];
        }
    }
    /// All has been added: waits for the other parts. Nobody waits until all have read the totals: a network has one BatchNorm,
    /// and the parts end together before these numbers are written again.
    void settle() const
    {
        if (m_whole)
            m_whole->meet();
    }
    double total(int which, std::size_t channel) const
    {
        double sum = 0;
        for (std::size_t i = std::size_t(which) * m_channels + channel; i < m_sums.size(); i += 2 * m_channels)
            sum += m_sums[i];
        return sum;
    }
    std::int64_t images() const { return m_images; }

  private:
    JointBatch* m_whole;
    std::size_t m_channels;
    std::int64_t m_images;
    std::vector<double> m_own;
    std::span<double> m_sums, m_part;
};

/// Pools a batch; `where` gets one byte per output. scale and offset may be null.
Tensor pooled(const Tensor& x, const float* scale, const float* offset, Tensor& where)
{
    const Batch batch(x);
    Tensor out = emptyLast(batch, batch.outHeight, batch.outWidth, x.scalar_type());
    where = emptyLast(batch, batch.outHeight, batch.outWidth, at::kByte);
    withType(x, [&]<class T>(T*) {
        forEachImage(batch, [&](std::int64_t image) {
            const T* from = dataOf<T>(x) + image * batch.imageSize();
            for (int row = 0; row < batch.outHeight; ++row, from += 2 * batch.rowSize()) {
                const std::int64_t at = image * batch.outSize() + row * batch.outRowSize();
                pool::poolRow(from, from + batch.rowSize(), batch.outWidth, batch.channels, scale, offset,
                              dataOf<T>(out) + at, dataOf<std::uint8_t>(where) + at);
            }
        });
    });
    return out;
}

struct PoolReluFunction : torch::autograd::Function<PoolReluFunction> {
    static Tensor forward(AutogradContext* context, const Tensor& x)
    {
        Tensor where;
        Tensor out = pooled(x, nullptr, nullptr, where);
        context->save_for_backward({where});
        context->saved_data["height"] = x.size(2);
        context->saved_data["width"] = x.size(3);
        return out;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const Tensor where = context->get_saved_variables()[0];
        const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        const auto height = int(context->saved_data["height"].toInt()),
                   width = int(context->saved_data["width"].toInt());
        Tensor result = emptyLast(Batch(gradient), height, width, gradient.scalar_type());
        const Batch batch(result);
        withType(gradient, [&]<class T>(T*) {
            forEachImage(batch, [&](std::int64_t image) {
                T* const to = dataOf<T>(result) + image * batch.imageSize();
                for (int row = 0; row < batch.outHeight; ++row) {
                    const std::int64_t at = image * batch.outSize() + row * batch.outRowSize();
                    T* const top = to + 2 * row * batch.rowSize();
                    T* const bottom = top + batch.rowSize();
                    pool::unpoolRow(dataOf<T>(gradient) + at, dataOf<std::uint8_t>(where) + at, batch.outWidth,
                                    batch.channels, top, bottom);
                    if (batch.width % 2 != 0) {
                        std::fill_n(top + batch.rowSize() - batch.channels, batch.channels, T{});
                        std::fill_n(bottom + batch.rowSize() - batch.channels, batch.channels, T{});
                    }
                }
                if (batch.height % 2 != 0)
                    std::fill_n(to + batch.imageSize() - batch.rowSize(), batch.rowSize(), T{});
            });
        });
        return {result};
    }
};

/// The first pixel of the batch in each channel: sums of squares of numbers far from zero would lose the variance, so that
/// differences from it are summed.
std::vector<float> shiftOf(const Tensor& x, const BatchPart& part)
{
    std::vector<float> shift(std::size_t(x.size(1)));
    const auto read = [&] {
        const Tensor first = x.select(0, 0).select(1, 0).select(1, 0).to(at::kFloat).contiguous();
        std::copy_n(first.data_ptr<float>(), shift.size(), shift.begin());
    };
    if (!part.whole) {
        read();
        return shift;
    }
    const std::span<double> shared = part.whole->numbers(shift.size());
    if (part.first == 0) {
        read();
        std::copy(shift.begin(), shift.end(), shared.begin());
    }
    part.whole->meet();
    std::transform(shared.begin(), shared.end(), shift.begin(), [](double value) { return float(value); });
    part.whole->meet(); // the numbers may serve something else now
    return shift;
}

/// Mean and biased variance of each channel over the whole batch, and its pixels.
double batchStatistics(const Tensor& x, const BatchPart& part, std::vector<float>& mean, std::vector<double>& variance)
{
    const Batch batch(x);
    const auto channels = std::size_t(batch.channels);
    const std::vector<float> shift = shiftOf(x, part);
    ChannelSums sums(batch, part);
    withType(x, [&]<class T>(T*) {
        forEachImage(batch, [&](std::int64_t image) {
            for (int row = 0; row < batch.height; ++row) {
                std::vector<float> sum(channels), squares(channels);
                pool::addMoments(dataOf<T>(x) + image * batch.imageSize() + row * batch.rowSize(), batch.width,
                                 batch.channels, shift.data(), sum.data(), squares.data());
                sums.add(image, sum, squares);
            }
        });
    });
    sums.settle();
    const double pixels = batch.pixelsOf(sums.images());
    mean.resize(channels);
    variance.resize(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        const double offset = sums.total(0, c) / pixels;
        mean[c] = float(shift[c] + offset);
        variance[c] = std::max(0.0, sums.total(1, c) / pixels - offset * offset);
    }
    return pixels;
}

Tensor toTensor(const std::vector<float>& values)
{
    Tensor tensor = at::empty({std::int64_t(values.size())}, at::kFloat);
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    return tensor;
}

struct BatchNormPoolReluFunction : torch::autograd::Function<BatchNormPoolReluFunction> {
    /// mean and invDeviation: what normalises, [channels] fp32. `whole`: address of the JointBatch, or 0.
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias,
                          const Tensor& mean, const Tensor& invDeviation, std::int64_t whole, std::int64_t first)
    {
        const Tensor scale = weight * invDeviation;
        const Tensor offset = bias - mean * scale;
        Tensor where;
        Tensor out = pooled(x, scale.data_ptr<float>(), offset.data_ptr<float>(), where);
        context->save_for_backward({x, where, scale, mean, invDeviation});
        context->saved_data["whole"] = whole;
        context->saved_data["first"] = first;
        return out;
    }

    /// Ioffe & Szegedy 2015: dx = scale (dy - mean(dy) - xhat mean(dy xhat)), xhat = (x - mean) invDeviation.
    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const variable_list saved = context->get_saved_variables();
        const Tensor &x = saved[0], &where = saved[1], &scale = saved[2], &mean = saved[3], &invDeviation = saved[4];
        const BatchPart part{reinterpret_cast<JointBatch*>(context->saved_data["whole"].toInt()),
                             context->saved_data["first"].toInt()};
        const Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        const Batch batch(x);
        const auto channels = std::size_t(batch.channels);
        const float* const means = mean.data_ptr<float>();
        std::vector<float> a(channels), b(channels), weightGradient(channels), biasGradient(channels);
        withType(x, [&]<class T>(T*) {
            const auto forEachRow = [&](std::int64_t image, const auto& work) {
                T* const from = dataOf<T>(x) + image * batch.imageSize();
                for (int row = 0; row < batch.outHeight; ++row) {
                    const std::int64_t at = image * batch.outSize() + row * batch.outRowSize();
                    T* const top = from + 2 * row * batch.rowSize();
                    work(dataOf<T>(gradient) + at, dataOf<std::uint8_t>(where) + at, top, top + batch.rowSize());
                }
            };
            ChannelSums sums(batch, part);
            forEachImage(batch, [&](std::int64_t image) {
                forEachRow(image, [&](const T* g, const std::uint8_t* place, const T* top, const T* bottom) {
                    std::vector<float> sum(channels), product(channels);
                    pool::addGradientMoments(g, place, top, bottom, batch.outWidth, batch.channels, means, sum.data(),
                                             product.data());
                    sums.add(image, sum, product);
                });
            });
            sums.settle();
            const double pixels = batch.pixelsOf(sums.images());
            for (std::size_t c = 0; c < channels; ++c) {
                const double factor = scale.data_ptr<float>()[c], inverse = invDeviation.data_ptr<float>()[c];
                biasGradient[c] = float(sums.total(0, c));
                weightGradient[c] = float(sums.total(1, c) * inverse);
                a[c] = float(factor * sums.total(0, c) / pixels);
                b[c] = float(factor * inverse * inverse * sums.total(1, c) / pixels);
            }
            forEachImage(batch, [&](std::int64_t image) {
                forEachRow(image, [&](const T* g, const std::uint8_t* place, T* top, T* bottom) {
                    pool::normGradientRow(g, place, batch.outWidth, batch.channels, scale.data_ptr<float>(), a.data(),
                                          b.data(), means, top, bottom);
                    if (batch.width % 2 != 0)
                        for (T* row : {top, bottom})
                            pool::normGradientRest(row + batch.rowSize() - batch.channels, 1, batch.channels, a.data(),
                                                   b.data(), means);
                });
                if (batch.height % 2 != 0)
                    pool::normGradientRest(dataOf<T>(x) + (image + 1) * batch.imageSize() - batch.rowSize(),
                                           batch.width, batch.channels, a.data(), b.data(), means);
            });
        });
        const bool tells = part.first == 0; // they are those of the whole batch
        return {x.detach(), tells ? toTensor(weightGradient) : Tensor(), tells ? toTensor(biasGradient) : Tensor(),
                Tensor(),   Tensor(),                                    Tensor(),
                Tensor()};
    }
};

} // namespace

Tensor poolRelu(const Tensor& x)
{
    return takesFastWay(x) ? PoolReluFunction::apply(x) : at::max_pool2d(x, 2).relu_();
}

Tensor batchNormPoolRelu(const Tensor& x, torch::nn::BatchNorm2dImpl& batchNorm, const BatchPart& part)
{
    if (!takesFastWay(x)) {
        TORCH_CHECK(!part.whole, "parts of a batch are only normalised together in channels_last on a CPU");
        return at::max_pool2d(batchNorm.forward(x), 2).relu_();
    }
    if (!batchNorm.is_training()) {
        const torch::NoGradGuard noGrad; // validation and prediction only
        const Tensor invDeviation = (batchNorm.running_var + batchNorm.options.eps()).rsqrt();
        const Tensor scale = batchNorm.weight * invDeviation;
        const Tensor offset = batchNorm.bias - batchNorm.running_mean * scale;
        Tensor where;
        return pooled(x, scale.data_ptr<float>(), offset.data_ptr<float>(), where);
    }
    std::vector<float> mean, invDeviation;
    std::vector<double> variance;
    const double pixels = batchStatistics(x, part, mean, variance), momentum = batchNorm.options.momentum().value();
    for (const double each : variance)
        invDeviation.push_back(float(1 / std::sqrt(each + batchNorm.options.eps())));
    if (part.first == 0) {
        for (std::size_t c = 0; c < mean.size(); ++c) {
            float& runningMean = batchNorm.running_mean.data_ptr<float>()[c];
            float& runningVariance = batchNorm.running_var.data_ptr<float>()[c];
            runningMean = float((1 - momentum) * runningMean + momentum * mean[c]);
            runningVariance = float((1 - momentum) * runningVariance + momentum * variance[c] * pixels / (pixels - 1));
        }
        batchNorm.num_batches_tracked += 1;
    }
    return BatchNormPoolReluFunction::apply(x, batchNorm.weight, batchNorm.bias, toTensor(mean), toTensor(invDeviation),
                                            reinterpret_cast<std::int64_t>(part.whole), part.first);
}

} // namespace dispersa
