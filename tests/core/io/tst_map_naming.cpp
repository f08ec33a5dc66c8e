// SPDX-License-Identifier: GPL-3.0-or-later
// What a map shows and in which unit, from file names and values.
#include "core/io/map_naming.h"
#include "core/io/name_matching.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

ElementMap mapOf(const char* quantity, std::vector<float> values)
{
    ElementMap map = emptyMap(quantity, MapUnit::Arbitrary, {1, static_cast<int>(values.size())});
    map.values = std::move(values);
    return map;
}

} // namespace

class TestMapNaming : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void names_data();
    void names();
    void infersUnit_data();
    void infersUnit();
    void noMapsNoUnit();
    void percentBecomesFraction();
    void weightPercentBecomesAtomicFraction();
    void countsStay();
    void naturalOrder();
    void digitRuns_data();
    void digitRuns();
    void scanStems_data();
    void scanStems();
};

void TestMapNaming::names_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("quantity"); ///< empty: the name does not tell
    QTest::addColumn<QString>("hint");
    QTest::addColumn<QString>("stem");
    QTest::newRow("paper") << "GST - 0033-Ge-at.mrc"
                           << "Ge"
                           << "at"
                           << "GST - 0033";
    QTest::newRow("detector") << "GST - 0033-HAADF.mrc"
                              << "HAADF"
                              << ""
                              << "GST - 0033";
    QTest::newRow("bright field") << "scan_BF.tif"
                                  << "BF"
                                  << ""
                                  << "scan";
    QTest::newRow("DF2") << "scan DF2.tif"
                         << "DF2"
                         << ""
                         << "scan";
    QTest::newRow("DF4") << "a-DF4.mrc"
                         << "DF4"
                         << ""
                         << "a";
    QTest::newRow("colour mix") << "GST - 0033-ColorMix.tif"
                                << ""
                                << ""
                                << "";
    QTest::newRow("at is a quantity") << "Si-O-at.mrc"
                                      << "O"
                                      << "at"
                                      << "Si";
    QTest::newRow("At is astatine") << "x-At.mrc"
                                    << "At"
                                    << ""
                                    << "x";
    QTest::newRow("case sensitive") << "x-GE-at.mrc"
                                    << ""
                                    << ""
                                    << "";
    QTest::newRow("no element") << "x-Xx-at.mrc"
                                << ""
                                << ""
                                << "";
    QTest::newRow("percent") << "map_Te_at%.tif"
                             << "Te"
                             << "at"
                             << "map";
    QTest::newRow("percent alone") << "map Te%.tif"
                                   << "Te"
                                   << ""
                                   << "map";
    QTest::newRow("line") << "map-TeL-net.tif"
                          << "Te"
                          << "net"
                          << "map";
    QTest::newRow("Siegbahn line") << "map-SiKa1 cts.tif"
                                   << "Si"
                                   << "cts"
                                   << "map";
    QTest::newRow("weight") << "a b-Sb wt.mrc"
                            << "Sb"
                            << "wt"
                            << "a b";
    QTest::newRow("counts") << "a-Sb_counts.mrc"
                            << "Sb"
                            << "counts"
                            << "a";
    QTest::newRow("whole stem") << "O.tif"
                                << "O"
                                << ""
                                << "";
    QTest::newRow("last match") << "Ge-Sb-Te-O-at.mrc"
                                << "O"
                                << "at"
                                << "Ge-Sb-Te";
    QTest::newRow("diffraction") << "0033 4DSTEM.h5"
                                 << ""
                                 << ""
                                 << "";
    QTest::newRow("ordinary word") << "my-Sample.mrc"
                                   << ""
                                   << ""
                                   << "";
}

void TestMapNaming::names()
{
    QFETCH(QString, file);
    QFETCH(QString, quantity);
    QFETCH(QString, hint);
    QFETCH(QString, stem);
    const auto naming = mapNaming(std::filesystem::path("/some-Au/folder") / file.toStdString());
    QCOMPARE(naming.has_value(), !quantity.isEmpty());
    if (!naming)
        return;
    QCOMPARE(QString::fromStdString(naming->quantity), quantity);
    QCOMPARE(QString::fromStdString(naming->hint.value_or("")), hint);
    QCOMPARE(QString::fromStdString(naming->stem), stem);
}

