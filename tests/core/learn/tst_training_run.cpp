// SPDX-License-Identifier: GPL-3.0-or-later
// The same training whichever way it runs: patterns kept on the device or streamed to it, steps recorded or not. On the
// CPU bit for bit; on a GPU, where there is one, within rounding.
#include "core/learn/cuda_graph_p.h"
#include "core/learn/torch_errors_p.h"
#include "core/learn/training_run_p.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <ATen/Functions.h>
#include <torch/cuda.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>

using namespace dispersa;

namespace {

constexpr PatternShape shape = {94, 94};

/// The rings as 16-bit counts with square-root scaling.
class Counts : public PatternSource {
  public:
    explicit Counts(PatternSourcePtr rings) : m_rings(std::move(rings)) {}
    std::int64_t count() const override { return m_rings->count(); }
    PatternShape patternShape() const override { return m_rings->patternShape(); }
    CountType countType() const override { return CountType::UInt16; }
    CountScaling countScaling() const override { return {Scaling::SquareRoot, 50000}; }
    Result<void> gather(std::span<const std::int64_t>, std::span<float>) const override
    {
        return fail(ErrorCode::Internal, "Training reads counts.");
    }
    Result<void> gatherCounts(std::span<const std::int64_t> indices, std::span<std::byte> out) const override
    {
        std::vector<float> values(out.size() / 2);
        if (auto read = m_rings->gather(indices, values); !read)
            return read;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto count = std::uint16_t(std::min(65535.f, 40000 * values[i])); // also beyond 32767
            std::memcpy(out.data() + 2 * i, &count, 2);
        }
        return {};
    }

  private:
    PatternSourcePtr m_rings;
};

/// As if the GPU's memory ran out so many times while patterns are brought there.
class Full : public synthetic::Patterns {
  public:
    Full(const synthetic::Patterns& patterns, int refusals) : synthetic::Patterns(patterns), m_left(refusals) {}
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
    {
        if (m_left-- > 0)
            throw std::runtime_error("CUDA out of memory. Tried to allocate 1.00 TiB");
        return synthetic::Patterns::gather(indices, out);
    }

  private:
    mutable std::atomic<int> m_left;
};

/// Replays on the CPU by doing the step again.
class FakeRecorder : public StepRecorder {
  public:
    std::string record(const std::function<void()>& step) override
    {
        m_step = step;
        return {};
    }
    void replay() override { m_step(); }

  private:
    std::function<void()> m_step;
};

/// Everything that a training makes.
struct Made {
    std::vector<double> losses; ///< of four epochs, training and validation
    std::vector<float> outputs; ///< of the last epoch
    NetworkState weights;
    bool replayed = false;
};

struct Way {
    bool onGpu = false;
    bool resident = false;
    bool recorded = false;
};

double largestDifference(const std::vector<float>& a, const std::vector<float>& b)
{
    double largest = a.size() == b.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::isnan(a[i]) && std::isnan(b[i]) ? 0 : std::abs(double(a[i]) - b[i]));
    return largest;
}

} // namespace

