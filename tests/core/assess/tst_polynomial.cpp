// SPDX-License-Identifier: GPL-3.0-or-later
// Least-squares polynomials against NumPy, where the input's range is small beside its size.
#include "core/assess/polynomial.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>

using namespace dispersa;

class TestPolynomial : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void equalsNumPy()
    {
        const Golden golden("core/assess/polynomial_golden.json");
        const auto queries = golden.values("queries");
        const auto values = golden.values("fits");
        const auto slopes = golden.values("slopes");
        for (int degree = 1; degree <= 3; ++degree) {
            const auto fit = fitPolynomial(golden.values("x"), golden.values("y"), degree);
            QVERIFY(fit);
            QCOMPARE(fit->coefficients.size(), std::size_t(degree) + 1);
            for (std::size_t i = 0; i < queries.size(); ++i) {
                const std::size_t at = std::size_t(degree - 1) * queries.size() + i;
                // x is known to 1e-16 * 1000, a slope of 40 over it: 1e-11, and as much again for each of the two ways.
                QVERIFY(std::abs(fit->value(queries[i]) - values[at]) < 1e-10);
                QVERIFY(std::abs(fit->slope(queries[i]) - slopes[at]) < 1e-8);
            }
        }
        const auto cubic = fitPolynomial(golden.values("x"), golden.values("y"), 3);
        const auto coefficients = golden.values("coefficients3");
        for (std::size_t k = 0; k < 4; ++k)
            QVERIFY(std::abs(cubic->coefficients[k] - coefficients[k]) < 1e-9);
        QVERIFY(std::abs(cubic->low() - queries.front()) < 1e-9);
        QVERIFY(std::abs(cubic->high() - queries.back()) < 1e-9);
    }

    void needsEnoughDifferentInputs()
    {
        using Values = std::vector<double>;
        QVERIFY(!fitPolynomial({}, {}, 1));
        QVERIFY(!fitPolynomial(Values{0, 1, 2}, Values{1, 2, 3}, 2));
        QVERIFY(fitPolynomial(Values{0, 1, 2, 3}, Values{1, 2, 3, 4}, 2));
        QVERIFY(!fitPolynomial(Values{0.1, 0.1, 0.1, 0.1}, Values{1, 2, 3, 4}, 1));
        QVERIFY(!fitPolynomial(Values{0.1, 0.7, 0.1, 0.7, 0.1}, Values{1, 2, 3, 4, 5}, 2));
        QVERIFY(!fitPolynomial(Values{0, 1, 2}, Values{1, 2, 3}, 0));
        QVERIFY(!fitPolynomial(Values{0, 1, NAN, 3}, Values{1, 2, 3, NAN}, 1));
    }
};

QTEST_APPLESS_MAIN(TestPolynomial)
#include "tst_polynomial.moc"
