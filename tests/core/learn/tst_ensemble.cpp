// SPDX-License-Identifier: GPL-3.0-or-later
// Several networks as one model: what they are, what they say together, their file, and trainings that are interrupted.
#include "core/base/os_file.h"
#include "core/base/random.h"
#include "core/learn/dropout_passes_p.h"
#include "core/learn/ensemble_training_p.h"
#include "core/learn/history_csv_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/trainer.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <cmath>
#include <filesystem>
#include <map>
#include <set>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

constexpr PatternShape shape = {94, 94};

TrainOptions options(int members, int epochs = 2)
{
    TrainOptions made;
    made.members = members;
    made.epochs = epochs;
    made.patience = 1000;
    made.batchSize = 16;
    made.learningRate = 1e-3;
    made.device = DeviceChoice::Cpu;
    made.precision = PrecisionChoice::Float32;
    made.threads = 1;
    return made;
}

const std::vector<Network>& networksOf(const ModelPtr& model)
{
    return dynamic_cast<const TrainedModel&>(*model).networks();
}

bool same(const Network& a, const Network& b)
{
    const NetworkState x = copyState(a), y = copyState(b);
    for (std::size_t i = 0; i < x.size(); ++i)
        if (!x[i].second.equal(y[i].second))
            return false;
    return x.size() == y.size();
}

} // namespace

