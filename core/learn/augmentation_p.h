// SPDX-License-Identifier: GPL-3.0-or-later
// Random changes of training patterns, on whatever device they are.
#pragma once

#include "core/base/random.h"
#include "core/data/training_settings.h"

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dispersa {

/// Where output pixel j of a changed pattern comes from: i = c + matrix (j - c) + shift, c = (width / 2, height / 2), in
/// (x, y). The direct beam of a centred pattern, which is at c, stays there unless shifted.
struct PatternWarp {
    double xx = 1, xy = 0, yx = 0, yy = 1;
    double shiftX = 0, shiftY = 0;
};

class Augmenter {
  public:
    explicit Augmenter(const AugmentOptions& options) : m_options(options) {}

    /// Starts a new sequence of random numbers: the same seed and the same batches give the same changes.
    void seed(std::uint64_t seed, const c10::Device& device);
    /// Counts [n, 1, height, width] in fp32, changed: first thinned, then warped (bilinear where pixels do not fall on
    /// pixels, zero outside), then multiplied. Returns the input itself where nothing is to be changed.
    at::Tensor operator()(at::Tensor counts);

  private:
    PatternWarp drawWarp(bool square);
    at::Tensor warped(const at::Tensor& counts);

    AugmentOptions m_options;
    Random m_random{0};
    at::Generator m_generator;
};

} // namespace dispersa
