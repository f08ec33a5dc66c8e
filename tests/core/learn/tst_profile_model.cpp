// SPDX-License-Identifier: GPL-3.0-or-later
// A profile recipe's training and its model: members, what they say together, stopping, and what cannot be trained.
#include "core/base/os_file.h"
#include "core/learn/profile_model_p.h"
#include "tests/core/learn/synthetic_profiles.h"

#include <ATen/Functions.h>

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace dispersa;
using synthetic::memberOptions;
using synthetic::profileDescription;
using synthetic::profileSet;
using synthetic::values;

class TestProfileModel : public QObject {
    Q_OBJECT

    std::filesystem::path path(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    std::vector<float> outputsOf(const Model& model) const
    {
        const auto prediction = predictPatterns(model, *m_set.patterns, {}, {}, {}, {});
        return prediction ? prediction->outputs : std::vector<float>();
    }

    QTemporaryDir m_folder;
    TrainingSet m_set = profileSet(200);
    ModelPtr m_model;

  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        const auto trained = trainNetwork(m_set, profileDescription(), memberOptions(3), {}, {}, {});
        QVERIFY2(trained, trained ? "" : trained.error().message.c_str());
        m_model = trained->model;
    }

    void theHistoryIsOfTheMembers()
    {
        std::vector<EpochReport> reports;
        std::vector<Progress> told;
        TrainOptions options = memberOptions(3);
        options.historyFile = path("history.csv");
        const auto trained = trainNetwork(
            m_set, profileDescription(), options, [&](const EpochReport& report) { reports.push_back(report); },
            [&](const Progress& progress) { told.push_back(progress); }, {});
        QVERIFY(trained);
        QCOMPARE(trained->history.size(), std::size_t(5)); // ridge, kernel, three networks
        QCOMPARE(reports.size(), std::size_t(5));
        QVERIFY(!told.empty() && told.back().done == 5 && told.back().total == 5);
        QCOMPARE(QString::fromStdString(readTextFile(options.historyFile).value()).count('\n'), 6);
        // The last record is of the model itself: its mean error on both parts.
        const auto outputs = outputsOf(*trained->model);
        const auto errorOn = [&](const std::vector<std::int64_t>& indices) {
            double sum = 0;
            for (const std::int64_t i : indices)
                for (std::int64_t t = 0; t < 3; ++t)
                    sum += std::abs(double(outputs[std::size_t(i * 3 + t)]) -
                                    double(m_set.targets[std::size_t(i * 3 + t)]));
            return sum / double(indices.size() * 3);
        };
        QVERIFY(std::abs(trained->history.back().loss - errorOn(m_set.train)) < 1e-6);
        QVERIFY(std::abs(trained->history.back().valLoss.value() - errorOn(m_set.validation)) < 1e-6);
        for (std::size_t i = 0; i < outputs.size(); ++i) // sums in another order
            QVERIFY(std::abs((*reports.back().outputs)[i] - outputs[i]) < 1e-6f);
        QVERIFY(trained->history.back().loss < 0.05); // the targets' own deviation is 0.15
        QCOMPARE(trained->model->description().trainingMean.size(), std::size_t(3));
        QVERIFY(trained->model->description().profile->composition);
    }

    void trainingRepeatsWhateverTheThreads()
    {
        for (const int threads : {1, 2}) {
            const auto again = trainNetwork(m_set, profileDescription(), memberOptions(3, threads), {}, {}, {});
            QVERIFY(again);
            QVERIFY2(outputsOf(*again->model) == outputsOf(*m_model), qPrintable(QString::number(threads)));
        }
    }

    void oneKindAlone_data()
    {
        QTest::addColumn<RegressorChoice>("choice");
        QTest::addColumn<int>("members");
        QTest::newRow("ridge") << RegressorChoice::Ridge << 1; // no seed, no members
        QTest::newRow("kernel") << RegressorChoice::Kernel << 1;
        QTest::newRow("mlp") << RegressorChoice::Mlp << 2;
    }

    void oneKindAlone()
    {
        QFETCH(RegressorChoice, choice);
        QFETCH(int, members);
        TrainOptions options = memberOptions(2);
        options.regressor = choice;
        const auto trained = trainNetwork(m_set, profileDescription(), options, {}, {}, {});
        QVERIFY(trained);
        QCOMPARE(trained->history.size(), std::size_t(members));
        QCOMPARE(trained->model->description().profile->regressors.size(), std::size_t(1));
        QCOMPARE(predictPatterns(*trained->model, *m_set.patterns, {}, {}, {}, {})->sigma.empty(), members == 1);
    }

