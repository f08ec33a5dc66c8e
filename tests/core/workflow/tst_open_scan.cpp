// SPDX-License-Identifier: GPL-3.0-or-later
// What is said about the values of a scan's maps, and what is not lost when its files are broken.
#include "core/workflow/open_scan.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace dispersa;
using dispersa::test::MrcFixture;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

} // namespace

class TestOpenScan : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path file(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    StudyScan scanWith(const std::filesystem::path& map, const std::string& dataset = {}) const
    {
        StudyScan scan;
        scan.name = "a";
        MapSource source;
        source.quantity = "HAADF";
        source.path = map;
        source.dataset = dataset;
        scan.maps.push_back(source);
        return scan;
    }
    static QStringList codes(const OpenedScan& scan)
    {
        QStringList list;
        for (const Warning& warning : scan.warnings)
            list << QString::fromStdString(warning.code);
        return list;
    }

  private Q_SLOTS:
    void saysWhatIsWrongWithAMap_data()
    {
        QTest::addColumn<QList<float>>("values");
        QTest::addColumn<QStringList>("warnings");
        const QStringList none;
        QTest::newRow("good") << QList<float>{1, 2, 3, 4} << none;
        QTest::newRow("negative") << QList<float>{-1, 2, -3, 4} << none; // the sign is kept
        QTest::newRow("all zero") << QList<float>{0, 0, 0, 0} << QStringList{"constant_map"};
        QTest::newRow("constant") << QList<float>{7, 7, 7, 7} << QStringList{"constant_map"};
        QTest::newRow("constant but for a gap") << QList<float>{7, missing, 7, 7} << QStringList{"constant_map"};
        QTest::newRow("no data") << QList<float>{missing, infinite, missing, missing} << QStringList{"map_without_data"};
        QTest::newRow("some NaN") << QList<float>{missing, 2, infinite, 4} << QStringList{"invalid_pixels"};
        QTest::newRow("wrapped sign") << QList<float>{65535, 2, 65530, 4} << QStringList{"wrapped_sign"};
        QTest::newRow("saturated") << QList<float>{65535, 2, 65535, 4} << none;
        QTest::newRow("bright") << QList<float>{65535, 65530, 40000, 4} << none;
        QTest::newRow("no whole numbers") << QList<float>{65535, 65530.5f, 3, 4} << none;
    }
    void saysWhatIsWrongWithAMap()
    {
        QFETCH(QList<float>, values);
        QFETCH(QStringList, warnings);
        MrcFixture mrc;
        mrc.nx = mrc.ny = 2;
        for (const float value : values)
            mrc.append(value);
        const auto opened = openScan(scanWith(mrc.write(file("map.mrc"))), {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE(codes(**opened), warnings);
        for (qsizetype i = 0; i < 4; ++i) // nothing is mended on suspicion
            if (!std::isnan(values[i]))
                QCOMPARE((*opened)->maps.at(0)->values[static_cast<std::size_t>(i)], values[i]);
    }

    void wrappedSignCanBeUndone()
    {
        MrcFixture mrc;
        mrc.nx = mrc.ny = 2;
        mrc.mode = 6;
        for (const int value : {65535, 2, 65530, 4})
            mrc.append(static_cast<std::uint16_t>(value));
        const auto path = mrc.write(file("wrapped.mrc"));
        QCOMPARE(codes(**openScan(scanWith(path), {})), QStringList{"wrapped_sign"});
        const auto opened = openScan(scanWith(path, "int16"), {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QVERIFY(codes(**opened).isEmpty());
        QCOMPARE((*opened)->maps.at(0)->values, (std::vector<float>{-1, 2, -6, 4}));
    }

    void missingPatternsAreSaid()
    {
        MrcFixture mrc;
        mrc.mode = 6;
        mrc.nz = 6;
        for (int i = 0; i < 4 * 12; ++i)
            mrc.append(static_cast<std::uint16_t>(i));
        StudyScan scan;
        scan.name = "a";
        scan.diffraction = DiffractionSource{};
        scan.diffraction->path = mrc.write(file("short.mrc"));
        scan.diffraction->scanShape = ScanShape{2, 3};
        const auto opened = openScan(scan, {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE(codes(**opened), QStringList{"file_truncated"}); // once
        QVERIFY(QString::fromStdString((*opened)->warnings.back().message).contains("4 of 6 frames"));
        QCOMPARE((*opened)->diffraction->availablePatterns(), 4);
        QCOMPARE((*opened)->diffraction->pattern({1, 0})->at(0), 36.0f);
        // A grid with room for more than the file announces is another matter than the file that ends.
        scan.diffraction->scanShape = ScanShape{2, 4};
        scan.diffraction->order.partial = true;
        const auto larger = openScan(scan, {});
        QVERIFY2(larger, larger ? "" : larger.error().message.c_str());
        QCOMPARE(codes(**larger), (QStringList{"file_truncated", "patterns_missing"}));
        QVERIFY(QString::fromStdString((*larger)->warnings.back().message).contains("4 of 8 patterns"));
    }
};

QTEST_APPLESS_MAIN(TestOpenScan)
#include "tst_open_scan.moc"
