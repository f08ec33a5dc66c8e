// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/network_input_p.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cmath>

namespace dispersa {

at::ScalarType storedScalar(CountType type)
{
    return type == CountType::UInt16 ? at::kShort : at::kFloat;
}

at::Tensor countsFrom(const at::Tensor& stored, PatternShape shape)
{
    at::Tensor counts = stored;
    if (stored.scalar_type() == at::kShort)
        counts = stored.to(at::kInt).bitwise_and_(0xFFFF).to(at::kFloat);
    return counts.view({stored.size(0), 1, shape.height, shape.width});
}

at::Tensor scaledInput(at::Tensor counts, const CountScaling& scaling)
{
    const auto divisor = float(scaling.divisor);
    switch (scaling.kind) {
    case Scaling::Linear:
        if (divisor != 1)
            counts = counts / divisor;
        break;
    case Scaling::SquareRoot:
        counts = counts.clamp_min(0).div_(divisor).sqrt_();
        break;
    case Scaling::Log:
        counts = counts.clamp_min(0).log1p_().div_(std::log1p(divisor));
        break;
    }
    const std::int64_t height = counts.size(2), width = counts.size(3);
    return counts.contiguous().as_strided({counts.size(0), 1, height, width}, {height * width, 1, width, 1});
}

} // namespace dispersa