class TestTrainingRun : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        useThreads(1);
        m_set = synthetic::rings(28, shape, 3);
        m_set.patterns = std::make_shared<const Counts>(m_set.patterns);
        // Full batches of eight, and a smaller one at the end.
        QVERIFY(m_set.train.size() > 16 && m_set.train.size() % 8 != 0);
        QVERIFY(!m_set.validation.empty());
    }

    void everyWayLearnsTheSame_data()
    {
        QTest::addColumn<bool>("onGpu");
        QTest::addColumn<bool>("resident");
        QTest::addColumn<bool>("recorded");
        QTest::addColumn<bool>("augments");
        QTest::addColumn<int>("optimizer");
        const int adam = int(OptimizerKind::Adam), sgd = int(OptimizerKind::Sgd);
        for (const bool gpu : {false, true}) {
            const char* where = gpu ? "GPU" : "CPU";
            QTest::addRow("%s, resident", where) << gpu << true << false << false << adam;
            QTest::addRow("%s, streamed, recorded", where) << gpu << false << true << false << adam;
            QTest::addRow("%s, resident, recorded, augmented", where) << gpu << true << true << true << adam;
            QTest::addRow("%s, streamed, recorded, SGD", where) << gpu << false << true << false << sgd;
        }
    }

    void everyWayLearnsTheSame()
    {
        QFETCH(bool, onGpu);
        QFETCH(bool, resident);
        QFETCH(bool, recorded);
        QFETCH(bool, augments);
        QFETCH(int, optimizer);
        if (onGpu && !torch::cuda::is_available())
            QSKIP("no CUDA device");
        TrainOptions options;
        options.epochs = 4;
        options.batchSize = 8;
        options.learningRate = 1e-3;
        options.warmupSteps = 5; // the rate changes from step to step, also between replayed ones
        options.schedule = ScheduleKind::Cosine;
        options.optimizer = OptimizerKind(optimizer);
        options.deterministic = true;
        options.augment.mirror = augments;
        options.augment.gain = augments ? 0.1 : 0;
        options.augment.thinning = augments ? 0.2 : 0;
        const Made plain = train(options, {onGpu, false, false}), other = train(options, {onGpu, resident, recorded});
        QVERIFY(!plain.replayed);
        QCOMPARE(other.replayed, recorded);
        QVERIFY(plain.losses[7] != plain.losses[1]); // it learned at all
        // A GPU adds up in an order that changes from run to run where it has no other algorithm.
        const double allowed = onGpu ? 1e-3 : 0;
        QCOMPARE(other.losses.size(), plain.losses.size());
        for (std::size_t i = 0; i < plain.losses.size(); ++i)
            QVERIFY2(std::abs(other.losses[i] - plain.losses[i]) <= allowed,
                     qPrintable(QString("%1: %2, %3").arg(i).arg(plain.losses[i]).arg(other.losses[i])));
        QVERIFY(largestDifference(plain.outputs, other.outputs) <= 10 * allowed);
        if (!onGpu)
            for (std::size_t i = 0; i < plain.weights.size(); ++i)
                QVERIFY2(at::equal(plain.weights[i].second, other.weights[i].second), plain.weights[i].first.c_str());
    }

    void aGpuLearnsAsTheCpuDoes()
    {
        if (!torch::cuda::is_available())
            QSKIP("no CUDA device");
        TrainOptions options;
        options.batchSize = 8;
        m_dropout = 0; // the devices draw other random numbers
        const Made cpu = train(options, {}), gpu = train(options, {true, true, true});
        m_dropout.reset();
        // Rounding differs, and Adam turns the rounding of gradients that should be zero into steps of the rate.
        for (std::size_t i = 0; i < cpu.losses.size(); ++i)
            QVERIFY(std::abs(cpu.losses[i] - gpu.losses[i]) < 2e-3);
    }

    void aFullGpu_data()
    {
        QTest::addColumn<bool>("onGpu");
        QTest::addColumn<bool>("forLong");
        QTest::newRow("the CPU has nothing to give way to") << false << false;
        QTest::newRow("gives way a little") << true << false;
        QTest::newRow("goes on the CPU") << true << true;
    }

    void aFullGpu()
    {
        QFETCH(bool, onGpu);
        QFETCH(bool, forLong);
        if (onGpu && !torch::cuda::is_available())
            QSKIP("no CUDA device");
        TrainOptions options;
        options.epochs = 2;
        options.batchSize = 16;
        options.device = onGpu ? DeviceChoice::Cuda : DeviceChoice::Cpu;
        int refusals = 1;
        if (forLong) {
            ComputePlan plan = planCompute(options.device, options.precision, 0).value();
            int batch = options.batchSize;
            for (refusals = 0; plan.device.is_cuda(); ++refusals)
                giveWay(plan, batch);
        }
        TrainingSet set = synthetic::rings(28, shape, 3);
        set.patterns = std::make_shared<const Full>(dynamic_cast<const synthetic::Patterns&>(*set.patterns), refusals);
        const auto outcome = trainNetwork(set, synthetic::ringDescription(shape), options, {}, {}, {});
        if (!onGpu) {
            QVERIFY(!outcome && outcome.error().code == ErrorCode::DeviceUnavailable);
            QVERIFY(outcome.error().message.find("ran out of memory") != std::string::npos);
            return;
        }
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QCOMPARE(outcome->history.size(), std::size_t(2));
        QVERIFY(outcome->device.starts_with(forLong ? "CPU" : "CUDA"));
        QCOMPARE(outcome->batchSize, forLong ? 8 : 16);
    }

    void whatMeansTooLittleMemory_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("means");
        QTest::newRow("allocator") << "CUDA out of memory. Tried to allocate 20.00 MiB" << true;
        QTest::newRow("driver") << "CUDA error: out of memory" << true;
        QTest::newRow("cuBLAS") << "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`" << true;
        QTest::newRow("cuDNN") << "cuDNN error: CUDNN_STATUS_ALLOC_FAILED" << true;
        QTest::newRow("cuDNN's choice") << "Unable to find a valid cuDNN algorithm to run convolution" << true;
        QTest::newRow("its choice in 2.x") << "GET was unable to find an engine to execute this computation" << true;
        QTest::newRow("another failure") << "CUDA error: an illegal memory access was encountered" << false;
        QTest::newRow("the machine's") << "DefaultCPUAllocator: can't allocate memory: out of memory" << false;
    }

    void whatMeansTooLittleMemory()
    {
        QFETCH(QString, text);
        const Error error =
            translateException(std::make_exception_ptr(std::runtime_error(text.toStdString())), "training");
        QTEST(isDeviceMemoryError(error), "means");
    }

  private:
    Made train(const TrainOptions& options, const Way& way) const
    {
        ComputePlan plan;
        plan.device = way.onGpu ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
        plan.residentBytes = way.resident ? 1ull << 30 : 0;
        std::unique_ptr<StepRecorder> recorder;
        if (way.recorded)
            recorder = way.onGpu ? stepRecorderFor(plan.device) : std::make_unique<FakeRecorder>();
        NetworkOptions network = synthetic::ringDescription(shape).network;
        network.dropout = m_dropout.value_or(network.dropout);
        TrainingRun run(m_set, network, options, plan, {}, std::move(recorder));
        const BatchDone goOn = [](std::int64_t, const std::function<double()>&) { return true; };
        Made made;
        for (int epoch = 1; epoch <= 4; ++epoch) {
            made.losses.push_back(run.train(epoch, goOn).value().value());
            made.losses.push_back(run.validate(goOn).value().value());
            made.outputs = *run.takeOutputs();
        }
        made.weights = run.state();
        made.replayed = run.replays();
        return made;
    }

    TrainingSet m_set;
    std::optional<double> m_dropout;
};

QTEST_APPLESS_MAIN(TestTrainingRun)
#include "tst_training_run.moc"