void TestMapNaming::infersUnit_data()
{
    QTest::addColumn<QList<float>>("ge");
    QTest::addColumn<QList<float>>("te");
    QTest::addColumn<QString>("hint");
    QTest::addColumn<MapUnit>("unit");
    QTest::addColumn<bool>("warns");
    QTest::newRow("fraction") << QList<float>{0.4f, 0.5f, 0.2f} << QList<float>{0.6f, 0.5f, 0.8f} << "at"
                              << MapUnit::Fraction << false;
    QTest::newRow("percent") << QList<float>{40.5f, 50, 20} << QList<float>{59.5f, 50, 80} << "at" << MapUnit::Percent
                             << false;
    QTest::newRow("percent of whole numbers")
        << QList<float>{40, 50, 20} << QList<float>{60, 50, 80} << "at" << MapUnit::Percent << false;
    QTest::newRow("no hint, fraction") << QList<float>{0.4f, 0.5f, 0.2f} << QList<float>{0.6f, 0.5f, 0.8f} << ""
                                       << MapUnit::Fraction << false;
    QTest::newRow("no hint, counts") << QList<float>{12, 0, 3} << QList<float>{88, 100, 97} << "" << MapUnit::Counts
                                     << false;
    QTest::newRow("counts by name") << QList<float>{0.5f, 0.25f, 0} << QList<float>{0.5f, 0.75f, 1} << "net"
                                    << MapUnit::Counts << false;
    QTest::newRow("weight percent") << QList<float>{30.5f, 40, 50} << QList<float>{69.5f, 60, 50} << "wt"
                                    << MapUnit::WeightPercent << false;
    QTest::newRow("some elements missing")
        << QList<float>{0.1f, 0.2f, 0.1f} << QList<float>{0.3f, 0.2f, 0.3f} << "at" << MapUnit::Fraction << true;
    QTest::newRow("some elements missing, percent")
        << QList<float>{10.5f, 20, 10} << QList<float>{30.5f, 20, 30} << "at" << MapUnit::Percent << true;
    QTest::newRow("fits nothing") << QList<float>{1000.5f, 2000, 1} << QList<float>{30.5f, 20, 3000} << ""
                                  << MapUnit::Arbitrary << true;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("no data at all") << QList<float>{nan, nan, nan} << QList<float>{1, 2, 3} << "at"
                                    << MapUnit::Arbitrary << true;
    QTest::newRow("no data in places") << QList<float>{nan, 0.4f, 0.5f} << QList<float>{1, 0.6f, 0.5f} << "at"
                                       << MapUnit::Fraction << false;
}

void TestMapNaming::infersUnit()
{
    QFETCH(QList<float>, ge);
    QFETCH(QList<float>, te);
    QFETCH(QString, hint);
    QFETCH(MapUnit, unit);
    QFETCH(bool, warns);
    const std::vector<ElementMap> maps = {mapOf("Ge", {ge.begin(), ge.end()}), mapOf("Te", {te.begin(), te.end()}),
                                          mapOf("HAADF", {5000, 6000, 7000})}; // a detector does not count
    const auto result = inferCompositionUnit(maps, {hint.toStdString(), hint.toStdString(), ""});
    QCOMPARE(mapUnitName(result.unit), mapUnitName(unit));
    QCOMPARE(result.warning.has_value(), warns);
}

void TestMapNaming::noMapsNoUnit()
{
    QCOMPARE(inferCompositionUnit({}, {}).unit, MapUnit::Arbitrary);
    QVERIFY(!inferCompositionUnit({mapOf("HAADF", {1, 2})}, {""}).warning);
}

