// SPDX-License-Identifier: GPL-3.0-or-later
// The optimisers against LibTorch's own, on the fast way of the CPU and on the way that GPUs take.
#include "core/learn/optimizer_p.h"
#include "core/learn/torch_compat.h"

#include <QtTest>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <torch/cuda.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <memory>

using namespace dispersa;

namespace {

/// A convolution's weights in channels_last and vectors, with gradients that change from step to step.
std::vector<at::Tensor> parameters(at::DeviceType device = at::kCPU)
{
    at::Generator generator = at::globalContext().defaultGenerator(at::kCPU).clone();
    generator.set_current_seed(3);
    std::vector<at::Tensor> made = {
        at::rand({8, 4, 3, 3}, generator, at::kFloat).contiguous(at::MemoryFormat::ChannelsLast),
        at::rand({70000}, generator, at::kFloat), at::rand({64}, generator, at::kFloat),
        at::rand({3}, generator, at::kFloat)};
    for (at::Tensor& tensor : made)
        tensor = tensor.to(device).requires_grad_(true);
    return made;
}

void setGradients(std::vector<at::Tensor>& tensors, int step)
{
    for (at::Tensor& tensor : tensors) {
        const torch::NoGradGuard noGrad;
        // Row-major although the weights are channels_last: what a backward pass may hand over.
        tensor.mutable_grad() = (tensor.detach() * (step % 3 - 1) + 0.1 * step).contiguous();
    }
}

std::unique_ptr<torch::optim::Optimizer> reference(OptimizerKind kind, const std::vector<at::Tensor>& tensors,
                                                   double rate, double decay)
{
    using namespace torch::optim;
    switch (kind) {
    case OptimizerKind::Adam:
        return std::make_unique<Adam>(tensors, AdamOptions(rate).eps(1e-7).weight_decay(decay));
    case OptimizerKind::AdamW:
        return std::make_unique<AdamW>(tensors, AdamWOptions(rate).eps(1e-7).weight_decay(decay));
    case OptimizerKind::Sgd:
        return std::make_unique<SGD>(tensors, SGDOptions(rate).momentum(0.9).weight_decay(decay));
    }
    return nullptr;
}

std::vector<std::pair<std::string, at::Tensor>> named(const std::vector<at::Tensor>& tensors)
{
    std::vector<std::pair<std::string, at::Tensor>> result;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        result.emplace_back("p" + std::to_string(i), tensors[i]);
    return result;
}

double largestDifference(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b)
{
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, (a[i] - b[i]).abs().max().item<double>());
    return largest;
}

} // namespace

