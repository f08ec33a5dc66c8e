// SPDX-License-Identifier: GPL-3.0-or-later
// The small rules of a training: table of settings, learning rate, order of the patterns, losses, giving way on a GPU.
#include "core/data/training_settings.h"
#include "core/learn/device_p.h"
#include "core/learn/epoch_order_p.h"
#include "core/learn/loss_p.h"
#include "core/learn/rate_schedule_p.h"

#include <QtTest>

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

using namespace dispersa;

class TestTrainingRules : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everySettingStandsOnceInTheTable()
    {
        std::set<std::string> keys;
        for (const TrainingOption& option : trainingOptions()) {
            QVERIFY2(keys.insert(option.key).second, option.key.c_str());
            // One sentence: it ends with its only full stop that a space or the end follows.
            const QString help = QString::fromStdString(option.help);
            QVERIFY2(help.endsWith('.') && !help.contains(". "), option.help.c_str());
            QVERIFY(!option.label.empty());
            QVERIFY(option.forNetworks || option.forProfiles);
            // The default is allowed, and what is set is what is got.
            TrainingSettings settings;
            QCOMPARE(option.wrongWith(option.get(settings)), std::string());
            TrainingValue other = option.get(settings);
            if (auto* flag = std::get_if<bool>(&other))
                *flag = !*flag;
            else if (std::holds_alternative<std::string>(other))
                other = option.words.back();
            else if (std::holds_alternative<std::int64_t>(other))
                other = std::int64_t(option.most);
            else
                other = option.most;
            option.set(settings, other);
            QVERIFY2(option.get(settings) == other, option.key.c_str());
            QVERIFY2(settings != TrainingSettings(), option.key.c_str());
        }
    }

    void wrongValuesNameTheirKey_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<TrainingValue>("value");
        QTest::addColumn<QString>("says");
        QTest::newRow("below") << "epochs" << TrainingValue(std::int64_t(0)) << "between 1 and 100000";
        QTest::newRow("above") << "learning_rate" << TrainingValue(1.5) << "between 1e-08 and 1";
        QTest::newRow("NaN") << "learning_rate" << TrainingValue(std::nan("")) << "between";
        QTest::newRow("not whole") << "batch_size" << TrainingValue(2.5) << "whole number";
        QTest::newRow("word") << "optimizer" << TrainingValue(std::string("adagrad")) << "adam, adamw, sgd";
        QTest::newRow("switch for a number") << "patience" << TrainingValue(true) << "not true or false";
        QTest::newRow("number for a switch") << "augment_mirror" << TrainingValue(1.0) << "true or false";
        QTest::newRow("no member") << "members" << TrainingValue(std::int64_t(0)) << "between 1 and 20";
        QTest::newRow("too many members") << "members" << TrainingValue(std::int64_t(21)) << "between 1 and 20";
        QTest::newRow("half a member") << "members" << TrainingValue(1.5) << "whole number";
        QTest::newRow("regression") << "regressor" << TrainingValue(std::string("forest")) << "mean, ridge, kernel, mlp";
        QTest::newRow("unknown") << "momentum" << TrainingValue(1.0) << "not a setting";
    }

    void wrongValuesNameTheirKey()
    {
        QFETCH(QString, key);
        QFETCH(TrainingValue, value);
        QFETCH(QString, says);
        const auto settings = withChanges({}, {{key.toStdString(), value}});
        QVERIFY(!settings);
        QCOMPARE(settings.error().code, ErrorCode::StudyInvalid);
        QVERIFY2(QString::fromStdString(settings.error().message).contains(says), settings.error().message.c_str());
        QCOMPARE(settings.error().arguments.front(), "recipe." + key.toStdString());
    }

    void warmsUpFromTheSafeRate()
    {
        TrainingSettings settings;
        settings.learningRate = 1e-3;
        settings.warmupSteps = 4;
        RateSchedule schedule(settings, 10);
        for (const double expected : {1e-4, 3.25e-4, 5.5e-4, 7.75e-4, 1e-3, 1e-3})
            QVERIFY(std::abs(schedule.next() - expected) < 1e-12);
        settings.learningRate = 1e-5; // below the safe rate there is nothing to warm up to
        RateSchedule low(settings, 10);
        QCOMPARE(low.next(), 1e-5);
    }

    void cosineEndsAtZero()
    {
        TrainingSettings settings;
        settings.schedule = ScheduleKind::Cosine;
        settings.epochs = 4;
        RateSchedule schedule(settings, 25);
        std::vector<double> rates;
        for (int i = 0; i < 100; ++i)
            rates.push_back(schedule.next());
        QCOMPARE(rates.front(), settings.learningRate);
        QVERIFY(std::abs(rates[50] - 0.5 * settings.learningRate) < 1e-15);
        QVERIFY(rates.back() < 1e-3 * settings.learningRate && rates.back() > 0);
        QVERIFY(std::ranges::is_sorted(rates, std::greater<>()));
    }

    void plateauHalvesAfterTwoEpochs()
    {
        TrainingSettings settings;
        settings.schedule = ScheduleKind::Plateau;
        RateSchedule schedule(settings, 1);
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const std::pair<double, double> epochs[] = {{1.0, 1}, {0.9, 1}, {0.95, 1}, {0.9, 0.5}, {0.8, 0.5},
                                                    {nan, 0.5}, {0.85, 0.25}};
        for (const auto& [loss, factor] : epochs) {
            schedule.epochEnded(loss);
            QCOMPARE(schedule.next(), factor * settings.learningRate);
        }
    }

    void smallSetsAreShuffledWhole()
    {
        std::vector<std::int64_t> indices(500);
        std::iota(indices.begin(), indices.end(), 100);
        const EpochOrder order;
        const auto first = order.shuffled(indices, 1000, 1), again = order.shuffled(indices, 1000, 1),
                   second = order.shuffled(indices, 1000, 2);
        QCOMPARE(first, again);
        QVERIFY(first != second);
        std::vector<std::int64_t> sorted = first;
        std::ranges::sort(sorted);
        QCOMPARE(sorted, indices);
        QVERIFY(longestRun(first) < 6);
    }

    void largeSetsAreReadInRuns()
    {
        // 2000 patterns in runs of 20, five runs mixed at a time.
        std::vector<std::int64_t> indices(2000);
        std::iota(indices.begin(), indices.end(), 0);
        const EpochOrder order{1000, 20, 100};
        const auto mixed = order.shuffled(indices, 1, 7);
        std::vector<std::int64_t> sorted = mixed;
        std::ranges::sort(sorted);
        QCOMPARE(sorted, indices);
        std::set<std::int64_t> runsSeen;
        for (std::size_t window = 0; window < 20; ++window) {
            std::set<std::int64_t> runs;
            for (std::size_t i = window * 100; i < (window + 1) * 100; ++i)
                runs.insert(mixed[i] / 20);
            QCOMPARE(runs.size(), std::size_t(5)); // whole runs, read once
            for (const std::int64_t run : runs)
                QVERIFY(runsSeen.insert(run).second);
        }
        QVERIFY(longestRun(mixed) < 6); // and mixed within the window
        const auto other = order.shuffled(indices, 1, 8);
        QVERIFY(mixed != other);
    }

    void losses()
    {
        const at::Tensor outputs = at::tensor({0.2f, 0.8f, 0.5f, 0.5f}).view({2, 2});
        const at::Tensor targets = at::tensor({0.25f, 0.75f, 0.9f, 0.1f}).view({2, 2});
        const auto value = [&](LossKind kind) { return lossOf(kind, outputs, targets).item<double>(); };
        QVERIFY(std::abs(value(LossKind::MeanAbsolute) - 0.225) < 1e-6);
        QVERIFY(std::abs(value(LossKind::MeanSquared) - (2 * 0.0025 + 2 * 0.16) / 4) < 1e-6);
        // Beyond 0.1 linear: 0.1 (0.4 - 0.05).
        QVERIFY(std::abs(value(LossKind::Huber) - (2 * 0.00125 + 2 * 0.035) / 4) < 1e-6);
        const double entropy = -(0.25 * std::log(0.2) + 0.75 * std::log(0.8) + std::log(0.5)) / 2;
        QVERIFY(std::abs(value(LossKind::CrossEntropy) - entropy) < 1e-6);
        // A pattern with three times the counts counts three times; a negative target teaches nothing.
        const at::Tensor weighted = at::tensor({0.75f, 2.25f, 1.0f, -0.1f}).view({2, 2});
        const double expected = -(3 * (0.25 * std::log(0.2) + 0.75 * std::log(0.8)) + std::log(0.5)) / 4;
        QVERIFY(std::abs(lossOf(LossKind::CrossEntropy, outputs, weighted).item<double>() - expected) < 1e-6);
        // An output of zero where there should be none left stays finite.
        QVERIFY(std::isfinite(lossOf(LossKind::CrossEntropy, at::zeros({1, 2}), at::ones({1, 2})).item<double>()));
    }

    void givesWayOnASmallGpu()
    {
        ComputePlan plan;
        plan.device = c10::Device(c10::kCUDA, 0);
        plan.residentBytes = 1;
        plan.recordsSteps = true;
        plan.threads = 2;
        int batch = 32;
        QVERIFY(giveWay(plan, batch).find("recorded") != std::string::npos);
        QVERIFY(!plan.recordsSteps);
        QCOMPARE(plan.residentBytes, std::uint64_t(1));
        QVERIFY(giveWay(plan, batch).find("streamed") != std::string::npos);
        QCOMPARE(plan.residentBytes, std::uint64_t(0));
        QVERIFY(giveWay(plan, batch).find("16") != std::string::npos);
        QVERIFY(giveWay(plan, batch).find("8") != std::string::npos);
        QCOMPARE(batch, 8);
        QVERIFY(plan.device.is_cuda());
        QVERIFY(giveWay(plan, batch).find("CPU") != std::string::npos);
        QVERIFY(plan.device.is_cpu());
        QCOMPARE(plan.deviceText, std::string("CPU, 2 threads"));
        QCOMPARE(giveWay(plan, batch), std::string());
    }

  private:
    static std::size_t longestRun(const std::vector<std::int64_t>& order)
    {
        std::size_t longest = 1, run = 1;
        for (std::size_t i = 1; i < order.size(); ++i) {
            run = order[i] == order[i - 1] + 1 ? run + 1 : 1;
            longest = std::max(longest, run);
        }
        return longest;
    }
};

QTEST_APPLESS_MAIN(TestTrainingRules)
#include "tst_training_rules.moc"
