// SPDX-License-Identifier: GPL-3.0-or-later
// A training that was interrupted, made longer, or begins with another model's weights.
#include "core/base/os_file.h"
#include "core/learn/trainer.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <filesystem>
#include <limits>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

constexpr PatternShape shape = {94, 94};

TrainOptions options(int epochs, const fs::path& folder = {})
{
    TrainOptions made;
    made.epochs = epochs;
    made.patience = 1000;
    made.batchSize = 16;
    made.learningRate = 1e-3;
    made.weights = KeptWeights::Best;
    made.augment.mirror = true; // draws random numbers too
    made.augment.gain = 0.1;
    made.device = DeviceChoice::Cpu;
    made.precision = PrecisionChoice::Float32;
    made.threads = 1;
    made.checkpointFolder = folder;
    return made;
}

std::vector<float> predictions(const Model& model, const TrainingSet& set)
{
    PredictOptions predicting;
    predicting.device = DeviceChoice::Cpu;
    predicting.threads = 1;
    return predictPatterns(model, *set.patterns, {}, predicting, {}, {}).value().outputs;
}

} // namespace

class TestResume : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { m_set = synthetic::rings(48, shape, 3); }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void resumesBitForBit_data()
    {
        QTest::addColumn<int>("optimizer");
        QTest::addColumn<int>("schedule");
        QTest::newRow("adam, constant") << int(OptimizerKind::Adam) << int(ScheduleKind::Constant);
        QTest::newRow("adamw, plateau") << int(OptimizerKind::AdamW) << int(ScheduleKind::Plateau);
        QTest::newRow("sgd, cosine") << int(OptimizerKind::Sgd) << int(ScheduleKind::Cosine);
    }

    void resumesBitForBit()
    {
        QFETCH(int, optimizer);
        QFETCH(int, schedule);
        const auto with = [&](const fs::path& at) {
            TrainOptions made = options(4, at);
            made.optimizer = OptimizerKind(optimizer);
            made.schedule = ScheduleKind(schedule);
            return made;
        };
        const auto whole = train(with({}));
        // Stopped after the second epoch, as a crash or the user would.
        std::stop_source stop;
        const auto first = trainNetwork(
            m_set, synthetic::ringDescription(shape), with(folder()),
            [&](const EpochReport& report) {
                if (report.record.epoch == 2)
                    stop.request_stop();
            },
            {}, stop.get_token());
        QVERIFY(first && first->history.size() == 2);
        TrainOptions rest = with(folder());
        rest.resumeFrom = folder() / "last.safetensors";
        const auto second = train(rest);
        QVERIFY2(whole && second, second ? "" : second.error().message.c_str());
        QCOMPARE(second->resumedEpochs, 2);
        QCOMPARE(second->history.size(), std::size_t(4));
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(second->history[i].epoch, int(i) + 1);
            QCOMPARE(second->history[i].loss, whole->history[i].loss);
            QCOMPARE(*second->history[i].valLoss, *whole->history[i].valLoss);
        }
        QCOMPARE(second->bestEpoch, whole->bestEpoch);
        QVERIFY(predictions(*second->model, m_set) == predictions(*whole->model, m_set));
    }

    void aFinishedTrainingGetsLonger()
    {
        QVERIFY(train(options(2, folder())));
        TrainOptions longer = options(3, folder());
        longer.resumeFrom = folder() / "last.safetensors";
        const auto outcome = train(longer);
        QVERIFY(outcome);
        QCOMPARE(outcome->history.size(), std::size_t(3));
        // Nothing is left to do: the same model again.
        const auto again = train(longer);
        QVERIFY(again);
        QCOMPARE(again->history.size(), std::size_t(3));
        QVERIFY(predictions(*again->model, m_set) == predictions(*outcome->model, m_set));
    }

    void patienceBeginsAnew()
    {
        TrainOptions made = options(30, folder());
        made.patience = 2;
        const TrainingSet set = synthetic::withOpposedValidation(m_set);
        const auto trainOn = [&](const TrainOptions& options) {
            return trainNetwork(set, synthetic::ringDescription(shape), options, {}, {}, {});
        };
        const auto stopped = trainOn(made);
        QVERIFY(stopped && stopped->stoppedEarly);
        made.resumeFrom = folder() / "last.safetensors";
        const auto more = trainOn(made);
        QVERIFY(more);
        QVERIFY(more->history.size() > stopped->history.size());
    }

    void theCheckpointIsAModel()
    {
        const auto outcome = train(options(1, folder()));
        const auto model = loadModel(folder() / "last.safetensors");
        QVERIFY(outcome && model);
        QVERIFY(predictions(**model, m_set) == predictions(*outcome->model, m_set));
    }

    void refusesWhatDoesNotFit_data()
    {
        using Change = std::function<void(TrainOptions&, TrainingSet&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("names");
        const auto row = [](const char* name, const char* names, Change change) {
            QTest::newRow(name) << change << names;
        };
        row("rate", "settings.learning_rate", [](TrainOptions& o, TrainingSet&) { o.learningRate = 1e-4; });
        row("augmentation", "settings.augment_gain", [](TrainOptions& o, TrainingSet&) { o.augment.gain = 0; });
        row("seed", "seed", [](TrainOptions& o, TrainingSet&) { o.seed = 1; });
        row("targets", "patterns_and_targets", [](TrainOptions&, TrainingSet& s) { s.targets[0] += 0.001f; });
        row("split", "patterns_and_targets", [](TrainOptions&, TrainingSet& s) { s.train.pop_back(); });
    }

    void refusesWhatDoesNotFit()
    {
        using Change = std::function<void(TrainOptions&, TrainingSet&)>;
        QFETCH(Change, change);
        QFETCH(QString, names);
        QVERIFY(train(options(1, folder())));
        TrainOptions other = options(2, folder());
        TrainingSet set = m_set;
        other.resumeFrom = folder() / "last.safetensors";
        change(other, set);
        const auto outcome = trainNetwork(set, synthetic::ringDescription(shape), other, {}, {}, {});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::ModelMismatch);
        QVERIFY2(outcome.error().message.find(names.toStdString()) != std::string::npos, outcome.error().message.c_str());
    }

    void refusesDamagedCheckpoints()
    {
        const auto outcome = train(options(1, folder()));
        QVERIFY(saveModel(*outcome->model, folder() / "model.safetensors"));
        TrainOptions other = options(2);
        other.resumeFrom = folder() / "model.safetensors"; // a model, but no training
        const auto noTraining = train(other);
        QVERIFY(!noTraining && noTraining.error().code == ErrorCode::ModelInvalid);
        other.resumeFrom = folder() / "missing.safetensors";
        const auto missing = train(other);
        QVERIFY(!missing && missing.error().code == ErrorCode::FileNotFound);
        QFile file(QString::fromStdString((folder() / "last.safetensors").string()));
        QVERIFY(file.resize(file.size() - 1000));
        other.resumeFrom = folder() / "last.safetensors";
        const auto truncated = train(other);
        QVERIFY(!truncated && truncated.error().code == ErrorCode::ModelInvalid);
    }

    void fineTunes()
    {
        const auto teacher = train(options(3));
        TrainOptions tuned = options(1);
        tuned.startFrom = teacher->model;
        const auto outcome = train(tuned);
        const auto fresh = train(options(1));
        QVERIFY(outcome && fresh);
        QVERIFY(outcome->history[0].loss < 0.9 * fresh->history[0].loss);

        // Other targets: all layers but the last are taken.
        ModelDescription description = synthetic::ringDescription(shape);
        description.targets = {"Ge", "Sb", "Te"};
        QVERIFY(trainNetwork(m_set, description, tuned, {}, {}, {}));
        // Other patterns: nothing fits.
        TrainingSet larger = synthetic::rings(20, {96, 96}, 1);
        const auto refused = trainNetwork(larger, synthetic::ringDescription({96, 96}), tuned, {}, {}, {});
        QVERIFY(!refused && refused.error().code == ErrorCode::ModelMismatch);
    }

  private:
    fs::path folder() const { return m_folder->path().toStdString(); }
    Result<TrainOutcome> train(const TrainOptions& made) const
    {
        return trainNetwork(m_set, synthetic::ringDescription(shape), made, {}, {}, {});
    }

    TrainingSet m_set;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(TestResume)
#include "tst_resume.moc"
