// SPDX-License-Identifier: GPL-3.0-or-later
// Loops over one row of a channels_last image for fused pooling; no torch types. The number of
// channels (`stride`) is a multiple of 32; all arrays per channel have that length.
#pragma once

#include <cstdint>

namespace dispersa::pool {

inline constexpr int lanes = 32; ///< channels worked on at once
/// Position of the maximum in its 2 x 2 window (row * 2 + column), or `off` where ReLU closed.
inline constexpr std::uint8_t off = 4;

/// Bit pattern of a bfloat16.
struct Half {
    std::uint16_t bits;
};

/// sum += x - shift, squares += (x - shift)^2 over `pixels` pixels of `stride` channels.
void addMoments(const float* x, int pixels, int stride, const float* shift, float* sum, float* squares);
void addMoments(const Half* x, int pixels, int stride, const float* shift, float* sum, float* squares);

/// out = relu(max over the window of scale * x + offset) for a row of `windows` windows; `top` and `bottom` are the two
/// rows. `stride` is the number of channels. scale and offset null: plain.
void poolRow(const float* top, const float* bottom, int windows, int stride, const float* scale, const float* offset,
             float* out, std::uint8_t* where);
void poolRow(const Half* top, const Half* bottom, int windows, int stride, const float* scale, const float* offset,
             Half* out, std::uint8_t* where);

/// What a 3 x 3 convolution of one channel and then poolRow make of the four rows from `x` on, `width` apart, each of
/// 2 * windows + 2 pixels: out = relu(max over the window of the convolution + offset). `kernel`: [9][stride], row by
/// row.
void convolvePoolRow(const float* x, int width, int windows, int stride, const float* kernel, const float* offset,
                     float* out);
void convolvePoolRow(const float* x, int width, int windows, int stride, const float* kernel, const float* offset,
                     Half* out);

/// Puts the gradients of a row of windows where the maxima were, zero elsewhere.
void unpoolRow(const float* gradient, const std::uint8_t* where, int windows, int stride, float* top, float* bottom);
void unpoolRow(const Half* gradient, const std::uint8_t* where, int windows, int stride, Half* top, Half* bottom);

/// Sums over the row's open windows: sum += g, product += g * (x - mean), x at the maximum.
void addGradientMoments(const float* gradient, const std::uint8_t* where, const float* top, const float* bottom,
                        int windows, int stride, const float* mean, float* sum, float* product);
void addGradientMoments(const Half* gradient, const std::uint8_t* where, const Half* top, const Half* bottom,
                        int windows, int stride, const float* mean, float* sum, float* product);

/// Overwrites x by its gradient through BatchNorm: scale * g - a - b * (x - mean), with g as unpoolRow places it.
void normGradientRow(const float* gradient, const std::uint8_t* where, int windows, int stride, const float* scale,
                     const float* a, const float* b, const float* mean, float* top, float* bottom);
void normGradientRow(const Half* gradient, const std::uint8_t* where, int windows, int stride, const float* scale,
                     const float* a, const float* b, const float* mean, Half* top, Half* bottom);

/// The same for `pixels` pixels outside of every window (an odd last row or column): g = 0.
void normGradientRest(float* x, int pixels, int stride, const float* a, const float* b, const float* mean);
void normGradientRest(Half* x, int pixels, int stride, const float* a, const float* b, const float* mean);

} // namespace dispersa::pool
