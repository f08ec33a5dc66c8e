// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/mean_scores.h"

#include <QtTest>

#include <cmath>
#include <vector>

using namespace dispersa;

class TestMeanScores : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// Two films of other levels, within which the prediction goes the wrong way: one r over both would be near 1.
    void levelsOfScansAreNotScored()
    {
        const std::vector<float> real[] = {{0.10f, 0.11f, 0.12f}, {0.60f, 0.61f, 0.62f}};
        const std::vector<float> predicted[] = {{0.12f, 0.11f, 0.10f}, {0.62f, 0.61f, 0.60f}};
        MeanScores scores(1);
        std::vector<float> allReal, allPredicted;
        for (int s = 0; s < 2; ++s) {
            scores.add(0, pearson(real[s], predicted[s]));
            allReal.insert(allReal.end(), real[s].begin(), real[s].end());
            allPredicted.insert(allPredicted.end(), predicted[s].begin(), predicted[s].end());
        }
        QVERIFY(*pearson(allReal, allPredicted).value > 0.99);
        QVERIFY(std::abs(*scores.means()[0] + 1) < 1e-6); // float32 values
    }

    void scoresWithoutANumberDoNotCount()
    {
        MeanScores scores(3);
        scores.add(0, {0.5, {}});
        scores.add(0, {std::nullopt, "constant_map"});
        scores.add(0, {0.7, {}});
        scores.add(1, {std::nullopt, "no_pixels"});
        const auto means = scores.means();
        QCOMPARE(means.size(), std::size_t(3));
        QVERIFY(std::abs(*means[0] - 0.6) < 1e-12);
        QVERIFY(!means[1] && !means[2]);
    }
};

QTEST_APPLESS_MAIN(TestMeanScores)
#include "tst_mean_scores.moc"
