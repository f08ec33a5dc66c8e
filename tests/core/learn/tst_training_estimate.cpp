// SPDX-License-Identifier: GPL-3.0-or-later
// The estimate of a training: what it counts, what it refuses. How well it hits is measured by hand, on a quiet machine.
#include "core/base/memory_watch.h"
#include "core/learn/training_estimate.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <cstring>

using namespace dispersa;

namespace {

constexpr PatternShape shape = {94, 94};

TrainOptions small(int epochs)
{
    TrainOptions options;
    options.epochs = epochs;
    options.batchSize = 4;
    options.device = DeviceChoice::Cpu;
    options.precision = PrecisionChoice::Float32;
    options.threads = 1;
    return options;
}

} // namespace

class TestTrainingEstimate : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void countsWhatThereIsToDo()
    {
        const auto estimate =
            estimateTraining(synthetic::ringDescription(shape), small(30), {400, 100, 1000, true}, {});
        QVERIFY2(estimate, estimate ? "" : estimate.error().message.c_str());
        QVERIFY(estimate->secondsPerEpoch > 0);
        QCOMPARE(estimate->trainingSeconds, 30 * estimate->secondsPerEpoch);
        // A validated pattern costs less than a trained one: 100 of 500 are validated.
        QVERIFY(estimate->predictionSeconds > 0);
        QVERIFY(estimate->predictionSeconds < 2.5 * estimate->secondsPerEpoch);
        // Weights, gradients, two moments and the copies that a training keeps are more than 5 x 4 bytes per parameter.
        std::int64_t parameters = 0;
        const auto table = layerTable(synthetic::ringDescription(shape).network).value();
        for (const LayerInfo& layer : table)
            parameters += layer.parameters;
        QVERIFY(estimate->memory_bytes > std::uint64_t(20 * parameters));
        QVERIFY(estimate->memory_bytes < (4ull << 30));
        QCOMPARE(estimate->device, std::string("CPU, 1 thread"));
    }

    void countsMembers()
    {
        TrainOptions options = small(10);
        options.members = 4;
        const auto estimate =
            estimateTraining(synthetic::ringDescription(shape), options, {400, 100, 1000, true}, {});
        QVERIFY2(estimate, estimate ? "" : estimate.error().message.c_str());
        QCOMPARE(estimate->trainingSeconds, 40 * estimate->secondsPerEpoch);
        // 4000 predictions against 400 trained and 100 validated patterns.
        QVERIFY(estimate->predictionSeconds < 10 * estimate->secondsPerEpoch);
        QVERIFY(estimate->predictionSeconds > estimate->secondsPerEpoch);
    }

    void refuses()
    {
        TrainOptions wrong = small(0);
        QCOMPARE(estimateTraining(synthetic::ringDescription(shape), wrong, {10, 1, 1, true}, {}).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(estimateTraining(synthetic::ringDescription({64, 64}), small(1), {10, 1, 1, true}, {}).error().code,
                 ErrorCode::PatternTooSmall);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(estimateTraining(synthetic::ringDescription(shape), small(1), {10, 1, 1, false}, stop.get_token())
                     .error()
                     .code,
                 ErrorCode::Cancelled);
    }

    void theWatchSeesMemoryThatIsGiven()
    {
        if (ownMemory() == 0)
            QSKIP("This system does not tell a program's own memory.");
        const MemoryWatch watch;
        {
            std::vector<char> block(200u << 20);
            std::memset(block.data(), 1, block.size());
            QTRY_VERIFY(watch.peak() >= watch.atStart() + (190u << 20));
        }
        QVERIFY(watch.peak() >= watch.atStart() + (190u << 20)); // the most, not the latest
    }
};

QTEST_GUILESS_MAIN(TestTrainingEstimate)
#include "tst_training_estimate.moc"
