// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/fourier_p.h"

#include <algorithm>
#include <bit>
#include <numbers>
#include <span>

namespace dispersa {
namespace {

using Complex = std::complex<double>;

/// exp(-+2 pi i k / n) for k below n / 2.
std::vector<Complex> rootsOfUnity(std::size_t n, bool inverse)
{
    std::vector<Complex> roots(n / 2);
    const double turn = (inverse ? 2 : -2) * std::numbers::pi / static_cast<double>(n);
    for (std::size_t k = 0; k < roots.size(); ++k)
        roots[k] = std::polar(1.0, turn * static_cast<double>(k));
    return roots;
}

void transformLine(std::span<Complex> line, std::span<const Complex> roots)
{
    const std::size_t n = line.size();
    for (std::size_t i = 1, reversed = 0; i < n; ++i) {
        std::size_t bit = n >> 1;
        for (; reversed & bit; bit >>= 1)
            reversed ^= bit;
        reversed ^= bit;
        if (i < reversed)
            std::swap(line[i], line[reversed]);
    }
    for (std::size_t half = 1; half < n; half *= 2) {
        const std::size_t step = n / (2 * half);
        for (std::size_t start = 0; start < n; start += 2 * half)
            for (std::size_t k = 0; k < half; ++k) {
                const Complex root = roots[k * step];
                const Complex odd = line[start + k + half];
                // Written out: operator* also looks for infinities.
                const Complex turned(root.real() * odd.real() - root.imag() * odd.imag(),
                                     root.real() * odd.imag() + root.imag() * odd.real());
                line[start + k + half] = line[start + k] - turned;
                line[start + k] += turned;
            }
    }
}

} // namespace

std::size_t powerOfTwoFrom(std::size_t n)
{
    return std::bit_ceil(n);
}

void fourierTransform(std::vector<Complex>& image, std::size_t height, std::size_t width, bool inverse)
{
    const auto rowRoots = rootsOfUnity(width, inverse);
    for (std::size_t y = 0; y < height; ++y)
        transformLine(std::span(image).subspan(y * width, width), rowRoots);
    const auto columnRoots = rootsOfUnity(height, inverse);
    std::vector<Complex> column(height);
    for (std::size_t x = 0; x < width; ++x) {
        for (std::size_t y = 0; y < height; ++y)
            column[y] = image[y * width + x];
        transformLine(column, columnRoots);
        for (std::size_t y = 0; y < height; ++y)
            image[y * width + x] = column[y];
    }
}

} // namespace dispersa
