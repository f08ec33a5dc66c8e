// SPDX-License-Identifier: GPL-3.0-or-later
// Row loops written so that the compiler turns the 32 channels into vectors, for each processor the best it has.
#include "core/learn/pool_kernels_p.h"

#include "core/base/vector_clones.h"

#include <bit>

namespace dispersa::pool {

namespace {

DISPERSA_INLINE float load(float x)
{
    return x;
}
DISPERSA_INLINE float load(Half x)
{
    return std::bit_cast<float>(std::uint32_t(x.bits) << 16);
}
DISPERSA_INLINE void store(float& to, float x)
{
    to = x;
}
/// Round to nearest, ties to even.
DISPERSA_INLINE void store(Half& to, float x)
{
    const auto bits = std::bit_cast<std::uint32_t>(x);
    to.bits = std::uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

template<class T>
DISPERSA_INLINE void addMomentsOf(const T* x, int pixels, int stride, const float* shift, float* sum, float* squares)
{
    for (int p = 0; p < pixels; ++p, x += stride)
        for (int c = 0; c < stride; ++c) {
            const float value = load(x[c]) - shift[c];
            sum[c] += value;
            squares[c] += value * value;
        }
}

template<class T>
DISPERSA_INLINE void poolRowOf(const T* top, const T* bottom, int windows, int stride, const float* scale,
                               const float* offset, T* out, std::uint8_t* where)
{
    for (int w = 0; w < windows; ++w) {
        for (int block = 0; block < stride; block += lanes) {
            const T* corner[4] = {top + block, top + stride + block, bottom + block, bottom + stride + block};
            float largest[lanes];
            std::int32_t place[lanes];
            for (int k = 0; k < 4; ++k)
                for (int c = 0; c < lanes; ++c) {
                    float value = load(corner[k][c]);
                    if (scale)
                        value = value * scale[block + c] + offset[block + c];
                    const bool larger = k == 0 || value > largest[c];
                    largest[c] = larger ? value : largest[c];
                    place[c] = larger ? k : place[c];
                }
            for (int c = 0; c < lanes; ++c) {
                store(out[block + c], largest[c] < 0 ? 0.0f : largest[c]); // so that NaN stays NaN
                where[block + c] = std::uint8_t(largest[c] > 0 ? place[c] : std::int32_t(off));
            }
        }
        top += 2 * stride;
        bottom += 2 * stride;
        out += stride;
        where += stride;
    }
}

template<class T>
DISPERSA_INLINE void convolvePoolRowOf(const float* x, int width, int windows, int stride, const float* kernel,
                                       const float* offset, T* out)
{
    for (int w = 0; w < windows; ++w, x += 2, out += stride) {
        for (int block = 0; block < stride; block += lanes) {
            float sums[4][lanes] = {};
            for (int row = 0; row < 3; ++row)
                for (int column = 0; column < 3; ++column) {
                    const float* const weight = kernel + (row * 3 + column) * stride + block;
                    const float* const pixel = x + row * width + column;
                    for (int c = 0; c < lanes; ++c) {
                        sums[0][c] += pixel[0] * weight[c];
                        sums[1][c] += pixel[1] * weight[c];
                        sums[2][c] += pixel[width] * weight[c];
                        sums[3][c] += pixel[width + 1] * weight[c];
                    }
                }
            for (int c = 0; c < lanes; ++c) {
                float largest = sums[0][c];
                for (int k = 1; k < 4; ++k)
                    largest = sums[k][c] > largest ? sums[k][c] : largest;
                largest += offset[block + c];
                store(out[block + c], largest < 0 ? 0.0f : largest);
            }
        }
    }
}

template<class T>
DISPERSA_INLINE void unpoolRowOf(const T* gradient, const std::uint8_t* where, int windows, int stride, T* top,
                                 T* bottom)
{
    for (int w = 0; w < windows; ++w) {
        T* corner[4] = {top, top + stride, bottom, bottom + stride};
        for (int k = 0; k < 4; ++k)
            for (int c = 0; c < stride; ++c)
                corner[k][c] = where[c] == k ? gradient[c] : T{};
        top += 2 * stride;
        bottom += 2 * stride;
        gradient += stride;
        where += stride;
    }
}

template<class T>
DISPERSA_INLINE void addGradientMomentsOf(const T* gradient, const std::uint8_t* where, const T* top, const T* bottom,
                                          int windows, int stride, const float* mean, float* sum, float* product)
{
    for (int w = 0; w < windows; ++w) {
        const T* corner[4] = {top, top + stride, bottom, bottom + stride};
        for (int k = 0; k < 4; ++k)
            for (int c = 0; c < stride; ++c) {
                const float g = where[c] == k ? load(gradient[c]) : 0.0f;
                sum[c] += g;
                product[c] += g * (load(corner[k][c]) - mean[c]);
            }
        top += 2 * stride;
        bottom += 2 * stride;
        gradient += stride;
        where += stride;
    }
}

template<class T>
DISPERSA_INLINE void normGradientRowOf(const T* gradient, const std::uint8_t* where, int windows, int stride,
                                       const float* scale, const float* a, const float* b, const float* mean, T* top,
                                       T* bottom)
{
    for (int w = 0; w < windows; ++w) {
        T* corner[4] = {top, top + stride, bottom, bottom + stride};
        for (int k = 0; k < 4; ++k)
            for (int c = 0; c < stride; ++c) {
                const float g = where[c] == k ? load(gradient[c]) : 0.0f;
                store(corner[k][c], scale[c] * g - a[c] - b[c] * (load(corner[k][c]) - mean[c]));
            }
        top += 2 * stride;
        bottom += 2 * stride;
        gradient += stride;
        where += stride;
    }
}

template<class T>
DISPERSA_INLINE void normGradientRestOf(T* x, int pixels, int stride, const float* a, const float* b, const float* mean)
{
    for (int p = 0; p < pixels; ++p, x += stride)
        for (int c = 0; c < stride; ++c)
            store(x[c], -a[c] - b[c] * (load(x[c]) - mean[c]));
}

} // namespace

// The clones cannot be templates, hence both types by hand.
DISPERSA_CLONES void addMoments(const float* x, int pixels, int stride, const float* shift, float* sum, float* squares)
{
    addMomentsOf(x, pixels, stride, shift, sum, squares);
}
DISPERSA_CLONES void addMoments(const Half* x, int pixels, int stride, const float* shift, float* sum, float* squares)
{
    addMomentsOf(x, pixels, stride, shift, sum, squares);
}
DISPERSA_CLONES void poolRow(const float* top, const float* bottom, int windows, int stride, const float* scale,
                             const float* offset, float* out, std::uint8_t* where)
{
    poolRowOf(top, bottom, windows, stride, scale, offset, out, where);
}
DISPERSA_CLONES void poolRow(const Half* top, const Half* bottom, int windows, int stride, const float* scale,
                             const float* offset, Half* out, std::uint8_t* where)
{
    poolRowOf(top, bottom, windows, stride, scale, offset, out, where);
}
DISPERSA_CLONES void convolvePoolRow(const float* x, int width, int windows, int stride, const float* kernel,
                                     const float* offset, float* out)
{
    convolvePoolRowOf(x, width, windows, stride, kernel, offset, out);
}
DISPERSA_CLONES void convolvePoolRow(const float* x, int width, int windows, int stride, const float* kernel,
                                     const float* offset, Half* out)
{
    convolvePoolRowOf(x, width, windows, stride, kernel, offset, out);
}
DISPERSA_CLONES void unpoolRow(const float* gradient, const std::uint8_t* where, int windows, int stride, float* top,
                               float* bottom)
{
    unpoolRowOf(gradient, where, windows, stride, top, bottom);
}
DISPERSA_CLONES void unpoolRow(const Half* gradient, const std::uint8_t* where, int windows, int stride, Half* top,
                               Half* bottom)
{
    unpoolRowOf(gradient, where, windows, stride, top, bottom);
}
DISPERSA_CLONES void addGradientMoments(const float* gradient, const std::uint8_t* where, const float* top,
                                        const float* bottom, int windows, int stride, const float* mean, float* sum,
                                        float* product)
{
    addGradientMomentsOf(gradient, where, top, bottom, windows, stride, mean, sum, product);
}
DISPERSA_CLONES void addGradientMoments(const Half* gradient, const std::uint8_t* where, const Half* top,
                                        const Half* bottom, int windows, int stride, const float* mean, float* sum,
                                        float* product)
{
    addGradientMomentsOf(gradient, where, top, bottom, windows, stride, mean, sum, product);
}
DISPERSA_CLONES void normGradientRow(const float* gradient, const std::uint8_t* where, int windows, int stride,
                                     const float* scale, const float* a, const float* b, const float* mean, float* top,
                                     float* bottom)
{
    normGradientRowOf(gradient, where, windows, stride, scale, a, b, mean, top, bottom);
}
DISPERSA_CLONES void normGradientRow(const Half* gradient, const std::uint8_t* where, int windows, int stride,
                                     const float* scale, const float* a, const float* b, const float* mean, Half* top,
                                     Half* bottom)
{
    normGradientRowOf(gradient, where, windows, stride, scale, a, b, mean, top, bottom);
}
DISPERSA_CLONES void normGradientRest(float* x, int pixels, int stride, const float* a, const float* b,
                                      const float* mean)
{
    normGradientRestOf(x, pixels, stride, a, b, mean);
}
DISPERSA_CLONES void normGradientRest(Half* x, int pixels, int stride, const float* a, const float* b,
                                      const float* mean)
{
    normGradientRestOf(x, pixels, stride, a, b, mean);
}

} // namespace dispersa::pool
