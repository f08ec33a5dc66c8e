// SPDX-License-Identifier: GPL-3.0-or-later
// Training: it learns, repeats, stops, keeps the right weights, writes its files and refuses bad input.
#include "core/base/os_file.h"
#include "tests/core/learn/quick_training.h"

#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>

using namespace dispersa;
using namespace dispersa::quick;

namespace {

double pearson(const std::vector<float>& outputs, const TrainingSet& set, std::size_t target)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < set.validation.size(); ++i) {
        const double a = outputs[i * 3 + target], b = set.targets[std::size_t(set.validation[i]) * 3 + target];
        n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
    return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
}

/// Mean absolute error of the model that was kept, on the patterns that validate.
double validationLoss(const TrainOutcome& outcome, const TrainingSet& set)
{
    const auto outputs =
        predictPatterns(*outcome.model, *set.patterns, set.validation, onCpu(), {}, {}).value().outputs;
    double sum = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        sum += std::abs(outputs[i] - set.targets[std::size_t(set.validation[i / 3]) * 3 + i % 3]);
    return sum / double(outputs.size());
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
        // Measured on a CPU: a quarter (bf16) to two fifths of the first loss, r from .92 on. What learned nothing has
        // r near 0.
        QVERIFY(outcome->history.back().loss < 0.6 * outcome->history.front().loss);
        const auto outputs =
            predictPatterns(*outcome->model, *set.patterns, set.validation, onCpu(), {}, {}).value().outputs;
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
            // The outputs are those that made the losses, which average some hundred float errors.
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
        const auto loss = [&set](const TrainOutcome& outcome) { return validationLoss(outcome, set); };
        // The same float errors, averaged in another order.
        QVERIFY(std::abs(loss(*last) - *last->history.back().valLoss) < 1e-5);
        QVERIFY(std::abs(loss(*best) - *best->history[std::size_t(best->bestEpoch - 1)].valLoss) < 1e-5);
        QVERIFY(loss(*best) < loss(*last));
    }

    void stopKeepsTheBest()
    {
        // The second epoch is worse than the first, and the last before the stop.
        const TrainingSet set = synthetic::withOpposedValidation(m_set);
        std::stop_source stop;
        std::vector<bool> best;
        const auto outcome = train(
            set, quickly(50),
            [&](const EpochReport& report) {
                best.push_back(report.bestSoFar);
                if (report.record.epoch == 2)
                    stop.request_stop();
            },
            {}, stop.get_token());
        QVERIFY(outcome);
        QVERIFY(outcome->stoppedByUser && !outcome->stoppedEarly);
        QCOMPARE(outcome->history.size(), std::size_t(2));
        QCOMPARE(best, (std::vector<bool>{true, false}));
        QCOMPARE(outcome->bestEpoch, 1);
        QVERIFY(*outcome->history[1].valLoss > *outcome->history[0].valLoss + 1e-3);
        QVERIFY(std::abs(validationLoss(*outcome, set) - *outcome->history[0].valLoss) < 1e-5); // as above
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
        const auto unbegun = train(m_set, quickly(1), {}, {}, stop.get_token());
        QVERIFY(!unbegun && unbegun.error().code == ErrorCode::Cancelled);
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

  private:
    TrainingSet m_set;
};

QTEST_APPLESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
