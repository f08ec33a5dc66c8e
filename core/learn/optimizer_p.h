// SPDX-License-Identifier: GPL-3.0-or-later
// Adam, AdamW and SGD with momentum. Ours, because LibTorch's touch the memory of every parameter eight times per step
// on a CPU, read numbers back from a GPU, and do not show the state that a resumed training needs.
#pragma once

#include "core/data/training_settings.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dispersa {

class Optimizer {
  public:
    /// How steps are computed: on a CPU by loops of our own, else by tensor operations, which also run on a CPU.
    enum class Way { Fastest, TensorOperations };

    /// `parameters` are changed in place by each step; dense, fp32, all on one device. For tensor operations they are moved
    /// into one block of memory, so that a step is a handful of launches however many parameters there are.
    Optimizer(std::vector<std::pair<std::string, at::Tensor>> parameters, const TrainingSettings& settings,
              Way way = Way::Fastest);

    /// One step with the parameters' gradients; none may be undefined.
    void step(double rate)
    {
        begin(rate);
        apply();
    }
    /// The same in two: begin() counts the step and writes its factors, apply() only runs tensor operations on fixed
    /// memory, so that a CUDA graph can hold it.
    void begin(double rate);
    void apply();

    /// Moments by "parameter.moment", and the number of steps: all that the next step depends on.
    std::vector<std::pair<std::string, at::Tensor>> state() const;
    std::int64_t steps() const { return m_steps; }
    /// Takes over a state of the same optimiser and network. False if names or shapes differ; then nothing changed.
    bool restore(const std::vector<std::pair<std::string, at::Tensor>>& state, std::int64_t steps);

  private:
    struct Parameter {
        std::string name;
        at::Tensor weights;
        at::Tensor first;  ///< Adam: mean of the gradient; SGD: velocity
        at::Tensor second; ///< Adam: mean of its square
    };
    /// The numbers of all parameters one after the other, each parameter beginning where an allocator would put it.
    struct Block {
        at::Tensor weights, first, second;
        std::vector<at::Tensor> gaps; ///< zeros that follow each parameter
    };
    void moveIntoBlock();
    at::Tensor gradientBlock() const;
    void applyLoops(Parameter& parameter) const;
    bool applyFused() const;
    void applyOperations();

    std::vector<Parameter> m_parameters;
    OptimizerKind m_kind;
    double m_decay;
    std::int64_t m_steps = 0;
    double m_rate = 0;
    double m_stepSize = 0;
    double m_rootScale = 1;
    at::Tensor m_factors; ///< {step size, root scale, shrink, rate, steps} where the parameters are; undefined: loops
    at::Tensor m_epsilon; ///< beside them
    Block m_block;        ///< for tensor operations
};

} // namespace dispersa
