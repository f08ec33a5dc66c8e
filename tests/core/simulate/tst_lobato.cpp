// SPDX-License-Identifier: GPL-3.0-or-later
// Scattering factors against the published checks: f(0) and f(0.5 1/A) of the six elements.
#include "core/simulate/lobato.h"

#include <QTest>

using dispersa::simulate::scatteringFactor_A;

class TestLobato : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void matchesTheTable_data()
    {
        QTest::addColumn<QByteArray>("symbol");
        QTest::addColumn<double>("atZero");
        QTest::addColumn<double>("atHalf");
        QTest::newRow("O") << QByteArray("O") << 2.029 << 1.232;
        QTest::newRow("Si") << QByteArray("Si") << 5.836 << 1.968;
        QTest::newRow("Ge") << QByteArray("Ge") << 7.423 << 3.134;
        QTest::newRow("Sb") << QByteArray("Sb") << 11.184 << 4.935;
        QTest::newRow("Te") << QByteArray("Te") << 11.154 << 5.079;
        QTest::newRow("Au") << QByteArray("Au") << 10.576 << 6.040;
    }
    void matchesTheTable()
    {
        QFETCH(QByteArray, symbol);
        QFETCH(double, atZero);
        QFETCH(double, atHalf);
        // Half a unit of the last digit that the table prints.
        QVERIFY(std::abs(scatteringFactor_A(symbol.toStdString(), 0).value_or(0) - atZero) <= 5.0001e-4);
        QVERIFY(std::abs(scatteringFactor_A(symbol.toStdString(), 0.5).value_or(0) - atHalf) <= 5.0001e-4);
    }
    void knowsNoOtherElement() { QVERIFY(!scatteringFactor_A("Xe", 0.1)); }
};

QTEST_APPLESS_MAIN(TestLobato)
#include "tst_lobato.moc"
