// SPDX-License-Identifier: GPL-3.0-or-later
// Skill over baselines against scikit-learn, and which baseline is the best.
#include "core/assess/skill.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

constexpr float noData = std::numeric_limits<float>::quiet_NaN();

bool near(const Score& score, double expected)
{
    return score.value && score.reason.empty() && std::abs(*score.value - expected) < 1e-12 * (1 + std::abs(expected));
}

ElementMap mapOf(std::vector<float> values)
{
    ElementMap map;
    map.shape = {1, static_cast<int>(values.size())};
    map.values = std::move(values);
    return map;
}

} // namespace

class TestSkill : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalScikitLearn()
    {
        const Golden golden("core/assess/skill_golden.json");
        const ElementMap real = mapOf(golden.values<float>("real"));
        const ElementMap predicted = mapOf(golden.values<float>("predicted"));
        QVERIFY(near(meanSquaredError(real.values, predicted.values), golden.number("mse")));
        const char* names[] = {"patchy", "poor", "good"};
        const BaselineKind kinds[] = {BaselineKind::SamePosition, BaselineKind::TrainingMean,
                                      BaselineKind::RidgeRadial};
        std::vector<BaselineResult> baselines;
        for (std::size_t i = 0; i < 3; ++i)
            baselines.push_back({kinds[i], mapOf(golden.values<float>(names[i]))});
        const BaselineComparison comparison = compareWithBaselines(real, predicted, baselines);
        for (std::size_t i = 0; i < 3; ++i) {
            const BaselineScores& scores = comparison.baselines[i];
            const auto expected = golden.values((std::string(names[i]) + "_scores").c_str());
            QCOMPARE(scores.kind, kinds[i]);
            QCOMPARE(double(scores.n), expected[0]);
            QVERIFY(near(scores.pearson, expected[1]));
            QVERIFY(near(scores.mae, expected[2]));
            QVERIFY(near(scores.skill, expected[3]));
            QVERIFY(near(scores.pearsonWithoutRowMeans, expected[1]) ||
                    std::abs(*scores.pearsonWithoutRowMeans.value - expected[1]) < 1e-6); // one row, in float32
        }
        // The patchy map has the smallest error but says too little to be the bar.
        QCOMPARE(*comparison.best, BaselineKind::RidgeRadial);
        QVERIFY(near(comparison.skill, golden.number("best")));
        QCOMPARE(double(comparison.n), golden.number("best_n"));
    }

    void saysWhyThereIsNoNumber()
    {
        const std::vector<float> a = {1, 2, 3};
        const std::vector<float> none(3, noData);
        QCOMPARE(skill(a, a, a).reason, std::string("perfect_baseline"));
        QCOMPARE(skill(a, a, none).reason, std::string("no_pixels"));
        QCOMPARE(skill(none, a, a).reason, std::string("no_pixels"));
        QCOMPARE(skill(a, {}, a).reason, std::string("no_pixels"));
        QCOMPARE(meanSquaredError(none, a).reason, std::string("no_pixels"));
        QVERIFY(near(skill(a, a, std::vector<float>{2, 2, 2}), 1));
        QVERIFY(near(skill(a, std::vector<float>{2, 2, 2}, std::vector<float>{2, 2, 2}), 0));

        const auto reason = [](std::vector<float> real, std::vector<float> baseline) {
            const BaselineResult result{BaselineKind::TrainingMean, mapOf(std::move(baseline))};
            const auto comparison = compareWithBaselines(mapOf(std::move(real)), mapOf({1, 2, 3}), {&result, 1});
            return (comparison.best ? "best " : "") + comparison.skill.reason;
        };
        QCOMPARE(reason(none, a), std::string("no_pixels"));
        QCOMPARE(reason(a, none), std::string("no_baseline"));
        QCOMPARE(reason(a, a), std::string("best perfect_baseline"));
        QCOMPARE(compareWithBaselines(mapOf(a), mapOf(a), {}).skill.reason, std::string("no_baseline"));
    }

    void eligibleBaselinesWithNothingInCommonDecideNothing()
    {
        const std::vector<BaselineResult> halves = {{BaselineKind::SamePosition, mapOf({1, 1, noData, noData})},
                                                    {BaselineKind::Haadf, mapOf({noData, noData, 1, 1})}};
        const auto comparison = compareWithBaselines(mapOf({1, 2, 3, 4}), mapOf({1, 2, 3, 5}), halves);
        QVERIFY(!comparison.best);
        QCOMPARE(comparison.skill.reason, std::string("no_pixels"));
    }
};

QTEST_APPLESS_MAIN(TestSkill)
#include "tst_skill.moc"
