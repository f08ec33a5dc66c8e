// SPDX-License-Identifier: GPL-3.0-or-later
// From stored counts to the network's input, on whatever device they are.
#pragma once

#include "core/data/pattern_source.h"

#include <ATen/core/Tensor.h>

namespace dispersa {

/// Stored counts as tensor type: the bits of uint16 stand in int16, because indexing and copying refuse uint16 on a GPU.
at::ScalarType storedScalar(CountType type);

/// Counts [n, height * width] as stored to [n, 1, height, width] in fp32.
at::Tensor countsFrom(const at::Tensor& stored, PatternShape shape);
/// What PatternSource::gather() would give for these counts. Its strides say channels_last, which for a single channel is
/// the same memory but decides how the first convolution lays out its result. May reuse the memory of `counts`.
at::Tensor scaledInput(at::Tensor counts, const CountScaling& scaling);

} // namespace dispersa
