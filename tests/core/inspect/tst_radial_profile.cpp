// SPDX-License-Identifier: GPL-3.0-or-later
// Rotational average against NumPy, peaks against SciPy.
#include <QtTest> // before <compare>, which moc 6.4 cannot parse on its own

#include "core/inspect/radial_profile.h"
#include "tests/support/golden.h"

#include <cmath>
#include <limits>

using namespace dispersa;

class TestRadialProfile : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void profileEqualsNumPy()
    {
        const Golden golden("core/inspect/profile_golden.json");
        const auto centre = golden.values("centre");
        const auto profile = radialProfile(golden.values<float>("pattern"), {40, 46}, {centre[0], centre[1]});
        const auto expected = golden.values("profile");
        QCOMPARE(profile.size(), expected.size());
        for (std::size_t i = 0; i < profile.size(); ++i)
            QVERIFY(std::abs(profile[i] - expected[i]) < 1e-9 * (1 + expected[i]));
    }

    void constantPatternHasAConstantProfile()
    {
        std::vector<float> pattern(21 * 33, 7.0f);
        pattern[5] = std::numeric_limits<float>::quiet_NaN(); // a dead pixel does not count
        const auto profile = radialProfile(pattern, {21, 33}, {10.5, 15.25});
        QCOMPARE(profile.size(), std::size_t(10)); // the nearest edge is 9.5 px away: radii 0 to 9
        for (const double value : profile)
            QVERIFY(std::abs(value - 7) < 1e-12);
    }

    void centreOutsideGivesNothing()
    {
        const std::vector<float> pattern(16, 1.0f);
        QVERIFY(radialProfile(pattern, {4, 4}, {-1, 2}).empty());
        QVERIFY(radialProfile(pattern, {4, 4}, {2, 3.5}).empty());
        QVERIFY(radialProfile(pattern, {4, 4}, {std::numeric_limits<double>::quiet_NaN(), 2}).empty());
        QVERIFY(radialProfile({}, {0, 0}, {0, 0}).empty());
        QCOMPARE(radialProfile(pattern, {4, 4}, {0, 3}).size(), std::size_t(1));
    }

    void peaksEqualSciPy()
    {
        const Golden golden("core/inspect/profile_golden.json");
        const auto curve = golden.values("curve");
        QVERIFY(golden.values("peaks").size() > 3);
        QCOMPARE(profilePeaks(curve, 10), golden.values<int>("peaks"));
    }

    void peaksOfSimpleCurves()
    {
        QCOMPARE(profilePeaks(std::vector<double>{9, 1, 5, 1, 7, 1, 2}, 0), (std::vector<int>{4, 2}));
        QCOMPARE(profilePeaks(std::vector<double>{9, 1, 5, 1, 7, 1, 2}, 3), (std::vector<int>{4}));
        QCOMPARE(profilePeaks(std::vector<double>{0, 10, 9.9, 10.1, 0}, 0), (std::vector<int>{3})); // a ripple
        QCOMPARE(profilePeaks(std::vector<double>{0, 3, 3, 3, 0}, 0), (std::vector<int>{2}));       // a plateau
        QVERIFY(profilePeaks(std::vector<double>{5, 4, 3, 2, 1}, 0).empty());
        QVERIFY(profilePeaks(std::vector<double>{1, 1, 1, 1}, 0).empty());
        QVERIFY(profilePeaks({}, 0).empty());
        QVERIFY(profilePeaks(std::vector<double>{0, 1, 0}, 99).empty());
        QCOMPARE(profilePeaks(std::vector<double>{0, 1, 0}, -4), (std::vector<int>{1}));
    }
};

QTEST_APPLESS_MAIN(TestRadialProfile)
#include "tst_radial_profile.moc"
