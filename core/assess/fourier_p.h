// SPDX-License-Identifier: GPL-3.0-or-later
// The discrete Fourier transform of an image, for sums over every lag at once.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace dispersa {

/// Smallest power of two that is >= n.
std::size_t powerOfTwoFrom(std::size_t n);

/// Radix-2 transform (Cooley & Tukey 1965) of a row-major height x width image, both powers of two, in place:
/// sum over y, x of image * exp(-2 pi i (ky y / height + kx x / width)); + in the exponent when `inverse`. Not divided
/// by the number of pixels.
void fourierTransform(std::vector<std::complex<double>>& image, std::size_t height, std::size_t width, bool inverse);

} // namespace dispersa
