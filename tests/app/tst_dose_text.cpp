// SPDX-License-Identifier: GPL-3.0-or-later
// What a dose plan says in words, and shares as they are typed.
#include "app/text/dose_text.h"

#include <QTest>

using namespace dispersa;

namespace {

const std::vector<LearningCurve>& curves()
{
    static const std::vector<LearningCurve> all = {
        {"O", {{0.1, 3, 0.952, 0.012}, {0.2, 3, 0.961, 0.004}, {1, 1, 0.97, std::nullopt}}},
        {"Te", {{0.1, 3, 0.7, 0.05}, {0.2, 3, 0.84, 0.03}, {1, 1, 0.86, std::nullopt}}}};
    return all;
}

} // namespace

class TestDoseText : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void readsShares_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("again"); // empty: refused
        QTest::newRow("usual") << "5, 10, 20, 35, 60, 100" << "5, 10, 20, 35, 60, 100";
        QTest::newRow("any order, each once") << "100 20;20  2.5 %" << "2.5, 20, 100";
        QTest::newRow("one") << "50" << "50";
        QTest::newRow("empty") << " , " << "";
        QTest::newRow("zero") << "0, 10" << "";
        QTest::newRow("too much") << "10, 101" << "";
        QTest::newRow("negative") << "-5" << "";
        QTest::newRow("a word") << "10, all" << "";
        QTest::newRow("not a number") << "nan" << "";
    }
    void readsShares()
    {
        QFETCH(QString, text);
        QFETCH(QString, again);
        const auto shares = sharesFromText(text);
        QCOMPARE(shares.has_value(), !again.isEmpty());
        if (shares)
            QCOMPARE(sharesText(*shares), again);
    }

    void saysWhatAShareGives()
    {
        // Two decimals, three where the spread would round to nothing.
        QCOMPARE(doseSentence(curves(), DoseKind::Area, 0.2),
                 QString("20 % of the EDS area gives r = 0.961 ± 0.004 for O, 0.84 ± 0.03 for Te."));
        QCOMPARE(doseSentence(curves(), DoseKind::Counts, 1),
                 QString("100 % of the X-ray counts gives r = 0.97 for O, 0.86 for Te."));
        const std::vector<LearningCurve> sure = {{"O", {{1, 2, 0.998, 0.0004}}}, {"Te", {{1, 2, 0.99, 0.00001}}}};
        QCOMPARE(doseSentence(sure, DoseKind::Area, 1),
                 QString("100 % of the EDS area gives r = 0.9980 ± 0.0004 for O, 0.9900 ± less than 0.0001 for Te."));
        QVERIFY(doseSentence(curves(), DoseKind::Area, 0.5).isEmpty());
        QVERIFY(doseSentence({}, DoseKind::Area, 1).isEmpty());
    }

    void saysWhatIsEnough()
    {
        QCOMPARE(enoughSentence(curves(), DoseKind::Area, 0.02),
                 QString("20 % of the EDS area is enough: every map is within 0.02 in r of the best."));
        QCOMPARE(enoughSentence(curves(), DoseKind::Area, 0.01),
                 QString("No less than 100 % of the EDS area is enough: less costs Te more than 0.01 in r."));
        QVERIFY(enoughSentence(curves(), DoseKind::Counts, 0.2).startsWith("10 % of the X-ray counts is enough"));
        QVERIFY(enoughSentence({}, DoseKind::Area, 0.02).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestDoseText)
#include "tst_dose_text.moc"
