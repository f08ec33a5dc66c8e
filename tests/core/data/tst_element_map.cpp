// SPDX-License-Identifier: GPL-3.0-or-later
// Maps as values, the periodic table, and number types of files.
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace dispersa;

class TestElementMap : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void emptyMapHasNoData();
    void cropKeepsRowsAndProperties();
    void rangeLeavesOutNoData();
    void unitWordsRoundTrip();
    void symbols_data();
    void symbols();
    void halfFloats_data();
    void halfFloats();
    void unalignedValuesConvert();
};

void TestElementMap::emptyMapHasNoData()
{
    const ElementMap map = emptyMap("Te", MapUnit::Fraction, {2, 3});
    QCOMPARE(map.values.size(), std::size_t(6));
    QVERIFY(!validRange(map));
    QVERIFY(!ElementMap::isData(map.at(1, 2)));
}

void TestElementMap::cropKeepsRowsAndProperties()
{
    ElementMap map = emptyMap("Te", MapUnit::Percent, {3, 4});
    for (std::size_t i = 0; i < 12; ++i)
        map.values[i] = static_cast<float>(i);
    map.scanStep_nm = 1.5;
    const ElementMap part = cropped(map, {1, 2, 2, 2});
    QCOMPARE(part.values, (std::vector<float>{6, 7, 10, 11}));
    QVERIFY((part.shape == ScanShape{2, 2}));
    QCOMPARE(part.quantity, std::string("Te"));
    QCOMPARE(part.unit, MapUnit::Percent);
    QCOMPARE(*part.scanStep_nm, 1.5);
}

void TestElementMap::rangeLeavesOutNoData()
{
    ElementMap map = emptyMap("Te", MapUnit::Fraction, {1, 4});
    map.values = {std::numeric_limits<float>::quiet_NaN(), -2, std::numeric_limits<float>::infinity(), 5};
    QCOMPARE(validRange(map)->low, -2.0);
    QCOMPARE(validRange(map)->high, 5.0);
}

void TestElementMap::unitWordsRoundTrip()
{
    for (const MapUnit unit :
         {MapUnit::Fraction, MapUnit::Percent, MapUnit::WeightPercent, MapUnit::Counts, MapUnit::Arbitrary})
        QCOMPARE(*mapUnitNamed(mapUnitName(unit)), unit);
    QVERIFY(!mapUnitNamed("Fraction"));
    QVERIFY(!mapUnitNamed(""));
}

void TestElementMap::symbols_data()
{
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<double>("weight"); ///< IUPAC 2021, abridged; 0: no element
    QTest::newRow("H") << "H" << 1.008;
    QTest::newRow("O") << "O" << 15.999;
    QTest::newRow("Ge") << "Ge" << 72.630;
    QTest::newRow("Te") << "Te" << 127.60;
    QTest::newRow("last") << "Og" << 294.0;
    QTest::newRow("upper case") << "GE" << 0.0;
    QTest::newRow("lower case") << "ge" << 0.0;
    QTest::newRow("detector") << "HAADF" << 0.0;
    QTest::newRow("empty") << "" << 0.0;
}

void TestElementMap::symbols()
{
    QFETCH(QString, symbol);
    QFETCH(double, weight);
    QCOMPARE(isElementSymbol(symbol.toStdString()), weight > 0);
    QCOMPARE(atomicWeight(symbol.toStdString()).value_or(0), weight);
}

void TestElementMap::halfFloats_data()
{
    QTest::addColumn<quint16>("bits");
    QTest::addColumn<double>("value"); ///< IEEE 754 binary16
    QTest::newRow("one") << quint16(0x3C00) << 1.0;
    QTest::newRow("minus two") << quint16(0xC000) << -2.0;
    QTest::newRow("largest") << quint16(0x7BFF) << 65504.0;
    QTest::newRow("smallest normal") << quint16(0x0400) << std::ldexp(1.0, -14);
    QTest::newRow("smallest subnormal") << quint16(0x0001) << std::ldexp(1.0, -24);
    QTest::newRow("a third") << quint16(0x3555) << 0.333251953125;
    QTest::newRow("infinity") << quint16(0x7C00) << std::numeric_limits<double>::infinity();
}

void TestElementMap::halfFloats()
{
    QFETCH(quint16, bits);
    QFETCH(double, value);
    std::array<double, 1> out = {};
    convertToDouble(ElementType::Float16, std::as_bytes(std::span(&bits, 1)), out);
    QCOMPARE(out[0], value);
}

void TestElementMap::unalignedValuesConvert()
{
    std::array<std::byte, 9> raw = {};
    const std::array<float, 2> values = {1.5f, -3};
    std::memcpy(raw.data() + 1, values.data(), 8);
    std::array<float, 2> out = {};
    convertToFloat(ElementType::Float32, std::span(raw).subspan(1), out);
    QCOMPARE(out, values);
    for (const ElementType type : {ElementType::Int8, ElementType::UInt16, ElementType::Int64, ElementType::Float64})
        QVERIFY(elementSize(type) > 0 && std::strlen(elementTypeName(type)) > 3);
}

QTEST_APPLESS_MAIN(TestElementMap)
#include "tst_element_map.moc"