class TestEnsemble : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        m_set = synthetic::rings(48, shape, 3);
        for (int member = 0; member < 2; ++member) {
            TrainOptions alone = options(1);
            alone.seed = memberSeed(alone.seed, member);
            m_alone.push_back(train(alone).value());
        }
        m_whole = train(options(2)).value();
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void seedsDiffer()
    {
        std::set<std::uint64_t> seeds;
        for (const std::uint64_t seed : {0u, 1u, 2u, 42u, 43u})
            for (int member = 0; member < 20; ++member)
                seeds.insert(memberSeed(seed, member));
        QCOMPARE(seeds.size(), std::size_t(100));
        QCOMPARE(memberSeed(42, 0), std::uint64_t(42));
    }

    void membersAreNetworksTrainedAlone()
    {
        const auto& networks = networksOf(m_whole.model);
        QCOMPARE(networks.size(), std::size_t(2));
        QCOMPARE(m_whole.model->description().members, 2);
        for (std::size_t member = 0; member < 2; ++member)
            QVERIFY(same(networks[member], networksOf(m_alone[member].model)[0]));
        QVERIFY(!same(networks[0], networks[1]));
    }

    void theHistoryIsTheirMean()
    {
        QCOMPARE(m_whole.history.size(), std::size_t(2));
        for (std::size_t epoch = 0; epoch < 2; ++epoch) {
            const EpochRecord &a = m_alone[0].history[epoch], &b = m_alone[1].history[epoch], &mean = m_whole.history[epoch];
            QCOMPARE(mean.epoch, int(epoch) + 1);
            QCOMPARE(mean.loss, (a.loss + b.loss) / 2);
            QCOMPARE(*mean.valLoss, (*a.valLoss + *b.valLoss) / 2);
        }
        // A member that stops early counts as long as it comes; seconds are those of all.
        const History longer = {{1, 0.5, 0.75, 1, 10}, {2, 0.25, 0.5, 2, 20}}, shorter = {{1, 1.0, 0.25, 4, 30}};
        const History mean = meanHistory({longer}, shorter);
        QCOMPARE(mean.size(), std::size_t(2));
        QCOMPARE(mean[0].loss, 0.75);
        QCOMPARE(*mean[0].valLoss, 0.5);
        QCOMPARE(mean[0].seconds, 5.0);
        QCOMPARE(mean[0].patternsPerSecond, 20.0);
        QCOMPARE(mean[1].loss, 0.25);
        QCOMPARE(mean[1].seconds, 2.0);
    }

    void reportsSayWhichMember()
    {
        TrainOptions told = options(2);
        told.historyFile = folder() / "history.csv";
        std::vector<EpochReport> reports;
        std::vector<Progress> progress;
        std::vector<std::string> csv;
        const auto outcome = trainNetwork(
            m_set, synthetic::ringDescription(shape), told,
            [&](const EpochReport& report) {
                reports.push_back(report);
                csv.push_back(readTextFile(told.historyFile).value());
            },
            [&](const Progress& p) { progress.push_back(p); }, {});
        QVERIFY(outcome);
        QCOMPARE(reports.size(), std::size_t(4));
        for (int i = 0; i < 4; ++i) {
            const EpochReport& report = reports[std::size_t(i)];
            QVERIFY(report.ensemble);
            QCOMPARE(report.ensemble->member, i / 2);
            QCOMPARE(report.ensemble->members, 2);
            QCOMPARE(report.record.epoch, i % 2 + 1);
            QCOMPARE(report.record.loss, m_alone[std::size_t(i / 2)].history[std::size_t(i % 2)].loss);
            QCOMPARE(report.outputs != nullptr, i < 2);
        }
        QCOMPARE(reports[0].inHistory().loss, m_alone[0].history[0].loss);
        QCOMPARE(reports[3].inHistory().loss, m_whole.history[1].loss);
        // The file has one line per epoch all the way, and at the end what the outcome says.
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE(std::ranges::count(csv[i], '\n'), i == 0 ? 2 : 3);
        QCOMPARE(readTextFile(told.historyFile).value(), historyCsv(outcome->history));
        std::int64_t before = 0;
        for (const Progress& p : progress) {
            QCOMPARE(p.total, progress.front().total);
            QVERIFY(p.done >= before && p.done <= p.total);
            before = p.done;
            const std::map<std::string, double> metrics(p.metrics.begin(), p.metrics.end());
            QCOMPARE(metrics.at("members"), 2.0);
            QCOMPARE(metrics.at("member"), p.done > p.total / 2 ? 2.0 : 1.0);
            QVERIFY(std::isfinite(metrics.at("seconds_left")) && metrics.at("seconds_left") >= 0);
        }
        QCOMPARE(before, progress.front().total);
    }

    void predictsMeanAndSpread()
    {
        const Prediction whole = predicted(*m_whole.model);
        const Prediction a = predicted(*m_alone[0].model), b = predicted(*m_alone[1].model);
        QVERIFY(a.sigma.empty());
        QCOMPARE(whole.sigma.size(), whole.outputs.size());
        for (std::size_t i = 0; i < whole.outputs.size(); ++i) {
            QVERIFY(std::abs(whole.outputs[i] - (double(a.outputs[i]) + b.outputs[i]) / 2) < 1e-6);
            // Of two numbers, divided by two: half of their distance.
            QVERIFY(std::abs(whole.sigma[i] - std::abs(double(a.outputs[i]) - b.outputs[i]) / 2) < 1e-6);
        }
    }

    void dropoutAddsToTheSpread()
    {
        constexpr int passes = 5;
        const Prediction without = predicted(*m_whole.model), with = predicted(*m_whole.model, passes);
        QVERIFY(with.outputs == without.outputs);
        std::vector<std::int64_t> some = {0, 7, 30};
        torch::Tensor patterns = at::empty({3, 1, shape.height, shape.width});
        QVERIFY(m_set.patterns->gather(some, {patterns.data_ptr<float>(), std::size_t(patterns.numel())}));
        const torch::NoGradGuard noGrad;
        Random random(PredictOptions().seed);
        torch::Tensor within = at::zeros({3, 3});
        for (Network network : networksOf(m_whole.model)) {
            const torch::Tensor masks = dropoutMasks(network, passes, random.next(), c10::Device(c10::kCPU));
            within += dropoutVariance(network, network->trunk(patterns), masks) / 2;
        }
        for (std::int64_t p = 0; p < 3; ++p)
            for (std::int64_t t = 0; t < 3; ++t) {
                const std::size_t i = std::size_t(some[std::size_t(p)] * 3 + t);
                const double expected = std::sqrt(std::pow(without.sigma[i], 2) + within[p][t].item<double>());
                QVERIFY(within[p][t].item<double>() > 0);
                QVERIFY2(std::abs(with.sigma[i] / expected - 1) < 1e-3,
                         qPrintable(QString("%1 instead of %2").arg(with.sigma[i]).arg(expected)));
            }
    }

    void theFileRepeatsThePredictions()
    {
        QVERIFY(saveModel(*m_whole.model, folder() / "model.safetensors"));
        const auto loaded = loadModel(folder() / "model.safetensors");
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QCOMPARE((*loaded)->description().members, 2);
        const Prediction before = predicted(*m_whole.model, 3), after = predicted(**loaded, 3);
        QVERIFY(before.outputs == after.outputs && before.sigma == after.sigma);
        ModelDescription description = (*loaded)->description();
        description.scalingQuantile = 7;
        QVERIFY(predicted(*withDescription(**loaded, description)).sigma == predicted(*m_whole.model).sigma);
    }

    void aStopLeavesOutTheUnfinished()
    {
        TrainOptions stopped = options(3);
        stopped.historyFile = folder() / "history.csv";
        std::stop_source stop;
        const auto outcome = trainNetwork(
            m_set, synthetic::ringDescription(shape), stopped,
            [&](const EpochReport& report) {
                if (report.ensemble->member == 2)
                    stop.request_stop();
            },
            {}, stop.get_token());
        QVERIFY(outcome);
        QVERIFY(outcome->stoppedByUser && !outcome->stoppedEarly);
        QCOMPARE(networksOf(outcome->model).size(), std::size_t(2));
        QVERIFY(predicted(*outcome->model).sigma == predicted(*m_whole.model).sigma);
        QCOMPARE(outcome->history[0].loss, m_whole.history[0].loss);
        QCOMPARE(readTextFile(stopped.historyFile).value(), historyCsv(outcome->history));
    }

    void aStopInTheFirstKeepsItsBest()
    {
        std::stop_source stop;
        const auto outcome =
            trainNetwork(m_set, synthetic::ringDescription(shape), options(3),
                         [&](const EpochReport&) { stop.request_stop(); }, {}, stop.get_token());
        QVERIFY(outcome);
        QVERIFY(outcome->stoppedByUser);
        QCOMPARE(outcome->model->description().members, 1);
        QCOMPARE(outcome->history.size(), std::size_t(1));
    }

    void resumesBitForBit_data()
    {
        QTest::addColumn<int>("member");
        QTest::newRow("in the first member") << 0;
        QTest::newRow("in the second") << 1;
    }

    void resumesBitForBit()
    {
        QFETCH(int, member);
        TrainOptions first = options(2);
        first.checkpointFolder = folder();
        std::stop_source stop;
        const auto interrupted = trainNetwork(
            m_set, synthetic::ringDescription(shape), first,
            [&](const EpochReport& report) {
                if (report.ensemble->member == member)
                    stop.request_stop();
            },
            {}, stop.get_token());
        QVERIFY(interrupted && interrupted->stoppedByUser);
        QCOMPARE(fs::exists(folder() / "member1/last.safetensors"), member == 1);
        TrainOptions rest = first;
        rest.resumeFrom = folder() / "last.safetensors";
        int epochs = 0;
        const auto resumed = trainNetwork(m_set, synthetic::ringDescription(shape), rest,
                                          [&](const EpochReport&) { ++epochs; }, {}, {});
        QVERIFY2(resumed, resumed ? "" : resumed.error().message.c_str());
        QCOMPARE(epochs, member == 0 ? 3 : 1); // of four
        for (std::size_t m = 0; m < 2; ++m)
            QVERIFY(same(networksOf(resumed->model)[m], networksOf(m_whole.model)[m]));
        for (std::size_t epoch = 0; epoch < 2; ++epoch)
            QCOMPARE(resumed->history[epoch].loss, m_whole.history[epoch].loss);
    }

    void oneNetworkBecomesAnEnsemble()
    {
        TrainOptions alone = options(1);
        alone.checkpointFolder = folder();
        QVERIFY(train(alone));
        TrainOptions more = options(2);
        more.checkpointFolder = folder();
        more.resumeFrom = folder() / "last.safetensors";
        const auto outcome = train(more);
        QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
        QVERIFY(predicted(*outcome->model).sigma == predicted(*m_whole.model).sigma);
    }

    void aMemberThatHadEnoughStaysAsItIs()
    {
        TrainOptions patient = options(2, 40);
        patient.patience = 2;
        patient.checkpointFolder = folder();
        const TrainingSet set = synthetic::withOpposedValidation(m_set);
        const auto trainOn = [&](const TrainOptions& made) {
            return trainNetwork(set, synthetic::ringDescription(shape), made, {}, {}, {});
        };
        const auto first = trainOn(patient);
        QVERIFY(first && first->stoppedEarly);
        patient.resumeFrom = folder() / "last.safetensors";
        const auto again = trainOn(patient);
        QVERIFY(again && again->stoppedEarly);
        QCOMPARE(again->history.size(), first->history.size());
        QVERIFY(predicted(*again->model).sigma == predicted(*first->model).sigma);
    }

    void checkpointsOfAnotherTrainingAreForgotten()
    {
        TrainOptions first = options(2, 1);
        first.checkpointFolder = folder();
        QVERIFY(train(first));
        QVERIFY(fs::exists(folder() / "member1/last.safetensors"));
        first.members = 1;
        first.seed = 7;
        QVERIFY(train(first));
        QVERIFY(!fs::exists(folder() / "member1"));
    }

    void fineTunesEachFromItsLike()
    {
        TrainOptions tuned = options(2, 1);
        tuned.startFrom = m_whole.model;
        const auto whole = train(tuned);
        QVERIFY(whole);
        for (int member = 0; member < 2; ++member) {
            TrainOptions alone = options(1, 1);
            alone.seed = memberSeed(alone.seed, member);
            alone.startFrom = m_alone[std::size_t(member)].model;
            QVERIFY(same(networksOf(train(alone)->model)[0], networksOf(whole->model)[std::size_t(member)]));
        }
        // One network takes the first one's weights.
        TrainOptions one = options(1, 1);
        one.startFrom = m_whole.model;
        QVERIFY(same(networksOf(train(one)->model)[0], networksOf(whole->model)[0]));
    }

  private:
    fs::path folder() const { return m_folder->path().toStdString(); }
    Result<TrainOutcome> train(const TrainOptions& made) const
    {
        return trainNetwork(m_set, synthetic::ringDescription(shape), made, {}, {}, {});
    }
    Prediction predicted(const Model& model, int passes = 0) const
    {
        PredictOptions predicting;
        predicting.device = DeviceChoice::Cpu;
        predicting.threads = 1;
        predicting.dropoutPasses = passes;
        return predictPatterns(model, *m_set.patterns, {}, predicting, {}, {}).value();
    }

    TrainingSet m_set;
    std::vector<TrainOutcome> m_alone; ///< the members, each trained alone
    TrainOutcome m_whole;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(TestEnsemble)
#include "tst_ensemble.moc"
