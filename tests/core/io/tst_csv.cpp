// SPDX-License-Identifier: GPL-3.0-or-later
// Reading maps in plain text: separators, decimal marks, headers, missing values, and tables that are none.
#include "core/io/csv_table.h"
#include "core/io/format.h"
#include "core/io/map_writers.h"
#include "tests/core/io/detector_fixtures.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace dispersa;
namespace fs = std::filesystem;

class TestCsv : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path write(const std::string& bytes, const char* name = "map.csv") const
    {
        return test::writeBytes(fs::path(m_folder.path().toStdString()) / name, bytes);
    }

  private Q_SLOTS:
    void readsTables_data();
    void readsTables();
    void missingValues_data();
    void missingValues();
    void quantityFromName();
    void readsWhatWeWrite();
    void otherTextIsUnknown_data();
    void otherTextIsUnknown();
    void badTables_data();
    void badTables();
    void wideTextFileIsClaimed();
};

void TestCsv::readsTables_data()
{
    QTest::addColumn<QByteArray>("text"); ///< 1.5 2 3 / -4 5e1 0.25
    QTest::newRow("commas") << QByteArray("1.5,2,3\n-4,5e1,0.25\n");
    QTest::newRow("commas and blanks") << QByteArray("1.5, 2, 3\n-4, 5e1, 0.25\n");
    QTest::newRow("no line end") << QByteArray("1.5,2,3\n-4,5e1,0.25");
    QTest::newRow("Windows") << QByteArray("1.5,2,3\r\n-4,5e1,0.25\r\n");
    QTest::newRow("old Macintosh") << QByteArray("1.5,2,3\r-4,5e1,0.25\r");
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                   "1.5,2,3\n-4,5e1,0.25\n");
    QTest::newRow("semicolons") << QByteArray("1.5;2;3\n-4;5e1;0.25\n");
    QTest::newRow("semicolons, decimal comma") << QByteArray("1,5;2;3\n-4;5E+1;0,25\n");
    QTest::newRow("tabs") << QByteArray("1.5\t2\t3\n-4\t5e1\t0.25\n");
    QTest::newRow("tabs, decimal comma") << QByteArray("1,5\t2\t3\n-4\t5e1\t0,25\n");
    QTest::newRow("blanks") << QByteArray("  1.5  2 3\n -4  5e1 0.25\n");
    QTest::newRow("blanks, decimal comma") << QByteArray("1,5 2,0 3,0\n-4,0 5e1 0,25\n");
    QTest::newRow("separator at the end") << QByteArray("1.5,2,3,\n-4,5e1,0.25,\n");
    QTest::newRow("header") << QByteArray("x0,x1,x2\n1.5,2,3\n-4,5e1,0.25\n");
    QTest::newRow("header of another width") << QByteArray("Net counts of Ge\n\n1.5,2,3\n-4,5e1,0.25\n");
    QTest::newRow("comments") << QByteArray("# Ge\n1.5,2,3\n% half way\n// and\n-4,5e1,0.25\n\n");
    QTest::newRow("quotes") << QByteArray("\"1.5\",\"2\",\"3\"\n\"-4\",\"5e1\",\"0.25\"\n");
    QTest::newRow("plus signs") << QByteArray("+1.5,+2,3\n-4,+5e1,0.25\n");
}

void TestCsv::readsTables()
{
    QFETCH(QByteArray, text);
    const fs::path path = write(text.toStdString());
    const auto info = inspectFile(path);
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->format, std::string("csv"));
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 3}));
    const auto map = readMap(path);
    QVERIFY(map);
    QCOMPARE(map->values, (std::vector<float>{1.5f, 2, 3, -4, 50, 0.25f}));
    const auto statistics = test::formatNamed("csv").statistics(path, "", {}, {});
    QCOMPARE(statistics->sum, 52.75);
    QCOMPARE(statistics->min, -4.0);
    QCOMPARE(readMap(path, "page").error().code, ErrorCode::DatasetMissing);
    QCOMPARE(openDiffraction(path).error().code, ErrorCode::FormatUnsupported);
}

void TestCsv::missingValues_data()
{
    QTest::addColumn<QByteArray>("text"); ///< 1 2 3 / 4 - 6, then maybe more
    QTest::addColumn<int>("rows");
    for (const char* word : {"nan", "NaN", "-nan", "NA", "n/a", "null", "-", "--", "inf", "-Inf", ""})
        QTest::addRow("word '%s'", word) << QByteArray("1,2,3\n4,") + word + QByteArray(",6\n") << 2;
    QTest::newRow("nan between blanks") << QByteArray("1 2 3\n4 nan 6\n") << 2;
    QTest::newRow("beyond a double") << QByteArray("1,2,3\n4,1e999,6\n") << 2;
    QTest::newRow("last of one row") << QByteArray("1,2,3\n4,,6\n7,8,\n") << 3;
    QTest::newRow("first row without data") << QByteArray("1,2,3\n4,,6\n,,\n") << 3;
}

