// SPDX-License-Identifier: GPL-3.0-or-later
// What pages and figures read out of a run: order, colours, differences, test pairs, the largest disagreement, exports.
#include "app/figures/anomaly.h"
#include "app/figures/run_values.h"
#include "app/pages/compare/map_export.h"
#include "core/io/format.h"
#include "synthetic_run.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace dispersa;

class TestRunValues : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ordersHaadfLast()
    {
        const RunResult run = syntheticRun();
        QCOMPARE(predictedQuantities(run), (std::vector<std::string>{"O", "Si", "Ge", "Sb", "Te", "HAADF"}));
        RunResult measured = run;
        for (ScanResult& scan : measured.scans)
            for (QuantityMaps& maps : scan.quantities)
                if (maps.quantity == "HAADF")
                    maps.predicted = nullptr;
        QCOMPARE(predictedQuantities(measured).size(), std::size_t(5));
        QCOMPARE(shownQuantities(measured).back(), std::string("HAADF"));
    }

    void differenceIsPredictedMinusRealAndKeepsNoData()
    {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const ElementMap real{"O", MapUnit::Fraction, {2, 2}, {0.5f, 0.25f, nan, 0.1f}};
        const ElementMap predicted{"O", MapUnit::Fraction, {2, 2}, {0.75f, 0.0f, 0.3f, nan}};
        const MapPtr difference = differenceMap(real, predicted);
        QCOMPARE(difference->values[0], 0.25f);
        QCOMPARE(difference->values[1], -0.25f);
        QVERIFY(std::isnan(difference->values[2]));
        QVERIFY(std::isnan(difference->values[3]));
        const ColorScale scale = differenceScale({difference}, {});
        QCOMPARE(scale.range.low, -scale.range.high);
        QCOMPARE(scale.map, ColorMap::BlueWhiteRed);
    }

    void colourRangeFollowsTheRealMap()
    {
        auto real = std::make_shared<ElementMap>(emptyMap("O", MapUnit::Fraction, {10, 10}));
        auto wild = std::make_shared<ElementMap>(emptyMap("O", MapUnit::Fraction, {10, 10}));
        for (int i = 0; i < 100; ++i) {
            real->values[std::size_t(i)] = float(i) / 200;
            wild->values[std::size_t(i)] = float(i) * 10;
        }
        const ColorScale both = colorScale(QuantityMaps{"O", nullptr, real, wild, nullptr});
        QVERIFY(both.range.high < 0.5);
        QCOMPARE(both.label, QStringLiteral("O (atomic fraction)"));
        QVERIFY(colorScale(QuantityMaps{"O", nullptr, nullptr, wild, nullptr}).range.high > 900);
    }

    void testPairsAreThoseOfTheSplit()
    {
        RunResult run = syntheticRun();
        run.split = {{"0033", 20, 0, "test"},
                     {"0033", 21, 3, "train"},
                     {"0033", 89, 44, "test"},
                     {"0033", 19, 0, "test"},  // outside the crop
                     {"9999", 20, 0, "test"}}; // a scan the run does not hold
        const ValuePairs pairs = testPairsOf(run, "Te");
        const QuantityMaps& maps = *run.scan("0033")->quantity("Te");
        QCOMPARE(pairs.real, (std::vector<float>{maps.real->at(0, 0), maps.real->at(69, 44)}));
        QCOMPARE(pairs.predicted, (std::vector<float>{maps.predicted->at(0, 0), maps.predicted->at(69, 44)}));
    }

    void findsThePlantedSpot()
    {
        const RunResult run = syntheticRun();
        const auto anomaly = findAnomaly(*run.scan("0037"));
        QVERIFY(anomaly.has_value());
        QCOMPARE(anomaly->quantity, std::string("HAADF"));
        // Its 3 x 3 mean peaks within a pixel of the centre: noise may move the maximum by one.
        QVERIFY(std::abs(anomaly->place.y - plantedSpot.y) <= 1);
        QVERIFY(std::abs(anomaly->place.x - plantedSpot.x) <= 1);
        QVERIFY(anomaly->deviation > 3);
    }

    void withoutHaadfTheTargetThatDisagreesMostIsTaken()
    {
        RunResult run = syntheticRun();
        ScanResult& scan = run.scans[1];
        for (QuantityMaps& maps : scan.quantities) {
            if (maps.quantity == "HAADF")
                maps.predicted = nullptr;
            if (maps.quantity == "Sb") {
                auto changed = std::make_shared<ElementMap>(*maps.predicted);
                for (int y = 59; y <= 61; ++y)
                    for (int x = 9; x <= 11; ++x)
                        changed->at(y, x) -= 0.8f;
                maps.predicted = changed;
            }
        }
        const auto anomaly = findAnomaly(scan);
        QVERIFY(anomaly.has_value());
        QCOMPARE(anomaly->quantity, std::string("Sb"));
        QCOMPARE(anomaly->place, (ScanPoint{60, 10}));
        QVERIFY(anomaly->deviation < 0);
    }

    void exportsMapsInEveryFormat()
    {
        QTemporaryDir folder;
        const RunResult run = syntheticRun();
        const std::filesystem::path path(folder.path().toStdString());
        const auto files = exportMaps(run, {true, true, true, true}, path, {}, {});
        QVERIFY2(files.has_value(), files ? "" : files.error().message.c_str());
        QCOMPARE(*files, 2 * 6 * 4 * 3 + 1);
        const auto back = readMap(path / "0037" / "Te-predicted.mrc");
        QVERIFY(back.has_value());
        QCOMPARE(back->values, run.scan("0037")->quantity("Te")->predicted->values);
        QVERIFY(std::filesystem::exists(path / "maps.h5"));
    }

    void exportKnowsHowSureThePredictionsAre()
    {
        QTemporaryDir folder;
        RunResult run = syntheticRun();
        ScanResult& scan = run.scans[1];
        auto interval = std::make_shared<ElementMap>(*scan.quantities[0].predicted);
        std::fill(interval->values.begin(), interval->values.end(), 0.0625f);
        scan.quantities[0].sigma = scan.quantities[0].predicted;
        scan.quantities[0].interval = interval;
        scan.novelty = scan.quantities[1].real;
        const std::filesystem::path path(folder.path().toStdString());
        const auto files = exportMaps(run, {true, false, false, false}, path, {}, {});
        QVERIFY(files.has_value());
        QCOMPARE(*files, 2 * 6 * 4 + 3);
        const auto back = readMap(path / "0037" / "O-interval.mrc");
        QVERIFY(back.has_value());
        QCOMPARE(back->values, interval->values);
        QVERIFY(std::filesystem::exists(path / "0037" / "O-sigma.mrc"));
        QVERIFY(std::filesystem::exists(path / "0037" / "novelty.mrc"));
        QVERIFY(!std::filesystem::exists(path / "0033" / "novelty.mrc"));
    }

    void exportOfNothingIsRefused()
    {
        const auto files = exportMaps(syntheticRun(), {false, false, false, false}, "out", {}, {});
        QVERIFY(!files.has_value());
        QCOMPARE(files.error().code, ErrorCode::InvalidArgument);
    }

    void exportStopsWhenAsked()
    {
        QTemporaryDir folder;
        std::stop_source stop;
        stop.request_stop();
        const auto files = exportMaps(syntheticRun(), {}, folder.path().toStdString(), {}, stop.get_token());
        QVERIFY(!files.has_value());
        QCOMPARE(files.error().code, ErrorCode::Cancelled);
    }
};

QTEST_MAIN(TestRunValues)
#include "tst_run_values.moc"
