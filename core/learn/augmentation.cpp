// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/augmentation_p.h"

#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/native/GridSamplerUtils.h>

#include <cmath>
#include <numbers>

namespace dispersa {

namespace {

/// Uniform in -1..1.
double signedUnit(Random& random)
{
    return double(random.next() >> 11) * 0x1p-52 - 1;
}

/// From page-locked memory, so that a GPU's earlier work is not waited for.
at::Tensor moved(const at::Tensor& numbers, const c10::Device& device)
{
    return device.is_cuda() ? numbers.pin_memory().to(device, /*non_blocking=*/true) : numbers;
}

PatternWarp product(const PatternWarp& a, const PatternWarp& b)
{
    return {a.xx * b.xx + a.xy * b.yx, a.xx * b.xy + a.xy * b.yy, a.yx * b.xx + a.yy * b.yx,
            a.yx * b.xy + a.yy * b.yy, a.shiftX + b.shiftX,       a.shiftY + b.shiftY};
}

/// Stretches by 1 / ratio along `angle`.
PatternWarp ellipse(double ratio, double angle)
{
    const double c = std::cos(angle), s = std::sin(angle), k = 1 / ratio - 1;
    return {1 + k * c * c, k * c * s, k * c * s, 1 + k * s * s, 0, 0};
}

/// The rows of affine_grid's matrix, whose coordinates go from -1 to 1 over the edges of the image.
void writeTheta(const PatternWarp& warp, std::int64_t height, std::int64_t width, float* theta)
{
    const double w = double(width), h = double(height);
    theta[0] = float(warp.xx);
    theta[1] = float(warp.xy * h / w);
    theta[2] = float((2 * warp.shiftX + 1 - warp.xx - warp.xy) / w);
    theta[3] = float(warp.yx * w / h);
    theta[4] = float(warp.yy);
    theta[5] = float((2 * warp.shiftY + 1 - warp.yx - warp.yy) / h);
}

} // namespace

void Augmenter::seed(std::uint64_t seed, const c10::Device& device)
{
    m_random = Random(seed);
    m_generator = at::globalContext().defaultGenerator(device).clone();
    m_generator.set_current_seed(m_random.next());
}

PatternWarp Augmenter::drawWarp(bool square)
{
    PatternWarp warp;
    if (m_options.mirror) {
        warp.xx = m_random.below(2) ? -1 : 1;
        warp.yy = m_random.below(2) ? -1 : 1;
    }
    if (m_options.quarterTurns && square) {
        constexpr int cosine[] = {1, 0, -1, 0};
        const auto turn = m_random.below(4);
        const double c = cosine[turn], s = cosine[(turn + 3) % 4];
        warp = product({c, -s, s, c, 0, 0}, warp);
    }
    if (m_options.ellipse > 0) {
        const double angle = std::numbers::pi * signedUnit(m_random);
        warp = product(ellipse(1 + m_options.ellipse * std::abs(signedUnit(m_random)), angle), warp);
    }
    if (m_options.scale > 0) {
        const double factor = 1 / (1 + m_options.scale * signedUnit(m_random));
        warp = product({factor, 0, 0, factor, 0, 0}, warp);
    }
    if (m_options.shift_px > 0) {
        // Whole pixels: interpolation would smooth the noise, and by how much would depend on the shift.
        warp.shiftX = std::round(m_options.shift_px * signedUnit(m_random));
        warp.shiftY = std::round(m_options.shift_px * signedUnit(m_random));
    }
    return warp;
}

at::Tensor Augmenter::warped(const at::Tensor& counts)
{
    const std::int64_t n = counts.size(0), height = counts.size(2), width = counts.size(3);
    at::Tensor theta = at::empty({n, 2, 3}, at::kFloat);
    for (std::int64_t i = 0; i < n; ++i)
        writeTheta(drawWarp(height == width), height, width, theta.data_ptr<float>() + i * 6);
    const at::Tensor grid = at::affine_grid_generator(moved(theta, counts.device()), counts.sizes(), false);
    const bool interpolates = m_options.scale > 0 || m_options.ellipse > 0;
    const auto mode = interpolates ? at::native::GridSamplerInterpolation::Bilinear
                                   : at::native::GridSamplerInterpolation::Nearest;
    return at::grid_sampler(counts, grid, int(mode), int(at::native::GridSamplerPadding::Zeros), false);
}

at::Tensor Augmenter::operator()(at::Tensor counts)
{
    if (m_options.thinning > 0) {
        at::Tensor kept = at::empty({counts.size(0), 1, 1, 1}, at::kFloat);
        for (std::int64_t i = 0; i < counts.size(0); ++i)
            kept.data_ptr<float>()[i] = float(1 - m_options.thinning * std::abs(signedUnit(m_random)));
        counts = at::binomial(counts.round().clamp_min_(0), moved(kept, counts.device()).expand_as(counts).contiguous(),
                              m_generator);
    }
    if (m_options.mirror || m_options.quarterTurns || m_options.shift_px > 0 || m_options.scale > 0 ||
        m_options.ellipse > 0)
        counts = warped(counts);
    if (m_options.gain > 0) {
        at::Tensor gain = at::empty({counts.size(0), 1, 1, 1}, at::kFloat);
        for (std::int64_t i = 0; i < counts.size(0); ++i)
            gain.data_ptr<float>()[i] = float(1 + m_options.gain * signedUnit(m_random));
        counts = counts * moved(gain, counts.device());
    }
    return counts;
}

} // namespace dispersa