void TestCsv::missingValues()
{
    QFETCH(QByteArray, text);
    QFETCH(int, rows);
    const auto map = readMap(write(text.toStdString()));
    QVERIFY2(map, map ? "" : map.error().message.c_str());
    QCOMPARE(map->shape, (ScanShape{rows, 3}));
    QCOMPARE(map->at(1, 0), 4.0f);
    QVERIFY(std::isnan(map->at(1, 1)));
    QCOMPARE(map->at(1, 2), 6.0f);
    if (rows == 3)
        QVERIFY(std::isnan(map->at(2, 2)));
}

void TestCsv::quantityFromName()
{
    const auto map = readMap(write("1,2\n3,4\n", "GST - 0033-Te-net.csv"));
    QCOMPARE(map->quantity, std::string("Te"));
    QVERIFY(map->unit == MapUnit::Counts);
    QCOMPARE(*inspectFile(write("1 2\n3 4\n", "0033-HAADF.txt"))->items[0].quantity, std::string("HAADF"));
}

void TestCsv::readsWhatWeWrite()
{
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    ElementMap map = emptyMap("O", MapUnit::Fraction, {3, 4});
    map.values = {none, none, none, none, 0.1f, -1e-20f, 3, none, none, 16777216, 0.3333333f, 7};
    const fs::path path = fs::path(m_folder.path().toStdString()) / "scan-O-predicted.csv";
    QVERIFY(writeMapCsv(map, path));
    const auto back = readMap(path);
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QCOMPARE(back->shape, map.shape);
    for (std::size_t i = 0; i < map.values.size(); ++i)
        QVERIFY(std::isnan(map.values[i]) ? std::isnan(back->values[i]) : back->values[i] == map.values[i]);
}

void TestCsv::otherTextIsUnknown_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("prose") << QByteArray("hello, world\n1,2\n");
    QTest::newRow("a number") << QByteArray("42\n");
    QTest::newRow("key and value") << QByteArray("Scan - Size X 64\n");
    QTest::newRow("only comments") << QByteArray("# 1 2 3\n");
}

void TestCsv::otherTextIsUnknown()
{
    QFETCH(QByteArray, text);
    QCOMPARE(inspectFile(write(text.toStdString(), "notes.txt")).error().code, ErrorCode::FormatUnknown);
}

void TestCsv::badTables_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* name, const QByteArray& text, const char* said) {
        QTest::newRow(name) << text << ErrorCode::FormatInvalid << QString(said);
    };
    row("row too short", "# map\n1,2,3\n4,5\n", "line 3 has 2 fields, the other rows have 3");
    row("row too long", "1,2,3\n4,5,6,7\n", "line 2 has 4 fields");
    row("rows counted by \\r\\n once", "1,2\r\n3,4\r\n5\r\n", "line 3 has 1 fields");
    row("text among numbers", "1,2,3\n4,five,6\n", "line 2 holds 'five'");
    row("number with a unit", "1 2 3\n4 5 6nm\n", "line 2 holds '6nm'");
    row("both decimal marks", "1,5;2\n1.5;2\n", "line 2 holds '1.5'");
    row("thousands", "1;2\n1.234.567;2\n", "line 2 holds");
    row("two signs", "1;2\n+-1;2\n", "line 2 holds");
    row("bytes that are no text", QByteArray("1,2\n\x01\xff,2\n"), "line 2 holds '\?\?'");
    row("no numbers", "a,b\nc,d\n", "no row of numbers");
    row("only blank lines", "\n\n\n", "no row of numbers");
    row("more columns than a map has", QByteArray("1,2\n") + QByteArray(70000, ','), "line 2");
    row("first row of 70000 columns", "0" + QByteArray(",1").repeated(70000) + "\n", "line 1");
    QTest::newRow("UTF-16") << QByteArray("\xFF\xFE"
                                          "1\0,\0"
                                          "2\0",
                                          8)
                            << ErrorCode::FormatUnsupported << "UTF-16";
}

void TestCsv::badTables()
{
    QFETCH(QByteArray, text);
    QFETCH(ErrorCode, code);
    QFETCH(QString, said);
    const fs::path path = write(text.toStdString());
    const auto info = inspectFile(path);
    QVERIFY(!info);
    QCOMPARE(info.error().code, code);
    QVERIFY2(QString::fromStdString(info.error().message).contains(said), info.error().message.c_str());
    QVERIFY(info.error().message.find("map.csv") != std::string::npos);
    QCOMPARE(readMap(path).error().code, code);
    QVERIFY(!test::formatNamed("csv").statistics(path, "", {}, {}));
}

void TestCsv::wideTextFileIsClaimed()
{
    std::string line;
    for (int i = 0; i < 1000; ++i)
        line += std::to_string(i) + ".25 ";
    const auto info = inspectFile(write(line + "\n" + line + "\n", "wide.txt"));
    QVERIFY2(info, info ? "" : info.error().message.c_str());
    QCOMPARE(info->items[0].shape, (std::vector<std::int64_t>{2, 1000}));
}

QTEST_APPLESS_MAIN(TestCsv)
#include "tst_csv.moc"
