// SPDX-License-Identifier: GPL-3.0-or-later
// Training: it learns, repeats, stops, keeps the right weights, writes its files and refuses bad input.
#include "core/base/os_file.h"
#include "core/learn/trainer.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>
#include <thread>

using namespace dispersa;

namespace {

constexpr PatternShape shape = {94, 94};

TrainOptions quickly(int epochs)
{
    TrainOptions options;
    options.epochs = epochs;
    options.patience = epochs;
    options.batchSize = 16;
    options.learningRate = 1e-3;
    options.device = DeviceChoice::Cpu;
    options.precision = PrecisionChoice::Float32;
    options.threads = 1; // a second one would wait for the first wherever tests share the cores
    return options;
}

PredictOptions onCpu(int threads = 1)
{
    PredictOptions options;
    options.device = DeviceChoice::Cpu;
    options.threads = threads;
    return options;
}

double pearson(const std::vector<float>& outputs, const TrainingSet& set, std::size_t target)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < set.validation.size(); ++i) {
        const double a = outputs[i * 3 + target], b = set.targets[std::size_t(set.validation[i]) * 3 + target];
        n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
    return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
}

Result<TrainOutcome> train(const TrainingSet& set, const TrainOptions& options, const EpochSink& onEpoch = {},
                           const ProgressSink& progress = {}, std::stop_token stop = {})
{
    return trainNetwork(set, synthetic::ringDescription(shape), options, onEpoch, progress, std::move(stop));
}

} // namespace