class TestOptimizer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void stepsLikeLibTorch_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("decay");
        QTest::addColumn<QString>("way");
        for (const OptimizerKind kind : {OptimizerKind::Adam, OptimizerKind::AdamW, OptimizerKind::Sgd})
            for (const double decay : {0.0, 0.03})
                for (const char* way : {"loops", "tensor operations", "GPU"})
                    QTest::addRow("%s, decay %g, %s", optimizerName(kind), decay, way) << int(kind) << decay << way;
    }

    void stepsLikeLibTorch()
    {
        QFETCH(int, kind);
        QFETCH(double, decay);
        QFETCH(QString, way);
        if (way == "GPU" && !torch::cuda::is_available())
            QSKIP("no CUDA device");
        const at::DeviceType device = way == "GPU" ? at::kCUDA : at::kCPU;
        TrainingSettings settings;
        settings.optimizer = OptimizerKind(kind);
        settings.weightDecay = decay;
        std::vector<at::Tensor> ours = parameters(device), theirs = parameters(device);
        Optimizer optimizer(named(ours), settings,
                            way == "loops" ? Optimizer::Way::Fastest : Optimizer::Way::TensorOperations);
        const auto expected = reference(settings.optimizer, theirs, 0.01, decay);
        for (int step = 1; step <= 7; ++step) {
            setGradients(ours, step);
            setGradients(theirs, step);
            optimizer.step(0.01);
            expected->step();
            QVERIFY2(largestDifference(ours, theirs) < 2e-6, qPrintable(QString::number(largestDifference(ours, theirs))));
        }
        QCOMPARE(optimizer.steps(), std::int64_t(7));
        QVERIFY(largestDifference(ours, parameters(device)) > 1e-3); // it moved at all
    }

    void fusedStepsLikeLibTorch_data()
    {
        QTest::addColumn<double>("decay");
        QTest::newRow("no decay") << 0.0;
        QTest::newRow("decay") << 0.03;
    }

    // The one launch that a GPU gets from LibTorch 2.x, with its rate and its steps in tensors.
    void fusedStepsLikeLibTorch()
    {
        if (!torch_compat::hasFusedAdamOnCpu)
            QSKIP("no fused Adam for a CPU in this LibTorch");
        QFETCH(double, decay);
        std::vector<at::Tensor> ours = parameters(), theirs = parameters(), first, second;
        for (const at::Tensor& weights : ours) {
            first.push_back(at::zeros_like(weights.detach()));
            second.push_back(at::zeros_like(weights.detach()));
        }
        const auto expected = reference(OptimizerKind::Adam, theirs, 0.01, decay);
        const at::Tensor rate = at::full({}, 0.01), count = at::zeros({});
        for (int step = 1; step <= 7; ++step) {
            setGradients(ours, step);
            setGradients(theirs, step);
            {
                const torch::NoGradGuard noGrad;
                count.fill_(step);
                std::vector<at::Tensor> gradients;
                for (const at::Tensor& weights : ours)
                    gradients.push_back(at::empty_like(weights).copy_(weights.grad())); // with the weights' strides
                torch_compat::fusedAdam(ours, gradients, first, second, std::vector<at::Tensor>(ours.size(), count), rate,
                                        {0.9, 0.999, decay, 1e-7});
            }
            expected->step();
            QVERIFY2(largestDifference(ours, theirs) < 2e-6, qPrintable(QString::number(largestDifference(ours, theirs))));
        }
        QVERIFY(largestDifference(ours, parameters()) > 1e-3); // it moved at all
    }

    void tensorOperationsKeepWhatTheyMove()
    {
        std::vector<at::Tensor> tensors = parameters();
        const std::vector<at::Tensor> same = tensors;
        const Optimizer optimizer(named(tensors), {}, Optimizer::Way::TensorOperations);
        QCOMPARE(largestDifference(tensors, parameters()), 0.0);
        QVERIFY(tensors[0].is_contiguous(at::MemoryFormat::ChannelsLast));
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            QVERIFY(tensors[i].is_leaf() && tensors[i].requires_grad() && tensors[i].is_same(same[i]));
            // In one block, each where vector loads and matrix products want it.
            QCOMPARE(reinterpret_cast<std::uintptr_t>(tensors[i].data_ptr()) % 64, std::uintptr_t(0));
            QCOMPARE(tensors[i].storage().data(), tensors[0].storage().data());
        }
    }

    void goesOnFromItsState_data()
    {
        QTest::addColumn<bool>("operations");
        QTest::newRow("loops") << false;
        QTest::newRow("tensor operations") << true;
    }

    void goesOnFromItsState()
    {
        QFETCH(bool, operations);
        const auto way = operations ? Optimizer::Way::TensorOperations : Optimizer::Way::Fastest;
        std::vector<at::Tensor> whole = parameters(), parts = parameters();
        TrainingSettings settings;
        Optimizer unbroken(named(whole), settings, way);
        auto first = std::make_unique<Optimizer>(named(parts), settings, way);
        for (int step = 1; step <= 6; ++step) {
            if (step == 4) {
                auto second = std::make_unique<Optimizer>(named(parts), settings, way);
                std::vector<std::pair<std::string, at::Tensor>> state;
                for (const auto& [name, tensor] : first->state())
                    state.emplace_back(name, tensor.contiguous()); // as a file keeps it
                QVERIFY(second->restore(state, first->steps()));
                first = std::move(second);
            }
            setGradients(whole, step);
            setGradients(parts, step);
            unbroken.step(0.01);
            first->step(0.01);
        }
        QCOMPARE(largestDifference(whole, parts), 0.0);
    }

    void refusesAForeignState()
    {
        std::vector<at::Tensor> tensors = parameters();
        Optimizer optimizer(named(tensors), {});
        auto state = optimizer.state();
        state.pop_back();
        QVERIFY(!optimizer.restore(state, 5));
        state = optimizer.state();
        state[0].second = at::zeros({3});
        QVERIFY(!optimizer.restore(state, 5));
        QCOMPARE(optimizer.steps(), std::int64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestOptimizer)
#include "tst_optimizer.moc"
