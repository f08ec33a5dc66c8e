// SPDX-License-Identifier: GPL-3.0-or-later
// Prediction with a trained network: batches, devices, several threads, refusals and stopping.
#include "tests/core/learn/quick_training.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace dispersa;
using namespace dispersa::quick;

class TestPrediction : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        m_set = synthetic::rings(64, shape, 3);
        const auto outcome = train(m_set, quickly(1));
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        m_model = outcome->model;
    }

    void predictsInBatches_data()
    {
        QTest::addColumn<int>("device");
        QTest::addColumn<double>("allowed");
        QTest::newRow("CPU") << int(DeviceChoice::Cpu) << 1e-5;  // a matrix product may add up in another order
        QTest::newRow("GPU") << int(DeviceChoice::Cuda) << 5e-3; // may convolve in TF32: ten bits of mantissa
    }
    void predictsInBatches()
    {
        QFETCH(int, device);
        QFETCH(double, allowed);
        if (device == int(DeviceChoice::Cuda) && !hasGpu())
            QSKIP("no CUDA device");
        PredictOptions whole = onCpu(), batches = onCpu();
        whole.dropoutPasses = batches.dropoutPasses = 3;
        batches.device = DeviceChoice(device);
        batches.batchSize = 24; // the last one is smaller
        std::vector<std::int64_t> firsts, done;
        std::vector<float> told;
        batches.onOutputs = [&](std::int64_t first, std::span<const float> outputs) {
            firsts.push_back(first);
            told.insert(told.end(), outputs.begin(), outputs.end());
        };
        const auto expected = predictPatterns(*m_model, *m_set.patterns, {}, whole, {}, {}).value();
        const auto made = predictPatterns(*m_model, *m_set.patterns, {}, batches,
                                          [&](const Progress& progress) { done.push_back(progress.done); }, {})
                              .value();
        QCOMPARE(firsts, (std::vector<std::int64_t>{0, 24, 48}));
        QVERIFY(told == made.outputs);
        QCOMPARE(done.front(), std::int64_t(24));
        QCOMPARE(done.back(), std::int64_t(64));
        QCOMPARE(made.outputs.size(), expected.outputs.size());
        QCOMPARE(made.sigma.size(), expected.sigma.size());
        for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
            QVERIFY(std::abs(made.outputs[i] - expected.outputs[i]) < allowed);
            QVERIFY(std::abs(made.sigma[i] - expected.sigma[i]) < allowed);
        }
        // One epoch tells patterns apart by .004 at most: batches that changed places would pass the bounds for a GPU.
        double wrong = 0, apart = 0;
        for (std::size_t i = 24 * 3; i < expected.outputs.size(); ++i) {
            wrong += std::abs(made.outputs[i] - expected.outputs[i]);
            apart += std::abs(expected.outputs[i - 24 * 3] - expected.outputs[i]);
        }
        QVERIFY2(wrong < apart / 2, qPrintable(QString("%1, %2").arg(wrong).arg(apart)));
    }

    void predictsFromSeveralThreads()
    {
        const std::vector<std::int64_t> some = {7, 3, 3, 50};
        const auto expected = predictPatterns(*m_model, *m_set.patterns, {}, onCpu(), {}, {}).value().outputs;
        std::vector<double> differences(4, 1.0);
        {
            std::vector<std::jthread> threads;
            for (double& difference : differences)
                threads.emplace_back([&] {
                    const auto outputs =
                        predictPatterns(*m_model, *m_set.patterns, some, onCpu(1), {}, {}).value().outputs;
                    difference = 0;
                    for (std::size_t i = 0; i < outputs.size(); ++i)
                        difference = std::max(
                            difference, std::abs(double(outputs[i]) - expected[std::size_t(some[i / 3]) * 3 + i % 3]));
                });
        }
        for (double difference : differences)
            QVERIFY(difference < 1e-6); // a batch of four may add up in another order than one of all
    }

    void predictionRefusesAndStops()
    {
        const synthetic::Patterns other({96, 96}, std::vector<float>(96 * 96));
        const auto mismatch = predictPatterns(*m_model, other, {}, onCpu(), {}, {});
        QVERIFY(!mismatch && mismatch.error().code == ErrorCode::ModelMismatch);
        const std::vector<std::int64_t> outside = {64};
        const auto index = predictPatterns(*m_model, *m_set.patterns, outside, onCpu(), {}, {});
        QVERIFY(!index && index.error().code == ErrorCode::InvalidArgument);
        std::stop_source stop;
        PredictOptions small = onCpu();
        small.batchSize = 16;
        int reports = 0;
        const auto stopped = predictPatterns(
            *m_model, *m_set.patterns, {}, small,
            [&](const Progress& p) {
                QCOMPARE(p.stage, std::string("predict 0037"));
                ++reports;
                stop.request_stop();
            },
            stop.get_token(), "predict 0037");
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
        QCOMPARE(reports, 1);
    }

  private:
    TrainingSet m_set;
    ModelPtr m_model;
};

QTEST_APPLESS_MAIN(TestPrediction)
#include "tst_prediction.moc"