class TestTrainer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { m_set = synthetic::rings(64, shape, 3); }

    void learnsAnEasySet_data()
    {
        QTest::addColumn<int>("precision");
        QTest::addColumn<int>("device");
        QTest::newRow("fp32") << int(PrecisionChoice::Float32) << int(DeviceChoice::Cpu);
        QTest::newRow("bf16") << int(PrecisionChoice::BFloat16) << int(DeviceChoice::Cpu);
        QTest::newRow("fp32 on a GPU") << int(PrecisionChoice::Float32) << int(DeviceChoice::Cuda);
        QTest::newRow("bf16 on a GPU") << int(PrecisionChoice::BFloat16) << int(DeviceChoice::Cuda);
    }

    void learnsAnEasySet()
    {
        QFETCH(int, precision);
        QFETCH(int, device);
        if (device == int(DeviceChoice::Cuda) && !hasGpu())
            QSKIP("no CUDA device");
        const TrainingSet set = synthetic::rings(128, shape, 4);
        TrainOptions options = quickly(15);
        options.precision = PrecisionChoice(precision);
        options.device = DeviceChoice(device);
        options.weights = KeptWeights::Best;
        options.batchSize = 8;
        ModelDescription description = synthetic::ringDescription(shape);
        description.network.dropout = 0.1; // half of the features would need more patterns than a quick test has
        const auto outcome = trainNetwork(set, description, options, {}, {}, {});
        QVERIFY2(outcome, outcome ? "" : outcome.error().detail.c_str());
        QVERIFY(outcome->history.back().loss < 0.6 * outcome->history.front().loss);
        const auto outputs = predictPatterns(*outcome->model, *set.patterns, set.validation, onCpu(), {}, {}).value().outputs;
        for (std::size_t target = 0; target < 3; ++target) {
            const double r = pearson(outputs, set, target);
            QVERIFY2(r > 0.8, qPrintable(QString("target %1: r = %2").arg(target).arg(r)));
        }
        QCOMPARE(outcome->precision, std::string(precision == int(PrecisionChoice::BFloat16) ? "bf16" : "fp32"));
        if (device == int(DeviceChoice::Cpu))
            QCOMPARE(outcome->device, std::string("CPU, 1 thread"));
        else
            QVERIFY(outcome->device.starts_with("CUDA: "));
        // Training means over the training pixels, whoever forgot to give them.
        double mean = 0;
        for (std::int64_t index : set.train)
            mean += set.targets[std::size_t(index) * 3];
        QVERIFY(std::abs(outcome->model->description().trainingMean[0] - mean / double(set.train.size())) < 1e-6);
    }

    void theSameSeedRepeats()
    {
        const auto first = train(m_set, quickly(2)), second = train(m_set, quickly(2));
        TrainOptions other = quickly(2);
        other.seed = 43;
        const auto third = train(m_set, other);
        QVERIFY(first && second && third);
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE(first->history[i].loss, second->history[i].loss);
            QCOMPARE(*first->history[i].valLoss, *second->history[i].valLoss);
        }
        QVERIFY(first->history[1].loss != third->history[1].loss);
        const auto predict = [this](const TrainOutcome& outcome) {
            return predictPatterns(*outcome.model, *m_set.patterns, {}, onCpu(), {}, {}).value().outputs;
        };
        QVERIFY(predict(*first) == predict(*second));
    }

    void epochsTellWhatTheySaw()
    {
        TrainingSet set = m_set;
        const std::int64_t leftOut = set.train.back();
        set.train.pop_back();
        std::vector<EpochReport> reports;
        std::vector<Progress> progress;
        const auto outcome = train(
            set, quickly(2), [&](const EpochReport& report) { reports.push_back(report); },
            [&](const Progress& p) { progress.push_back(p); });
        QVERIFY(outcome);
        QCOMPARE(reports.size(), std::size_t(2));
        for (const EpochReport& report : reports) {
            QCOMPARE(report.outputs->size(), set.targets.size());
            const auto output = [&](std::int64_t index) { return (*report.outputs)[std::size_t(index) * 3]; };
            QVERIFY(std::isnan(output(leftOut)));
            double loss = 0, valLoss = 0;
            for (std::size_t i = 0; i < report.outputs->size(); ++i) {
                const auto index = std::int64_t(i / 3);
                const double error = std::abs((*report.outputs)[i] - set.targets[i]);
                if (index != leftOut)
                    (std::ranges::count(set.validation, index) ? valLoss : loss) += error / 3;
            }
            // The outputs are those that made the losses.
            QVERIFY(std::abs(loss / double(set.train.size()) - report.record.loss) < 1e-6);
            QVERIFY(std::abs(valLoss / double(set.validation.size()) - *report.record.valLoss) < 1e-6);
            QVERIFY(report.record.patternsPerSecond > 0 && report.record.seconds > 0);
        }
        QCOMPARE(progress.back().stage, std::string("train"));
        QCOMPARE(progress.back().done, progress.back().total);
        std::vector<std::string> names;
        for (const auto& [name, value] : progress.back().metrics) {
            names.push_back(name);
            QVERIFY(std::isfinite(value));
        }
        QCOMPARE(names, (std::vector<std::string>{"epoch", "epochs", "loss", "val_loss", "patterns_per_second",
                                                  "seconds_left"}));
        QCOMPARE(progress.back().metrics[2].second, outcome->history.back().loss);
    }

    void keepsLastOrBest()
    {
        // Validation targets that contradict the training ones: the best epoch is an early one.
        TrainingSet set = m_set;
        for (std::int64_t index : set.validation)
            std::swap(set.targets[std::size_t(index) * 3], set.targets[std::size_t(index) * 3 + 2]);
        TrainOptions options = quickly(50);
        options.patience = 3;
        const auto last = train(set, options);
        options.weights = KeptWeights::Best;
        const auto best = train(set, options);
        QVERIFY(last && best);
        QVERIFY(last->stoppedEarly && !last->stoppedByUser);
        QCOMPARE(int(last->history.size()), last->bestEpoch + 3);
        const auto loss = [&set](const TrainOutcome& outcome) {
            const auto outputs =
                predictPatterns(*outcome.model, *set.patterns, set.validation, onCpu(), {}, {}).value().outputs;
            double sum = 0;
            for (std::size_t i = 0; i < outputs.size(); ++i)
                sum += std::abs(outputs[i] - set.targets[std::size_t(set.validation[i / 3]) * 3 + i % 3]);
            return sum / double(outputs.size());
        };
        QVERIFY(std::abs(loss(*last) - *last->history.back().valLoss) < 1e-5);
        QVERIFY(std::abs(loss(*best) - *best->history[std::size_t(best->bestEpoch - 1)].valLoss) < 1e-5);
        QVERIFY(loss(*best) < loss(*last));
    }

    void stopKeepsTheBest()
    {
        std::stop_source stop;
        std::vector<bool> best;
        const auto outcome = train(
            m_set, quickly(50),
            [&](const EpochReport& report) {
                best.push_back(report.bestSoFar);
                if (report.record.epoch == 2)
                    stop.request_stop();
            },
            {}, stop.get_token());
        QVERIFY(outcome);
        QVERIFY(outcome->stoppedByUser && !outcome->stoppedEarly);
        QCOMPARE(outcome->history.size(), std::size_t(2));
        QCOMPARE(outcome->bestEpoch, best[1] ? 2 : 1);
        QVERIFY(outcome->model);
    }

    void stopBeforeTheFirstEpochEnds()
    {
        std::stop_source stop;
        int reports = 0;
        const auto outcome = train(
            m_set, quickly(50), {},
            [&](const Progress&) {
                ++reports;
                stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Cancelled);
        QCOMPARE(reports, 1); // the stop was seen after one batch
        const auto predicted = train(m_set, quickly(1), {}, {}, stop.get_token());
        QVERIFY(!predicted && predicted.error().code == ErrorCode::Cancelled);
    }

    void withoutValidation()
    {
        TrainingSet set = m_set;
        set.validation.clear();
        TrainOptions options = quickly(3);
        options.patience = 1;
        options.learningRate = 1e-8; // the loss only jitters
        const auto outcome = train(set, options);
        QVERIFY(outcome);
        QCOMPARE(outcome->history.size(), std::size_t(3));
        QVERIFY(!outcome->stoppedEarly && !outcome->history[0].valLoss);
    }

    void writesItsFiles()
    {
        QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        TrainOptions options = quickly(2);
        options.checkpointFolder = root / "checkpoints";
        options.tensorboardFolder = root / "tensorboard";
        options.historyFile = root / "history.csv";
        int epochs = 0;
        const auto outcome = train(m_set, options, [&](const EpochReport&) {
            // Whatever happens from here on, this epoch's weights can be loaded.
            QVERIFY(loadModel(root / "checkpoints/last.safetensors"));
            const std::string csv = readTextFile(root / "history.csv").value();
            QCOMPARE(std::ranges::count(csv, '\n'), ++epochs + 1);
        });
        QVERIFY(outcome);
        const auto checkpoint = loadModel(root / "checkpoints/last.safetensors").value();
        QVERIFY(predictPatterns(*checkpoint, *m_set.patterns, {}, onCpu(), {}, {}).value().outputs ==
                predictPatterns(*outcome->model, *m_set.patterns, {}, onCpu(), {}, {}).value().outputs);
        QCOMPARE(QDir(folder.filePath("tensorboard")).entryList(QDir::Files).size(), 1);
        QCOMPARE(QDir(folder.filePath("checkpoints")).entryList(QDir::Files).size(), 1);

        options.checkpointFolder = root / "history.csv" / "checkpoints";
        const auto failed = train(m_set, options);
        QVERIFY(!failed && failed.error().code == ErrorCode::WriteFailed);
    }

    void badInput_data()
    {
        using Change = std::function<void(TrainingSet&, ModelDescription&, TrainOptions&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, ErrorCode code, Change change) {
            QTest::newRow(name) << change << int(code);
        };
        using S = TrainingSet&;
        using D = ModelDescription&;
        using O = TrainOptions&;
        const ErrorCode argument = ErrorCode::InvalidArgument;
        row("no epochs", argument, [](S, D, O o) { o.epochs = 0; });
        row("no batch", argument, [](S, D, O o) { o.batchSize = 0; });
        row("rate 0", argument, [](S, D, O o) { o.learningRate = 0; });
        row("rate NaN", argument, [](S, D, O o) { o.learningRate = std::numeric_limits<double>::quiet_NaN(); });
        row("no patience", argument, [](S, D, O o) { o.patience = 0; });
        row("negative warm-up", argument, [](S, D, O o) { o.warmupSteps = -1; });
        row("negative threads", argument, [](S, D, O o) { o.threads = -1; });
        row("no patterns", argument, [](S s, D, O) { s.patterns.reset(); });
        row("targets missing", argument, [](S s, D, O) { s.targets.pop_back(); });
        row("index outside", argument, [](S s, D, O) { s.train.push_back(64); });
        row("negative index", argument, [](S s, D, O) { s.validation.push_back(-1); });
        row("NaN target", argument,
            [](S s, D, O) { s.targets[std::size_t(s.train[0]) * 3] = std::numeric_limits<float>::quiet_NaN(); });
        row("names for other outputs", argument, [](S, D d, O) { d.targets.pop_back(); });
        row("other pattern size", argument, [](S, D d, O) { d.network.patternWidth = 128; });
        row("nothing to train", ErrorCode::NothingToTrain, [](S s, D, O) { s.train.clear(); });
        row("small patterns", ErrorCode::PatternTooSmall, [](S, D d, O) { d.network.patternWidth = 64; });
        row("no such device", ErrorCode::DeviceUnavailable, [](S, D, O o) { o.device = DeviceChoice::Cuda; });
    }

    void badInput()
    {
        using Change = std::function<void(TrainingSet&, ModelDescription&, TrainOptions&)>;
        QFETCH(Change, change);
        QFETCH(int, code);
        if (code == int(ErrorCode::DeviceUnavailable) && hasGpu())
            QSKIP("This machine has a CUDA device.");
        TrainingSet set = m_set;
        ModelDescription description = synthetic::ringDescription(shape);
        TrainOptions options = quickly(1);
        change(set, description, options);
        const auto outcome = trainNetwork(set, description, options, {}, {}, {});
        QVERIFY(!outcome);
        QVERIFY2(int(outcome.error().code) == code, outcome.error().message.c_str());
        QVERIFY(!outcome.error().message.empty());
    }

    void predictsInBatches_data()
    {
        QTest::addColumn<int>("device");
        QTest::addColumn<double>("allowed");
        QTest::newRow("CPU") << int(DeviceChoice::Cpu) << 1e-5; // a matrix product may add up in another order
        QTest::newRow("GPU") << int(DeviceChoice::Cuda) << 5e-3; // may convolve in TF32: ten bits of mantissa
    }

    void predictsInBatches()
    {
        QFETCH(int, device);
        QFETCH(double, allowed);
        if (device == int(DeviceChoice::Cuda) && !hasGpu())
            QSKIP("no CUDA device");
        const auto outcome = train(m_set, quickly(1));
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
        const auto expected = predictPatterns(*outcome->model, *m_set.patterns, {}, whole, {}, {}).value();
        const auto made = predictPatterns(*outcome->model, *m_set.patterns, {}, batches,
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
        const auto outcome = train(m_set, quickly(1));
        const std::vector<std::int64_t> some = {7, 3, 3, 50};
        const auto expected = predictPatterns(*outcome->model, *m_set.patterns, {}, onCpu(), {}, {}).value().outputs;
        std::vector<double> differences(4, 1.0);
        {
            std::vector<std::jthread> threads;
            for (double& difference : differences)
                threads.emplace_back([&] {
                    const auto outputs =
                        predictPatterns(*outcome->model, *m_set.patterns, some, onCpu(1), {}, {}).value().outputs;
                    difference = 0;
                    for (std::size_t i = 0; i < outputs.size(); ++i)
                        difference = std::max(
                            difference, std::abs(double(outputs[i]) - expected[std::size_t(some[i / 3]) * 3 + i % 3]));
                });
        }
        for (double difference : differences)
            QVERIFY(difference < 1e-6);
    }

    void predictionRefusesAndStops()
    {
        const auto outcome = train(m_set, quickly(1));
        const synthetic::Patterns other({96, 96}, std::vector<float>(96 * 96));
        const auto mismatch = predictPatterns(*outcome->model, other, {}, onCpu(), {}, {});
        QVERIFY(!mismatch && mismatch.error().code == ErrorCode::ModelMismatch);
        const std::vector<std::int64_t> outside = {64};
        const auto index = predictPatterns(*outcome->model, *m_set.patterns, outside, onCpu(), {}, {});
        QVERIFY(!index && index.error().code == ErrorCode::InvalidArgument);
        std::stop_source stop;
        PredictOptions small = onCpu();
        small.batchSize = 16;
        int reports = 0;
        const auto stopped = predictPatterns(
            *outcome->model, *m_set.patterns, {}, small,
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
    static bool hasGpu() { return deviceDescription(DeviceChoice::Auto, 0).starts_with("CUDA"); }

    TrainingSet m_set;
};

QTEST_APPLESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
