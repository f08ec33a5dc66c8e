// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/target_maps.h"
#include "core/workflow/training_data.h"
#include "tests/support/small_study.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace dispersa;

namespace {

/// An opened study with one scan of maps in memory; no patterns.
OpenedStudy studyOf(std::vector<ElementMap> maps, const MapFilterOptions& filter)
{
    OpenedStudy opened;
    opened.study.mapFilter = filter;
    opened.recipe = *recipeNamed("paper");
    auto scan = std::make_shared<OpenedScan>();
    scan->entry.name = "a";
    for (ElementMap& map : maps) {
        opened.targets.push_back(map.quantity);
        scan->maps.push_back(std::make_shared<const ElementMap>(std::move(map)));
    }
    opened.scans.push_back(scan);
    return opened;
}

ElementMap constantMap(const std::string& quantity, float value)
{
    ElementMap map = emptyMap(quantity, MapUnit::Fraction, {9, 9});
    map.values.assign(81, value);
    return map;
}

} // namespace

class TestTargetMaps : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// What is held out must not reach what is trained on, however wild its values.
    void excludedPixelsDoNotBlurIn()
    {
        ElementMap map = constantMap("O", 0.25f);
        std::vector<std::uint8_t> excluded(81, 0);
        for (int y = 0; y < 9; ++y)
            for (int x = 5; x < 9; ++x) {
                map.at(y, x) = 1000;
                excluded[static_cast<std::size_t>(y * 9 + x)] = 1;
            }
        const OpenedStudy opened = studyOf({map}, {MapFilterKind::Gaussian, 7});
        const auto maps = targetMaps(opened, *opened.scans[0], excluded);
        QVERIFY(maps);
        QVERIFY(std::abs((*maps)[0]->at(4, 4) - 0.25f) < 1e-6f);
        QVERIFY(!ElementMap::isData((*maps)[0]->at(4, 6)));
        const auto leaking = targetMaps(opened, *opened.scans[0]);
        QVERIFY((*leaking)[0]->at(4, 4) > 1);
    }
    void filterSeesTheWholeMapThenTheCropIsCut()
    {
        ElementMap map = constantMap("O", 0);
        map.at(0, 4) = 9; // outside the crop, inside the kernel of its first row
        OpenedStudy opened = studyOf({map}, {MapFilterKind::Mean, 3});
        opened.study.crop = Region{1, 0, 8, 9};
        const auto maps = targetMaps(opened, *opened.scans[0]);
        QVERIFY(maps);
        QCOMPARE((*maps)[0]->shape, (ScanShape{8, 9}));
        QVERIFY((*maps)[0]->at(0, 4) > 0.9f);
    }
    void sumNormalisation()
    {
        OpenedStudy opened = studyOf({constantMap("O", 0.2f), constantMap("Te", 0.6f)}, {MapFilterKind::None});
        opened.study.normalise = Normalise::Sum;
        const auto maps = targetMaps(opened, *opened.scans[0]);
        QVERIFY(std::abs((*maps)[0]->at(3, 3) - 0.25f) < 1e-6f);
        QVERIFY(std::abs((*maps)[1]->at(3, 3) - 0.75f) < 1e-6f);
    }
    void unusualSumWarns()
    {
        const OpenedStudy opened = studyOf({constantMap("O", 0.2f), constantMap("Te", 0.6f)}, {MapFilterKind::None});
        const auto maps = targetMaps(opened, *opened.scans[0]);
        const auto warning = sumWarning(opened, "a", *maps);
        QVERIFY(warning);
        QCOMPARE(warning->code, std::string("target_sum"));
        const OpenedStudy good = studyOf({constantMap("O", 0.4f), constantMap("Te", 0.6f)}, {MapFilterKind::None});
        QVERIFY(!sumWarning(good, "a", *targetMaps(good, *good.scans[0])));
    }
    void haadfScaleIsNumpysQuantile()
    {
        std::vector<float> values;
        for (int i = 0; i <= 1000; ++i)
            values.push_back(static_cast<float>(i));
        // numpy.quantile(arange(1001), [.001, .999]) = 1, 999
        const HaadfScale scale = haadfScaleOf(values);
        QVERIFY(std::abs(scale.low - 1) < 1e-9);
        QVERIFY(std::abs(scale.high - 999) < 1e-9);
        QCOMPARE(scale.toTarget(0), 0.0f); // clipped
        QVERIFY(std::abs(scale.fromTarget(scale.toTarget(500)) - 500) < 1e-3);
        const HaadfScale constant = haadfScaleOf(std::vector<float>{3, 3, 3});
        QVERIFY(std::isfinite(constant.toTarget(3)));
    }
    /// Changing held-out values changes nothing that is fitted: targets, HAADF scale, pattern quantile, means.
    void heldOutValuesDoNotReachTheFit()
    {
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString(), {{"0033"}, 24, 20, 96, true});
        QVERIFY(study);
        study->recipe.name = "paper-haadf";
        study->split.kind = SplitKind::Blocks;
        study->split.block_px = 5;
        study->split.guard_px = 2;
        std::vector<Error> obstacles;
        OpenedStudy opened = openStudy(*study, obstacles);
        QVERIFY(obstacles.empty());
        const auto before = makeTrainingData(opened, folder.path().toStdString(), {}, {});
        QVERIFY(before);
        auto changed = std::make_shared<OpenedScan>(*opened.scans[0]);
        for (MapPtr& map : changed->maps) {
            auto other = std::make_shared<ElementMap>(*map);
            for (std::size_t i = 0; i < other->values.size(); ++i)
                if (before->sets[0][i] == PixelSet::Test)
                    other->values[i] = 77;
            map = other;
        }
        opened.scans[0] = changed;
        const auto after = makeTrainingData(opened, folder.path().toStdString(), {}, {});
        QVERIFY(after);
        QCOMPARE(after->set.train, before->set.train);
        QVERIFY(!before->set.validation.empty());
        for (const std::int64_t index : before->set.train)
            for (std::size_t t = 0; t < 3; ++t)
                QCOMPARE(after->set.targets[static_cast<std::size_t>(index) * 3 + t],
                         before->set.targets[static_cast<std::size_t>(index) * 3 + t]);
        QCOMPARE(after->description.haadfLow, before->description.haadfLow);
        QCOMPARE(after->description.haadfHigh, before->description.haadfHigh);
        QCOMPARE(after->description.scalingQuantile, before->description.scalingQuantile);
        QCOMPARE(after->description.trainingMean, before->description.trainingMean);
    }
};

QTEST_APPLESS_MAIN(TestTargetMaps)
#include "tst_target_maps.moc"
