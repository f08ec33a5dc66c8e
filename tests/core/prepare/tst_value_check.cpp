// SPDX-License-Identifier: GPL-3.0-or-later
// Values that are no counts: found in a sample of patterns, said in words, and signs given back.
#include <QTest>

#include "core/data/signed_scan.h"
#include "core/prepare/value_check.h"
#include "tests/support/memory_scan.h"

#include <algorithm>
#include <limits>

using namespace dispersa;

class TestValueCheck : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void countsAreFine();
    void lostSigns();
    void aSaturatedDetectorIsNoLostSign();
    void negativeAndNotFinite();
    void missingPatternsAreLeftOut();
    void unreadable();
    void signsComeBack();
};

static QStringList codes(const DiffractionScan& scan)
{
    QStringList found;
    for (const Warning& warning : valueWarnings(*checkValues(scan), scan))
        found << QString::fromStdString(warning.code);
    return found;
}

void TestValueCheck::countsAreFine()
{
    const MemoryScan scan({2, 3}, {2, 2}, std::vector<std::uint16_t>(24, 7));
    const auto check = *checkValues(scan);
    QCOMPARE(check.patterns, 6);
    QCOMPARE(check.values, 24);
    QCOMPARE(codes(scan), QStringList());
}

void TestValueCheck::lostSigns()
{
    std::vector<std::uint16_t> values(24, 900);
    values[3] = 65535;
    values[9] = 65501;
    const MemoryScan scan({2, 3}, {2, 2}, values);
    QCOMPARE(checkValues(scan)->wrapped, 2);
    QCOMPARE(codes(scan), QStringList{"patterns_lost_sign"});
    const auto text = valueWarnings(*checkValues(scan), scan).front().message;
    QVERIFY2(text.find("2 of 24 values") != std::string::npos, text.c_str());
}

void TestValueCheck::aSaturatedDetectorIsNoLostSign()
{
    std::vector<std::uint16_t> values(24, 900);
    values[3] = 65535;
    values[5] = 65535;
    QCOMPARE(codes(MemoryScan({2, 3}, {2, 2}, values)), QStringList()); // one value alone: masked or saturated
    values[5] = 65534;
    QCOMPARE(codes(MemoryScan({2, 3}, {2, 2}, values)), QStringList{"patterns_lost_sign"});
    values[4] = 40000; // the range below is used: 65535 is the ceiling
    QCOMPARE(codes(MemoryScan({2, 3}, {2, 2}, values)), QStringList());
}

void TestValueCheck::negativeAndNotFinite()
{
    std::vector<float> values(24, 1.0f);
    values[0] = -1;
    values[5] = std::numeric_limits<float>::quiet_NaN();
    values[6] = std::numeric_limits<float>::infinity();
    const MemoryScan scan({2, 3}, {2, 2}, values);
    QCOMPARE(checkValues(scan)->negative, 1);
    QCOMPARE(checkValues(scan)->notFinite, 2);
    QCOMPARE(codes(scan), (QStringList{"patterns_negative", "patterns_not_finite"}));
    QCOMPARE(codes(MemoryScan({2, 3}, {2, 2}, std::vector<std::int16_t>(24, -3))), QStringList{"patterns_negative"});
}

void TestValueCheck::missingPatternsAreLeftOut()
{
    MemoryScan scan({2, 3}, {2, 2}, std::vector<std::uint16_t>(24, 7));
    scan.stopAfter(2);
    QCOMPARE(checkValues(scan)->patterns, 2);
}

void TestValueCheck::unreadable()
{
    MemoryScan scan({2, 3}, {2, 2}, std::vector<std::uint16_t>(24, 7));
    scan.breakAtRow(1);
    QCOMPARE(checkValues(scan).error().code, ErrorCode::FileUnreadable);
}

void TestValueCheck::signsComeBack()
{
    const auto scan = std::make_shared<MemoryScan>(ScanShape{1, 2}, PatternShape{1, 2},
                                                   std::vector<std::uint16_t>{1, 65535, 65501, 2});
    const auto repaired = withSign(scan);
    QVERIFY(repaired);
    QCOMPARE((*repaired)->elementType(), ElementType::Int16);
    QCOMPARE(*(*repaired)->pattern({0, 0}), (std::vector<float>{1, -1}));
    QCOMPARE(*(*repaired)->pattern({0, 1}), (std::vector<float>{-35, 2}));
    QCOMPARE(codes(**repaired), QStringList{"patterns_negative"});
    const auto floats = std::make_shared<MemoryScan>(ScanShape{1, 1}, PatternShape{1, 1}, std::vector<float>{1});
    QCOMPARE(withSign(floats).error().code, ErrorCode::InvalidArgument);
}

QTEST_APPLESS_MAIN(TestValueCheck)
#include "tst_value_check.moc"
