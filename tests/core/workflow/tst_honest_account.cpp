// SPDX-License-Identifier: GPL-3.0-or-later
// What a run says about itself: that a random split leaks, that held-out values reach no fit, that every scan is left out
// once.
#include "core/base/random.h"
#include "core/workflow/leak_gap.h"
#include "core/workflow/run_study.h"
#include "core/workflow/training_data.h"
#include "tests/support/memory_scan.h"
#include "tests/support/small_study.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace dispersa;

namespace {

/// One scan of 110 x 45 positions with patterns that say nothing and targets of white noise.
OpenedStudy noiseStudy(std::uint64_t seed)
{
    constexpr ScanShape shape{110, 45};
    constexpr PatternShape pattern{94, 94};
    OpenedStudy opened;
    opened.recipe = *recipeNamed("quick");
    opened.targets = opened.study.targets = {"O", "Te"};
    opened.study.mapFilter = {MapFilterKind::Gaussian, 7};
    opened.diffraction.bin = 1;
    auto scan = std::make_shared<OpenedScan>();
    scan->entry.name = "noise";
    scan->entry.role = ScanRole::Train;
    scan->diffraction = std::make_shared<MemoryScan>(
        shape, pattern, std::vector<std::uint8_t>(std::size_t(shape.count() * pattern.count()), std::uint8_t(1)));
    Random random(seed);
    for (const char* quantity : {"O", "Te"}) {
        auto map = std::make_shared<ElementMap>(emptyMap(quantity, MapUnit::Fraction, shape));
        for (float& value : map->values)
            value = float(random.below(1'000'000)) / 1e6f;
        scan->maps.push_back(std::move(map));
    }
    opened.scans.push_back(std::move(scan));
    return opened;
}

double mean(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

} // namespace

class TestHonestAccount : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// White noise blurred with 7 x 7: position alone scores above .9 on a random split, and that is said; blocks with the
    /// guard of the rule leave nothing. 20 seeds, each its own noise and its own split.
    void aRandomSplitLeaks()
    {
        QTemporaryDir folder;
        const TrainOptions options;
        const std::stop_token never;
        const ProgressSink nobody;
        std::vector<double> blocks;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            OpenedStudy opened = noiseStudy(seed);
            opened.study.split.seed = seed;
            auto data = openTrainingData(opened, folder.path().toStdString(), {}, {});
            QVERIFY2(data, data ? "" : data.error().message.c_str());
            QVERIFY(applySplit(*data, opened, opened.study.split));
            const auto gap = leakGap({opened, options, nobody, never}, *data, {}, {});
            QVERIFY2(gap, gap ? "" : gap.error().message.c_str());
            QCOMPARE(gap->guard_px, 6);
            const LeakGapRow& position = gap->rows.at(1);
            QCOMPARE(position.model, std::string("position"));
            for (std::size_t t = 0; t < 2; ++t) {
                QVERIFY(*position.random.at(t) > 0.9);
                blocks.push_back(*position.blocks.at(t));
            }
            QVERIFY(positionPredicts(*gap));
            QVERIFY(leakGapSentence(*gap).find("says nothing about diffraction") != std::string::npos);
        }
        QVERIFY2(std::abs(mean(blocks)) < 0.08, qPrintable(QString::number(mean(blocks))));
    }

    /// Whatever the maps show where they are held out, the regressions are the same to the last bit.
    void heldOutValuesReachNoRegression()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033"}, 40, 30, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->diffraction.reset();
        study->split.kind = SplitKind::Blocks;
        study->split.block_px = 8;
        study->split.guard_px = 3;
        std::vector<Error> obstacles;
        OpenedStudy opened = openStudy(*study, obstacles);
        QVERIFY2(obstacles.empty(), obstacles.empty() ? "" : obstacles.front().message.c_str());
        TrainOptions options;
        options.threads = 1;
        options.members = 1;
        const auto predicted = [&](TrainingData& data) {
            const auto outcome = trainNetwork(data.set, data.description, options, {}, {}, {});
            return predictPatterns(*outcome->model, *data.set.patterns, {}, {}, {}, {})->outputs;
        };
        auto before = makeTrainingData(opened, folder.path().toStdString(), {}, {});
        QVERIFY2(before, before ? "" : before.error().message.c_str());
        auto changed = std::make_shared<OpenedScan>(*opened.scans[0]);
        std::int64_t heldOut = 0;
        for (MapPtr& map : changed->maps) {
            auto other = std::make_shared<ElementMap>(*map);
            for (std::size_t i = 0; i < other->values.size(); ++i)
                if (before->sets[0][i] == PixelSet::Test) {
                    other->values[i] = 0.123f;
                    ++heldOut;
                }
            map = other;
        }
        QVERIFY(heldOut > 100);
        opened.scans[0] = changed;
        auto after = makeTrainingData(opened, folder.path().toStdString(), {}, {});
        QVERIFY(after);
        QVERIFY(predicted(*after) == predicted(*before));
    }

    /// Each training scan is scored by a model that did not see it, and the account says all it promises.
    void everyScanIsLeftOutOnce()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033", "0034", "0035", "0036"}, 24, 20, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->diffraction.reset();
        for (std::size_t s = 0; s < 3; ++s)
            study->scans[s].role = ScanRole::Train;
        study->split.kind = SplitKind::LeaveOneOut;
        study->correction = {CorrectionKind::Isotonic, "0033"};
        study->correction.simplex = true;
        RunOptions options;
        options.folder = folder.path().toStdString() + "/run";
        options.threads = 1;
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        const RunMetrics& metrics = (*run)->metrics;
        QCOMPARE(metrics.testTargets.at(0).n, std::int64_t(3 * 24 * 20));
        // The ring's radius tells the composition, whatever the scan.
        for (const TargetScores& target : metrics.testTargets) {
            QVERIFY2(*target.pearson.value > 0.8, qPrintable(QString::number(*target.pearson.value)));
            // Baselines left the scan out too: those that read its own pixels would be perfect.
            const auto& baselines = target.account.baselines.baselines;
            QCOMPARE(baselines.size(), std::size_t(6));
            for (const BaselineScores& baseline : baselines)
                QVERIFY(!baseline.pearson.value || *baseline.pearson.value < 0.9999);
            QVERIFY(target.account.baselines.skill.value);
            QVERIFY(!target.account.intervals); // they were fitted there
        }
        const ScanScores* unseen = (*run)->scores("0036");
        QVERIFY(unseen);
        for (const TargetScores& target : unseen->targets) {
            QVERIFY(*target.pearson.value > 0.8);
            QVERIFY(target.account.pearson && target.account.pearson->low < *target.pearson.value);
            QVERIFY(target.account.pearson->high > *target.pearson.value);
            QVERIFY(target.account.withoutRowMeans.value && target.account.effectiveSamples);
            QCOMPARE(target.account.baselines.baselines.size(), std::size_t(6));
            QVERIFY(target.account.baselines.best && target.account.baselines.skill.value);
            QVERIFY(target.account.intervals && target.account.intervals->fittedOn.place == IntervalPlace::TrainingScans);
            QVERIFY(target.account.intervals->coverage > 0 && target.account.intervals->halfWidth > 0);
        }
        QVERIFY(!(*run)->scores("0033")->targets[0].account.intervals);
        const LeakGap& gap = metrics.leakGap;
        QCOMPARE(gap.rows.at(0).model, std::string("radial"));
        QVERIFY(gap.rows[0].random.at(0) && gap.rows[0].heldOutScans.at(0));
        QVERIFY(std::any_of((*run)->warnings.begin(), (*run)->warnings.end(),
                            [](const Warning& warning) { return warning.code == "correction_on_training"; }));
        // Corrected fractions add up to 1.
        const ScanResult* scan = (*run)->scan("0036");
        const auto& oxygen = scan->quantity("O")->corrected->values;
        const auto& tellurium = scan->quantity("Te")->corrected->values;
        for (std::size_t i = 0; i < oxygen.size(); ++i)
            QVERIFY(oxygen[i] >= 0 && tellurium[i] >= 0 && std::abs(oxygen[i] + tellurium[i] - 1) < 1e-5f);
        QVERIFY(scan->quantity("O")->sigma && scan->quantity("O")->interval && scan->novelty);
        const auto again = loadRun(options.folder);
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QCOMPARE(metricsToJson((*again)->metrics), metricsToJson(metrics));
        QVERIFY((*again)->scan("0036")->novelty->values == scan->novelty->values);
        QVERIFY((*again)->scan("0036")->quantity("O")->interval->values == scan->quantity("O")->interval->values);
    }

    /// Without a scan to predict, the gap names what position alone makes of the scans that are left out.
    void leftOutScansStandBesidePosition()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033", "0034", "0035"}, 24, 20, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->diffraction.reset();
        for (StudyScan& scan : study->scans)
            scan.role = ScanRole::Train;
        for (const SplitKind kind : {SplitKind::LeaveOneOut, SplitKind::Scans}) {
            study->split.kind = kind;
            RunOptions options;
            options.folder = folder.path().toStdString() + "/" + splitKindName(kind);
            options.threads = 1;
            const auto run = runStudy(*study, options, {}, {}, {}, {});
            QVERIFY2(run, run ? "" : run.error().message.c_str());
            for (const LeakGapRow& row : (*run)->metrics.leakGap.rows)
                QVERIFY2(row.heldOutScans.at(0), row.model.c_str());
        }
    }

    /// Intervals fitted on scans that the study names are judged on the others, also where a model only predicts. A scan may be
    /// called like a part of the split, and then is still a scan.
    void intervalsAreFittedWhereTheStudySays()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033", "scans", "test", "0036"}, 40, 30, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->diffraction.reset();
        study->account.calibrateOn = {"test", "scans"};
        RunOptions options;
        options.folder = folder.path().toStdString() + "/run";
        options.threads = 1;
        const auto trained = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY2(trained, trained ? "" : trained.error().message.c_str());
        study->model = options.folder / "model.safetensors";
        options.folder = folder.path().toStdString() + "/again";
        const auto predicted = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY2(predicted, predicted ? "" : predicted.error().message.c_str());
        for (const RunResultPtr& run : {*trained, *predicted}) {
            for (const char* fitted : {"scans", "test"})
                QVERIFY(!run->scores(fitted)->targets[0].account.intervals);
            const auto& intervals = run->scores("0036")->targets[0].account.intervals;
            QVERIFY(intervals);
            QVERIFY(intervals->fittedOn == (IntervalSource{IntervalPlace::NamedScans, {"test", "scans"}}));
            QVERIFY(intervals->coverage > 0.6 && intervals->coverage < 1);
            QVERIFY(run->scan("0036")->quantity("O")->interval);
        }
        // The test part of the split was not fitted on, whatever scans are called.
        QVERIFY((*trained)->metrics.testTargets[0].account.intervals);

        // Both scans tell the width: with one alone it is another.
        const auto width = [](const RunResultPtr& run) { return run->scores("0036")->targets[0].account.intervals->halfWidth; };
        std::vector<double> alone;
        for (const char* name : {"scans", "test"}) {
            study->account.calibrateOn = {name};
            options.folder = folder.path().toStdString() + "/" + name;
            const auto run = runStudy(*study, options, {}, {}, {}, {});
            QVERIFY(run);
            alone.push_back(width(*run));
        }
        QVERIFY(alone[0] != alone[1]);
        QVERIFY(width(*predicted) != alone[0] && width(*predicted) != alone[1]);
    }

    /// A scan that nobody measured a target on says nothing about it, and that is said instead of "too few blocks".
    void scansWithoutMapsAreNamed()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033", "0034", "0035"}, 40, 30, 64, true});
        QVERIFY(study);
        study->recipe.name = "radial";
        study->diffraction.reset();
        study->account.calibrateOn = {"0034", "0035"};
        const auto without = [&](std::size_t scan, const char* quantity) {
            std::erase_if(study->scans[scan].maps, [&](const MapSource& map) { return map.quantity == quantity; });
        };
        const auto warnings = [&](const char* name) {
            RunOptions options;
            options.folder = folder.path().toStdString() + "/" + name;
            options.threads = 1;
            const auto run = runStudy(*study, options, {}, {}, {}, {});
            std::string all;
            if (!run)
                return run.error().message;
            for (const Warning& warning : (*run)->warnings)
                all += warning.code + ": " + warning.message + "\n";
            return all;
        };
        const std::string none = warnings("none");
        QVERIFY2(none.find("calibration_scan_without_map") == std::string::npos, none.c_str());
        without(1, "Te");
        const std::string one = warnings("one"); // the other scan has the map
        QVERIFY2(one.find("Scan '0034' has no measured map of Te") != std::string::npos, one.c_str());
        QVERIFY2(one.find("no_calibration_map") == std::string::npos, one.c_str());
        without(2, "Te");
        without(2, "O");
        const std::string both = warnings("both");
        QVERIFY2(both.find("Scan '0035' has no measured map of O, Te") != std::string::npos, both.c_str());
        QVERIFY2(both.find("has a measured map of Te, so there are no intervals") != std::string::npos, both.c_str());
        QVERIFY2(both.find("too_few_blocks") == std::string::npos, both.c_str());
    }
};

QTEST_APPLESS_MAIN(TestHonestAccount)
#include "tst_honest_account.moc"