    void regressionsCountTheSameAndSoDoTheirMembers()
    {
        const auto& model = dynamic_cast<const ProfileModel&>(*m_model);
        const std::vector<std::int64_t> chosen = {3, 150, 7};
        torch::Tensor profiles = at::empty({3, values});
        QVERIFY(m_set.patterns->gather(chosen, {profiles.data_ptr<float>(), 3 * values}));
        const torch::Tensor all = model.predictAll(profiles);
        QCOMPARE(all.sizes().vec(), (std::vector<std::int64_t>{5, 3, 3}));
        const auto prediction = predictPatterns(*m_model, *m_set.patterns, chosen, {}, {}, {});
        QVERIFY(prediction);
        QCOMPARE(prediction->outputs.size(), std::size_t(9));
        QCOMPARE(prediction->sigma.size(), std::size_t(9));
        const double shares[] = {1 / 3.0, 1 / 3.0, 1 / 9.0, 1 / 9.0, 1 / 9.0};
        for (std::int64_t p = 0; p < 3; ++p)
            for (std::int64_t t = 0; t < 3; ++t) {
                double mean = 0, variance = 0;
                for (std::int64_t m = 0; m < 5; ++m)
                    mean += shares[m] * all[m][p][t].item<double>();
                for (std::int64_t m = 0; m < 5; ++m)
                    variance += shares[m] * std::pow(all[m][p][t].item<double>() - mean, 2);
                const auto at = std::size_t(p * 3 + t);
                QVERIFY(std::abs(double(prediction->outputs[at]) - mean) < 1e-6); // float
                QVERIFY(std::abs(double(prediction->sigma[at]) - std::sqrt(variance)) < 1e-6);
                QVERIFY(prediction->sigma[at] > 1e-5f);
            }
    }

    void anotherDescriptionKeepsTheMembers()
    {
        ModelDescription description = m_model->description();
        description.provenanceJson = "{\"seed\":1}";
        const ModelPtr other = withDescription(*m_model, description);
        QCOMPARE(other->description().provenanceJson, description.provenanceJson);
        QVERIFY(outputsOf(*other) == outputsOf(*m_model));
    }

    void profilesOfAnotherRecipeDoNotFit()
    {
        const synthetic::Patterns others({1, values + 1}, std::vector<float>(std::size_t(values + 1)));
        const auto prediction = predictPatterns(*m_model, others, {}, {}, {}, {});
        QVERIFY(!prediction && prediction.error().code == ErrorCode::ModelMismatch);
    }

    void targetsThatAreNoCompositionStayAsTheyAre()
    {
        TrainingSet set = profileSet(200);
        for (float& target : set.targets)
            target *= 0.5f; // half of each pixel is something else
        const auto trained = trainNetwork(set, profileDescription(), memberOptions(1), {}, {}, {});
        QVERIFY(trained && !trained->model->description().profile->composition);
        double sum = 0;
        const auto outputs = outputsOf(*trained->model);
        for (const float output : outputs)
            sum += double(output);
        // Held to be a composition, they would add up to 1; the regressions' own error is some hundredths.
        QVERIFY2(std::abs(sum / 200 - 0.5) < 0.05, qPrintable(QString::number(sum / 200)));
    }

    void aStopKeepsWhatIsFitted()
    {
        std::stop_source stop;
        const auto trained = trainNetwork(
            m_set, profileDescription(), memberOptions(3),
            [&](const EpochReport& report) {
                if (report.record.epoch == 2)
                    stop.request_stop();
            },
            {}, stop.get_token());
        QVERIFY(trained && trained->stoppedByUser);
        QVERIFY(trained->history.size() >= 2);
        const std::size_t regressors = trained->model->description().profile->regressors.size();
        QVERIFY(regressors == 2 || trained->history.size() > 2); // a network may have been ready
        QVERIFY(saveModel(*trained->model, path("stopped.safetensors")));
        const auto loaded = loadModel(path("stopped.safetensors"));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QVERIFY(outputsOf(**loaded) == outputsOf(*trained->model));
        const auto none = trainNetwork(m_set, profileDescription(), memberOptions(3), {}, {}, stop.get_token());
        QVERIFY(!none && none.error().code == ErrorCode::Cancelled);
        const auto prediction = predictPatterns(*m_model, *m_set.patterns, {}, {}, {}, stop.get_token());
        QVERIFY(!prediction && prediction.error().code == ErrorCode::Cancelled);
    }

    void whatCannotBeTrained()
    {
        ModelDescription noNetworks = profileDescription();
        noNetworks.profile->regressors.pop_back();
        TrainOptions options = memberOptions(1);
        options.regressor = RegressorChoice::Mlp;
        const auto without = trainNetwork(m_set, noNetworks, options, {}, {}, {});
        QVERIFY(!without && without.error().code == ErrorCode::InvalidArgument);
        QCOMPARE(without.error().arguments, std::vector<std::string>{"recipe.regressor"});
        options = memberOptions(1);
        options.startFrom = m_model;
        const auto tuned = trainNetwork(m_set, profileDescription(), options, {}, {}, {});
        QVERIFY(!tuned && tuned.error().code == ErrorCode::InvalidArgument);
        options = memberOptions(1);
        options.resumeFrom = path("last.safetensors");
        const auto resumed = trainNetwork(m_set, profileDescription(), options, {}, {}, {});
        QVERIFY(!resumed && resumed.error().code == ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestProfileModel)
#include "tst_profile_model.moc"
