// SPDX-License-Identifier: GPL-3.0-or-later
// Units as programs write them, sizes that files state, axes that name themselves, and the lines that EDS counts.
#include "core/io/axis_roles.h"
#include "core/data/electron_wavelength.h"
#include "core/io/physical_units.h"
#include "core/io/stated_size.h"
#include "core/io/xray_lines.h"

#include <QTest>

#include <cmath>
#include <numbers>

using namespace dispersa;

class TestPhysicalUnits : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void readsUnits_data()
    {
        QTest::addColumn<QByteArray>("unit");
        QTest::addColumn<double>("nm");
        QTest::addColumn<double>("invA");
        QTest::addColumn<bool>("twoPi");
        const auto row = [](const char* unit, double nm, double invA, bool twoPi = false) {
            QTest::newRow(unit) << QByteArray(unit) << nm << invA << twoPi;
        };
        row("nm", 1, 0);
        row("[n_m]", 1, 0);
        row("nanometers", 1, 0);
        row("\u00c5", .1, 0);
        row("angstrom", .1, 0);
        row("\u00b5m", 1e3, 0);
        row("pm", 1e-3, 0);
        row("m", 1e9, 0);
        row("A^-1", 0, 1);
        row("1/A", 0, 1);
        row("\u00c5\u207b\u00b9", 0, 1);
        row("$A^{-1}$", 0, 1);
        row("angstrom^-1", 0, 1);
        row("[n_m^-1]", 0, .1);
        row("1 / nm", 0, .1);
        row("nm^-1", 0, .1);
        row("1/m", 0, 1e-10);
        row("k_A^-1", 0, 1);
        row("q_A^-1", 0, 1 / (2 * std::numbers::pi), true);
        row("q_nm^-1", 0, .1 / (2 * std::numbers::pi), true);
        row("1/\\u00C5", 0, 1);   // ImageJ's escapes
        row("\\u00b5m", 1e3, 0);
        row("\\u00C5^-1", 0, 1);
        row("\\u00", 0, 0);       // not one of them
        row("\xb5m", 1e3, 0);     // Latin-1
        row("1/\xc5", 0, 1);
        row("microns", 1e3, 0);
        row("micrometer", 1e3, 0);
        row("nanometre", 1, 0);
        row("cm", 1e7, 0);
        row("rad/nm", 0, .1 / (2 * std::numbers::pi), true);
        for (const char* other : {"", "px", "mrad", "keV", "s", "bananas", "-1", "1/", "^-1", "q_"})
            row(other[0] ? other : "(empty)", 0, 0);
    }
    void readsUnits()
    {
        QFETCH(QByteArray, unit);
        QFETCH(double, nm);
        QFETCH(double, invA);
        QFETCH(bool, twoPi);
        const std::string text = unit == "(empty)" ? "" : unit.toStdString();
        QCOMPARE(lengthIn_nm(text).value_or(0), nm);
        const auto reciprocal = reciprocalIn_invA(text);
        QCOMPARE(reciprocal.has_value(), invA > 0);
        if (reciprocal) {
            QCOMPARE(reciprocal->factor, invA);
            QCOMPARE(reciprocal->twoPi, twoPi);
        }
    }

    void knowsWavelengths()
    {
        // Williams & Carter, Transmission Electron Microscopy, table 1.2: relativistic wavelengths in nm.
        QVERIFY(std::abs(electronWavelength_A(100e3) - .0370) < 5e-5);
        QVERIFY(std::abs(electronWavelength_A(200e3) - .0251) < 5e-5);
        QVERIFY(std::abs(electronWavelength_A(300e3) - .0197) < 5e-5);
    }

    void convertsAnglesOnlyWithAnEnergy()
    {
        std::vector<Warning> warnings;
        Calibration with, without;
        setQPixel(with, {1, "mrad"}, 64, 200, "f", warnings);
        QCOMPARE(warnings.size(), std::size_t(0));
        QVERIFY(std::abs(with.qPixel_invA.value_or(0) - 1e-3 / .025079) < 1e-6);
        setQPixel(without, {1, "mrad"}, 64, std::nullopt, "f", warnings);
        QVERIFY(!without.qPixel_invA);
        QCOMPARE(warnings.at(0).code, std::string("q_unit"));
    }

    void doubtsPatternsThatReachTooFar()
    {
        // 128 px to the edge: 150 mrad at 200 kV are 0.0467 1/A per pixel, at 60 kV 0.0241.
        const auto codes = [](double q, std::optional<double> energy_kV) {
            std::vector<Warning> warnings;
            Calibration calibration;
            setQPixel(calibration, {q, "1/A"}, 256, energy_kV, "f", warnings);
            return warnings.empty() ? std::string() : warnings[0].code;
        };
        QCOMPARE(codes(.046, {}), std::string());
        QCOMPARE(codes(.047, {}), std::string("q_convention"));
        QCOMPARE(codes(.03, {}), std::string());
        QCOMPARE(codes(.03, 60), std::string("q_convention"));
        QCOMPARE(codes(1e-21, {}), std::string("size_implausible"));
    }

    void seesAnotherOrderOfAxes_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QStringList>("units");
        QTest::addColumn<bool>("other");
        const QStringList none = {"", "", "", ""};
        QTest::newRow("ours") << QStringList{"scan_y", "scan_x", "ky", "kx"} << none << false;
        QTest::newRow("py4DSTEM") << QStringList{"R_x", "R_y", "Q_x", "Q_y"} << none << false;
        QTest::newRow("unknown") << QStringList{"a", "b", "c", "d"} << none << false;
        QTest::newRow("by units") << QStringList{"y", "x", "v", "u"} << QStringList{"nm", "nm", "1/nm", "1/nm"}
                                  << false;
        QTest::newRow("detector first") << QStringList{"ky", "kx", "y", "x"} << none << true;
        QTest::newRow("detector first by units")
            << QStringList{"a", "b", "c", "d"} << QStringList{"1/nm", "1/nm", "nm", "nm"} << true;
        QTest::newRow("x first") << QStringList{"x", "y", "kx", "ky"} << none << true;
        QTest::newRow("energy") << QStringList{"y", "x", "t", "Energy"} << QStringList{"nm", "nm", "s", "eV"} << true;
    }
    void seesAnotherOrderOfAxes()
    {
        QFETCH(QStringList, names);
        QFETCH(QStringList, units);
        QFETCH(bool, other);
        std::vector<NamedAxis> axes;
        for (int i = 0; i < 4; ++i)
            axes.push_back({names[i].toStdString(), units[i].toStdString()});
        const auto warning = otherOrder("/d", axes, "f");
        QCOMPARE(warning.has_value(), other);
        if (warning)
            QVERIFY(warning->message.find(names[0].toStdString()) != std::string::npos);
    }

    void countsTheLineThatADetectorSees_data()
    {
        QTest::addColumn<QByteArray>("element");
        QTest::addColumn<int>("family"); // K, L, M
        QTest::addColumn<double>("keV");
        // X-ray Data Booklet (LBNL, 2009), table 1-2; tolerance below: rounding and weighting of the alpha doublet.
        QTest::newRow("C") << QByteArray("C") << 0 << .277;
        QTest::newRow("O") << QByteArray("O") << 0 << .5249;
        QTest::newRow("Si") << QByteArray("Si") << 0 << 1.740;
        QTest::newRow("Fe") << QByteArray("Fe") << 0 << 6.404;
        QTest::newRow("Cu") << QByteArray("Cu") << 0 << 8.048;
        QTest::newRow("Ge") << QByteArray("Ge") << 0 << 9.886;
        QTest::newRow("Zr") << QByteArray("Zr") << 1 << 2.042;
        QTest::newRow("Sb") << QByteArray("Sb") << 1 << 3.605;
        QTest::newRow("Te") << QByteArray("Te") << 1 << 3.769;
        QTest::newRow("Au") << QByteArray("Au") << 1 << 9.713;
        QTest::newRow("U") << QByteArray("U") << 1 << 13.615;
    }
    void countsTheLineThatADetectorSees()
    {
        QFETCH(QByteArray, element);
        QFETCH(int, family);
        QFETCH(double, keV);
        const auto window = countingWindow(element.toStdString(), .12);
        QVERIFY(window);
        QCOMPARE(static_cast<int>(window->family), family);
        QVERIFY2(std::abs(window->line_keV - keV) < .02, QByteArray::number(window->line_keV).constData());
        // 130 eV full width at Mn K-alpha, less below, more above.
        const double half = (window->high_keV - window->low_keV) / 2;
        QVERIFY(half >= .05 && half < .2);
        QVERIFY(std::abs((window->high_keV + window->low_keV) / 2 - window->line_keV) < 1e-9);
    }

    void leavesOutLinesThatNobodyCounts()
    {
        QVERIFY(!countingWindow("H", .1));
        QVERIFY(!countingWindow("Li", .1)); // 49 eV lies in the noise
        QVERIFY(!countingWindow("Xx", .1));
        QCOMPARE(static_cast<int>(countingWindow("Sb", .1, XrayFamily::K)->family), 0); // 26 keV, as asked
        QCOMPARE(static_cast<int>(countingWindow("Au", .1, XrayFamily::M)->family), 2);
        QCOMPARE(static_cast<int>(countingWindow("Au", .1, XrayFamily::K)->family), 1); // 68 keV is out of reach
        QCOMPARE(elementOfNumber(8).value_or(""), std::string("O"));
        QCOMPARE(elementOfNumber(52).value_or(""), std::string("Te"));
        QVERIFY(!elementOfNumber(0) && !elementOfNumber(99) && !elementOfNumber(-1));
    }
};

QTEST_APPLESS_MAIN(TestPhysicalUnits)
#include "tst_physical_units.moc"