void TestMapNaming::percentBecomesFraction()
{
    std::vector<ElementMap> maps = {mapOf("Ge", {40, 25}), mapOf("HAADF", {5000, 6000})};
    maps[0].unit = MapUnit::Percent;
    convertToFraction(maps);
    QCOMPARE(maps[0].values, (std::vector<float>{0.4f, 0.25f}));
    QCOMPARE(maps[0].unit, MapUnit::Fraction);
    QCOMPARE(maps[1].values, (std::vector<float>{5000, 6000}));
}

void TestMapNaming::weightPercentBecomesAtomicFraction()
{
    // SiO2 is 28.085 parts Si and 2 x 15.999 parts O by weight: one third and two thirds of the atoms.
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float si = 100 * 28.085f / (28.085f + 2 * 15.999f);
    std::vector<ElementMap> maps = {mapOf("Si", {si, 0, nan, 100}), mapOf("O", {100 - si, 0, 50, 0})};
    for (ElementMap& map : maps)
        map.unit = MapUnit::WeightPercent;
    convertToFraction(maps);
    QVERIFY(std::abs(maps[0].values[0] - 1.0f / 3) < 1e-6f); // rounding of float32
    QVERIFY(std::abs(maps[1].values[0] - 2.0f / 3) < 1e-6f);
    QCOMPARE(maps[0].values[1], 0.0f);
    QVERIFY(!ElementMap::isData(maps[0].values[2]));
    QVERIFY(!ElementMap::isData(maps[1].values[2]));
    QCOMPARE(maps[0].values[3], 1.0f);
    QCOMPARE(maps[0].unit, MapUnit::Fraction);
    QCOMPARE(maps[1].unit, MapUnit::Fraction);
}

void TestMapNaming::countsStay()
{
    std::vector<ElementMap> maps = {mapOf("Si", {7})};
    maps[0].unit = MapUnit::Counts;
    convertToFraction(maps);
    QCOMPARE(maps[0].values[0], 7.0f);
    QCOMPARE(maps[0].unit, MapUnit::Counts);
}

void TestMapNaming::naturalOrder()
{
    std::vector<std::string> names = {"0110", "scan 10", "0037", "Scan 2", "0033", "scan 2b"};
    std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return naturalLess(a, b); });
    QCOMPARE(names, (std::vector<std::string>{"0033", "0037", "0110", "Scan 2", "scan 2b", "scan 10"}));
    QVERIFY(!naturalLess("a1", "a1"));
    QVERIFY(naturalLess("a01", "a1") != naturalLess("a1", "a01"));
    QVERIFY(naturalLess("a99999999999999999999998", "a99999999999999999999999")); // longer than any integer type
}

void TestMapNaming::digitRuns_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("runs");
    QTest::newRow("paper") << "0033 4DSTEM" << QStringList{"0033"};
    QTest::newRow("two") << "20241021_00405_movie" << QStringList{"20241021", "00405"};
    QTest::newRow("none") << "DF2 a12b" << QStringList{};
    QTest::newRow("at the end") << "x-123" << QStringList{"123"};
}

void TestMapNaming::digitRuns()
{
    QFETCH(QString, text);
    QFETCH(QStringList, runs);
    QStringList found;
    for (const std::string& run : dispersa::digitRuns(text.toStdString()))
        found << QString::fromStdString(run);
    QCOMPARE(found, runs);
}

void TestMapNaming::scanStems_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("stem");
    QTest::newRow("paper") << "0033 4DSTEM.h5"
                           << "0033";
    QTest::newRow("movie") << "20241021_00405_movie.mrc"
                           << "20241021_00405";
    QTest::newRow("two words") << "grain_4D-STEM_datacube.h5"
                               << "grain";
    QTest::newRow("nothing else") << "4DSTEM.h5"
                                  << "4DSTEM";
    QTest::newRow("no word") << "sample a.h5"
                             << "sample a";
}

void TestMapNaming::scanStems()
{
    QFETCH(QString, file);
    QFETCH(QString, stem);
    QCOMPARE(QString::fromStdString(scanStem(file.toStdString())), stem);
}

QTEST_APPLESS_MAIN(TestMapNaming)
#include "tst_map_naming.moc"
