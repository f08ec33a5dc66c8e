// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/speckle_p.h"

#include "core/simulate/random_p.h"

#include <algorithm>
#include <cmath>

namespace dispersa::simulate {
namespace {

constexpr int size = 512;        ///< of the texture; a power of two
constexpr int siteStep = 2;      ///< probe positions between independent places, about the width of the probe
constexpr float contrast = 0.1f; // of the amplitude; a film some tens of nm thick averages many atoms

int wrapped(int index)
{
    return index & (size - 1);
}

/// Periodic convolution with a Gaussian along rows (stride 1) or columns (stride size).
std::vector<float> blurred(const std::vector<float>& in, double sigma, bool alongRows)
{
    const int radius = static_cast<int>(std::ceil(3 * sigma));
    std::vector<float> kernel;
    for (int i = -radius; i <= radius; ++i)
        kernel.push_back(static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma))));
    std::vector<float> out(in.size());
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) {
            float sum = 0;
            for (int i = -radius; i <= radius; ++i)
                sum += kernel[static_cast<std::size_t>(i + radius)] *
                       in[static_cast<std::size_t>(alongRows ? y * size + wrapped(x + i) : wrapped(y + i) * size + x)];
            out[static_cast<std::size_t>(y * size + x)] = sum;
        }
    return out;
}

} // namespace

Speckle::Speckle(int pixels, double grain_px, std::uint64_t seed)
    : m_pixels(pixels), m_stride(size + pixels), m_seed(seed)
{
    Random random({seed, 0x5bec});
    std::vector<float> noise(static_cast<std::size_t>(size) * size);
    for (float& value : noise)
        value = static_cast<float>(random.normal());
    noise = blurred(blurred(noise, grain_px, true), grain_px, false);
    double mean = 0, square = 0;
    for (const float value : noise) {
        mean += value;
        square += double(value) * value;
    }
    mean /= static_cast<double>(noise.size());
    const double scale = 1 / std::sqrt(square / static_cast<double>(noise.size()) - mean * mean);
    m_texture.resize(static_cast<std::size_t>(size) * static_cast<std::size_t>(m_stride));
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < m_stride; ++x)
            m_texture[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_stride) + static_cast<std::size_t>(x)] =
                static_cast<float>((noise[static_cast<std::size_t>(y * size + wrapped(x))] - mean) * scale);
}

Speckle::Place Speckle::place(int scan, int y, int x) const
{
    // Between four sites, each with its own piece of the texture; weights keep the variance the same everywhere.
    const int siteY = y / siteStep, siteX = x / siteStep;
    const double fy = double(y % siteStep) / siteStep, fx = double(x % siteStep) / siteStep;
    const double weights[4] = {(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx};
    const double norm = std::hypot(std::hypot(weights[0], weights[1]), std::hypot(weights[2], weights[3]));
    Place result;
    for (int i = 0; i < 4; ++i) {
        Random random({m_seed, 0x517e, static_cast<std::uint64_t>(scan), static_cast<std::uint64_t>(siteY + i / 2),
                       static_cast<std::uint64_t>(siteX + i % 2)});
        result.rows[i] = m_texture.data() + wrapped(static_cast<int>(random.next() >> 40));
        result.line[i] = wrapped(static_cast<int>(random.next() >> 40));
        result.weight[i] = static_cast<float>(contrast * weights[i] / norm);
    }
    return result;
}

void Speckle::row(const Place& place, int line, float* out) const
{
    const float* texture[4];
    for (int i = 0; i < 4; ++i)
        texture[i] = place.rows[i] + static_cast<std::ptrdiff_t>(wrapped(place.line[i] + line)) * m_stride;
    const float* const t0 = texture[0];
    const float* const t1 = texture[1];
    const float* const t2 = texture[2];
    const float* const t3 = texture[3];
    constexpr float norm = 1 / (1 + contrast * contrast);
    for (int x = 0; x < m_pixels; ++x) {
        const float g =
            1 + place.weight[0] * t0[x] + place.weight[1] * t1[x] + place.weight[2] * t2[x] + place.weight[3] * t3[x];
        out[x] = g * g * norm; // a squared amplitude: never negative, mean 1
    }
}

} // namespace dispersa::simulate
