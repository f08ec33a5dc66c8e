// SPDX-License-Identifier: GPL-3.0-or-later
// What broken files come to on the way to training: what is missing or no number is counted, said, and in no loss. And
// docs/BROKEN_FILES.md, which lists the tests of every case, names tests that are there.
#include "core/workflow/open_scan.h"
#include "core/workflow/training_data.h"
#include "tests/core/io/mrc_fixture.h"
#include "tests/support/small_study.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace dispersa;
using dispersa::test::MrcFixture;
namespace fs = std::filesystem;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

QStringList codes(const std::vector<Warning>& warnings)
{
    QStringList list;
    for (const Warning& warning : warnings)
        list << QString::fromStdString(warning.code);
    return list;
}

} // namespace

class TestBrokenFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void oddValuesOfPatternsAreSaid_data()
    {
        QTest::addColumn<int>("mode"); // of MRC: 1 int16, 2 float32, 6 uint16
        QTest::addColumn<QList<float>>("values");
        QTest::addColumn<QStringList>("warnings");
        QTest::newRow("counts") << 6 << QList<float>{1, 2} << QStringList();
        QTest::newRow("negative int16") << 1 << QList<float>{-1, 2} << QStringList{"patterns_negative"};
        QTest::newRow("lost signs") << 6 << QList<float>{65535, 65501} << QStringList{"patterns_lost_sign"};
        QTest::newRow("saturated") << 6 << QList<float>{65535, 65535} << QStringList();
        QTest::newRow("NaN") << 2 << QList<float>{missing, 2} << QStringList{"patterns_not_finite"};
        QTest::newRow("Inf") << 2 << QList<float>{infinite, -infinite} << QStringList{"patterns_not_finite"};
    }
    void oddValuesOfPatternsAreSaid()
    {
        QFETCH(int, mode);
        QFETCH(QList<float>, values);
        QFETCH(QStringList, warnings);
        MrcFixture mrc;
        mrc.mode = mode;
        mrc.nz = 6;
        for (int i = 0; i < 6 * 12; ++i) {
            const float value = i < values.size() ? values[i] : 7;
            if (mode == 1)
                mrc.append(static_cast<std::int16_t>(value));
            else if (mode == 6)
                mrc.append(static_cast<std::uint16_t>(value));
            else
                mrc.append(value);
        }
        StudyScan scan;
        scan.name = "a";
        scan.diffraction = DiffractionSource{mrc.write(file("values.mrc")), {}, ScanShape{2, 3}, {}, {}};
        const auto opened = openScan(scan, {});
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE(codes((*opened)->warnings), warnings);
        // Nothing is changed unasked.
        const auto pattern = (*opened)->diffraction->pattern({0, 0});
        for (qsizetype i = 0; i < values.size(); ++i) {
            const float read = (*pattern)[static_cast<std::size_t>(i)];
            QVERIFY(read == values[i] || (std::isnan(read) && std::isnan(values[i])));
        }
        if (warnings == QStringList{"patterns_lost_sign"}) {
            scan.diffraction->isSigned = true;
            const auto repaired = openScan(scan, {});
            QCOMPARE(codes((*repaired)->warnings), QStringList{"patterns_negative"});
            QCOMPARE((*repaired)->diffraction->pattern({0, 0})->at(1), -35.0f);
        }
    }

    /// A scan that stopped early and has NaN in patterns and in a map: the study trains on the rest.
    void whatIsMissingIsNotTrainedOn()
    {
        constexpr int rows = 12, columns = 10, pixels = 96, recorded = 70;
        auto study = test::writeSmallStudy(m_folder.path().toStdString());
        QVERIFY(study);
        MrcFixture mrc;
        mrc.nx = mrc.mx = mrc.ny = mrc.my = pixels;
        mrc.nz = rows * columns;
        for (int i = 0; i < recorded * pixels * pixels; ++i)
            mrc.append(i % 1000 == 17 ? missing : i % 1000 == 18 ? infinite : static_cast<float>(i % 31));
        mrc.data.resize(mrc.data.size() + 100); // and a bit of the next
        study->scans[0].diffraction = DiffractionSource{mrc.write(file("stopped.mrc")), {}, {}, {}, {}};
        const auto oxygen = std::find_if(study->scans[0].maps.begin(), study->scans[0].maps.end(),
                                         [](const MapSource& map) { return map.quantity == "O"; });
        QVERIFY(oxygen != study->scans[0].maps.end());
        MrcFixture map;
        map.nx = map.mx = columns;
        map.ny = map.my = rows;
        for (int i = 0; i < rows * columns; ++i)
            map.append(i == 33 ? missing : 0.4f + 0.01f * static_cast<float>(i % 7));
        oxygen->path = map.write(file("O.mrc"));
        study->mapFilter.kind = MapFilterKind::None;

        std::vector<Error> obstacles;
        const OpenedStudy opened = openStudy(*study, obstacles);
        QVERIFY2(obstacles.empty(), obstacles.empty() ? "" : obstacles[0].message.c_str());
        const QStringList said = codes(opened.scans.at(0)->warnings);
        QVERIFY(said.contains("file_truncated") && said.contains("invalid_pixels") &&
                said.contains("patterns_not_finite"));
        const auto data = makeTrainingData(opened, m_folder.path().toStdString(), {}, {});
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        const auto& sets = data->sets.at(0);
        for (std::size_t i = 0; i < sets.size(); ++i)
            QCOMPARE(sets[i] == PixelSet::Unused, i >= recorded || i == 33);
        std::vector<std::int64_t> used = data->set.train;
        used.insert(used.end(), data->set.validation.begin(), data->set.validation.end());
        QCOMPARE(used.size(), std::size_t(recorded - 1));
        std::vector<float> values(used.size() * static_cast<std::size_t>(data->set.patterns->patternShape().count()));
        QVERIFY(data->set.patterns->gather(used, values));
        QVERIFY(std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }));
        const std::size_t outputs = opened.targets.size();
        for (const std::int64_t index : used)
            for (std::size_t t = 0; t < outputs; ++t)
                QVERIFY(std::isfinite(data->set.targets[static_cast<std::size_t>(index) * outputs + t]));
    }

    void theTableOfTestsIsTrue()
    {
        const QDir root(DISPERSA_SOURCE_DIR);
        QFile table(root.filePath("docs/BROKEN_FILES.md"));
        QVERIFY(table.open(QFile::ReadOnly));
        const QString text = QString::fromUtf8(table.readAll());
        static const QRegularExpression named("`(tst_[a-z0-9_]+)\\.([A-Za-z0-9]+)`");
        int found = 0;
        for (auto all = named.globalMatch(text); all.hasNext(); ++found) {
            const auto match = all.next();
            QString source;
            for (QDirIterator file(root.filePath("tests"), {match.captured(1) + ".cpp"}, QDir::Files,
                                   QDirIterator::Subdirectories);
                 file.hasNext();) {
                QFile test(file.next());
                QVERIFY(test.open(QFile::ReadOnly));
                source += QString::fromUtf8(test.readAll());
            }
            QVERIFY2(source.contains("void " + match.captured(2) + "()"), qPrintable(match.captured(0)));
        }
        QVERIFY2(found > 60, qPrintable(QString::number(found)));
    }
};

QTEST_APPLESS_MAIN(TestBrokenFiles)
#include "tst_broken_files.moc"
