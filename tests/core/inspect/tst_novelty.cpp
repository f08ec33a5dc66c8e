// SPDX-License-Identifier: GPL-3.0-or-later
// Novelty against scikit-learn's probabilistic PCA, and on features that training never had.
#include "core/base/random.h"
#include "core/inspect/novelty.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

/// Patterns of 40 features that vary in 2 directions, with a little noise in all.
std::vector<float> patterns(int count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> features;
    for (int i = 0; i < count; ++i) {
        const double a = random.normal();
        const double b = random.normal();
        for (int f = 0; f < 40; ++f)
            features.push_back(
                static_cast<float>(100 + 10 * a * std::sin(0.2 * f) + 5 * b * std::cos(0.3 * f) + random.normal()));
    }
    return features;
}

} // namespace

class TestNovelty : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalsScikitLearn()
    {
        const Golden golden("core/inspect/novelty_golden.json");
        const auto model = fitNovelty(golden.values<float>("training"), 200);
        QVERIFY(model);
        QCOMPARE(double(model->variances.size()), golden.number("kept"));
        const auto variances = golden.values("variances");
        for (std::size_t c = 0; c < variances.size(); ++c)
            QVERIFY(std::abs(model->variances[c] - variances[c]) < 1e-9);
        // The smallest eigenvalues come out of a matrix whose entries are 1: 1e-15 of 1e-3.
        QVERIFY(std::abs(model->restVariance / golden.number("rest") - 1) < 1e-9);
        QVERIFY(std::abs(model->threshold / golden.number("threshold") - 1) < 1e-8);
        const auto queries = golden.values<float>("queries");
        const auto distances = golden.values("distances");
        const auto shares = novelty(*model, queries);
        QCOMPARE(shares.size(), distances.size());
        for (std::size_t i = 0; i < distances.size(); ++i) {
            QVERIFY(std::abs(model->distance(std::span(queries).subspan(9 * i, 9)) / distances[i] - 1) < 1e-8);
            QVERIFY(std::abs(double(shares[i]) - distances[i] / model->threshold) < 1e-6 * distances[i]); // float32
        }
    }

    void knowsWhatItWasTrainedOn()
    {
        const auto model = fitNovelty(patterns(3000, 1), 3000);
        const auto shares = novelty(*model, patterns(3000, 2));
        const auto novel = std::count_if(shares.begin(), shares.end(), [](float share) { return share > 1; });
        QVERIFY2(novel > 10 && novel < 60, qPrintable(QString::number(novel))); // 1 % of 3000, sd 8 for both draws
        QVERIFY(model->variances.size() <= 30);
    }

    void findsASpotNoPatternHad()
    {
        const auto model = fitNovelty(patterns(3000, 1), 3000);
        auto spot = patterns(50, 3);
        for (std::size_t i = 0; i < 50; ++i)
            spot[40 * i + 17] += 12; // less than the features vary, but they vary together
        for (const float share : novelty(*model, spot))
            QVERIFY(share > 1);
        // As large a change along a direction that training had is no news to most.
        auto usual = patterns(50, 3);
        for (std::size_t i = 0; i < usual.size(); ++i)
            usual[i] += static_cast<float>(10 * std::sin(0.2 * double(i % 40)));
        const auto shares = novelty(*model, usual);
        QVERIFY(std::count_if(shares.begin(), shares.end(), [](float share) { return share > 1; }) < 10);
    }

    /// With as few patterns as that, a model knows its own by heart: others of the same kind lie far beyond them.
    void halvesTellHowFarUnseenPatternsLie()
    {
        std::vector<std::uint8_t> halves;
        for (int i = 0; i < 3000; ++i)
            halves.push_back(std::uint8_t(i / 10 % 2));
        const auto shareOf = [](const std::optional<NoveltyModel>& model, const std::vector<float>& features) {
            const auto shares = novelty(*model, features);
            return double(std::count_if(shares.begin(), shares.end(), [](float share) { return share > 1; })) /
                   double(shares.size());
        };
        const auto unseen = patterns(3000, 2);
        const auto few = patterns(60, 1);
        const auto firstFew = std::span(halves).first(60);
        QVERIFY(shareOf(fitNovelty(few, 60), unseen) > 0.3);
        QVERIFY(shareOf(fitNovelty(few, 60, {}, firstFew), unseen) < 0.05);

        // With many it makes no difference, and a spot stays news.
        const auto many = patterns(3000, 1);
        const auto own = fitNovelty(many, 3000), crossed = fitNovelty(many, 3000, {}, halves);
        QVERIFY(crossed->threshold > own->threshold && crossed->threshold < 1.05 * own->threshold);
        QCOMPARE(crossed->variances, own->variances);
        auto spot = patterns(50, 3);
        for (std::size_t i = 0; i < 50; ++i)
            spot[40 * i + 17] += 12;
        QCOMPARE(shareOf(crossed, spot), 1.0);

        // Nothing in one half, or so little that its model would call all others far: as without halves.
        std::vector<std::uint8_t> oneSided(3000, 1);
        QCOMPARE(fitNovelty(many, 3000, {}, oneSided)->threshold, own->threshold);
        std::fill_n(oneSided.begin(), 60, std::uint8_t(0));
        QCOMPARE(fitNovelty(many, 3000, {}, oneSided)->threshold, own->threshold);
    }

    void leavesOutWhatIsNoData()
    {
        constexpr float noData = std::numeric_limits<float>::quiet_NaN();
        auto features = patterns(300, 1);
        const auto before = fitNovelty(std::span(features).subspan(40), 299);
        features[7] = noData;
        const auto model = fitNovelty(features, 300);
        QCOMPARE(model->threshold, before->threshold);
        QVERIFY(std::isnan(novelty(*model, features)[0]));
        QVERIFY(std::isfinite(novelty(*model, features)[1]));
        QVERIFY(std::isnan(model->distance(std::vector<float>{1, 2})));
    }

    void aFeatureThatNeverVariedIsLeftOut()
    {
        auto features = patterns(300, 1);
        for (std::size_t i = 0; i < 300; ++i)
            features[40 * i + 3] = 0.1f;
        const auto model = fitNovelty(features, 300);
        QCOMPARE(model->scale[3], 0.0);
        auto other = features;
        other[3] = 77;
        QCOMPARE(novelty(*model, other)[0], novelty(*model, features)[0]);
    }

    void needsRowsAndVariation()
    {
        QVERIFY(!fitNovelty({}, 0));
        QVERIFY(!fitNovelty(patterns(2, 1), 2));
        QVERIFY(!fitNovelty(std::vector<float>(60, 0.1f), 20));
        QVERIFY(fitNovelty(patterns(3, 1), 3)); // fewer patterns than features: every direction beyond them is news
        // Two features that say the same: nothing is left beyond one component but rounding.
        std::vector<float> twice;
        for (const float value : patterns(5, 1))
            twice.insert(twice.end(), {value, value});
        const auto model = fitNovelty(twice, 200);
        QCOMPARE(model->variances.size(), std::size_t(1));
        for (const float share : novelty(*model, twice))
            QVERIFY(share <= 1.2f);
    }
};

QTEST_APPLESS_MAIN(TestNovelty)
#include "tst_novelty.moc"
