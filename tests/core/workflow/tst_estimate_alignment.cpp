// SPDX-License-Identifier: GPL-3.0-or-later
// Maps that lie elsewhere on the scan are found through a virtual image, and the study then opens without an obstacle.
#include "core/io/map_writers.h"
#include "core/io/study_file.h"
#include "core/workflow/estimate_alignment.h"
#include "core/workflow/map_alignment.h"
#include "core/workflow/run_study.h"
#include "tests/core/io/mrc_fixture.h"
#include "tests/support/shifted_study.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace dispersa;
namespace fs = std::filesystem;

class TestEstimateAlignment : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void findsMapsThatLieElsewhere()
    {
        Study study = written({30, 22}, 2, -1);
        const auto opened = openScan(study.scans[0], {});
        QVERIFY(opened);
        QVERIFY((*opened)->diffraction);
        QCOMPARE((*opened)->maps.size(), std::size_t(3)); // opened all the same
        QVERIFY((*opened)->obstacle && isMendedByAlignment(*(*opened)->obstacle));
        QVERIFY(!obstaclesOf(study).empty());

        const auto estimate = estimateAlignment(**opened, {}, {}, {});
        QVERIFY2(estimate.has_value(), estimate ? "" : estimate.error().message.c_str());
        QCOMPARE(estimate->map, std::string("HAADF"));
        QVERIFY(estimate->registration.isReliable());
        QVERIFY((mapFromScanOf(estimate->registration) == MapFromScan{2, -1, 1}));

        study.scans[0].mapFromScan = mapFromScanOf(estimate->registration);
        QVERIFY(obstaclesOf(study).empty());
        // Estimated again, the map still counts on its own grid.
        const auto aligned = openScan(study.scans[0], {});
        QVERIFY(aligned && !(*aligned)->obstacle);
        const auto again = estimateAlignment(**aligned, {}, {}, {});
        QVERIFY(again && (mapFromScanOf(again->registration) == MapFromScan{2, -1, 1}));
    }

    void aScaleIsLookedForWhereSizesHintAtIt()
    {
        const auto study =
            test::writeShiftedStudy(m_folder->path().toStdString(), {24, 20}, {50, 42}, MapFromScan{1, 2, 2});
        QVERIFY(study);
        const auto opened = openScan(study->scans[0], {});
        const auto estimate = estimateAlignment(**opened, {}, {}, {});
        QVERIFY(estimate && estimate->registration.isReliable());
        const MapFromScan found = mapFromScanOf(estimate->registration);
        QVERIFY2(std::abs(found.scale - 2) < 0.01, qPrintable(QString::number(found.scale)));
        QVERIFY2(std::abs(found.dy - 1) < 0.3 && std::abs(found.dx - 2) < 0.3,
                 qPrintable(QString("%1 %2").arg(found.dy).arg(found.dx)));
        AlignmentOptions shiftOnly;
        shiftOnly.findScale = false;
        const auto wrong = estimateAlignment(**opened, shiftOnly, {}, {});
        QVERIFY(wrong && !wrong->registration.isReliable());
    }

    void anyMapMayBeTheReference()
    {
        const Study study = written({24, 20}, 0, 0);
        const auto opened = openScan(study.scans[0], {});
        AlignmentOptions options;
        options.map = "Te";
        const auto estimate = estimateAlignment(**opened, options, {}, {});
        QVERIFY(estimate);
        QCOMPARE(estimate->map, std::string("Te"));
        QVERIFY((mapFromScanOf(estimate->registration) == MapFromScan{0, 0, 1}));
        options.map = "Ge";
        const auto missing = estimateAlignment(**opened, options, {}, {});
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::DatasetMissing);
    }

    void aFlatStackKeepsItsGridOnceAligned()
    {
        // Its maps tell the grid; stating where they lie must not take that away.
        Study study = written({24, 20}, 0, 0);
        test::MrcFixture stack;
        stack.nx = stack.mx = 8;
        stack.ny = stack.my = 8;
        stack.nz = stack.mz = 24 * 20;
        stack.mode = 6;
        for (int i = 0; i < 24 * 20 * 64; ++i)
            stack.append(static_cast<std::uint16_t>(i % 100));
        const fs::path path = m_folder->path().toStdString() + "/flat.mrc";
        stack.write(path);
        study.scans[0].diffraction = DiffractionSource{path};
        study.scans[0].mapFromScan = MapFromScan{0.5, 0, 1};
        const auto opened = openScan(study.scans[0], {});
        QVERIFY2(opened.has_value(), opened ? "" : opened.error().message.c_str());
        QVERIFY(((*opened)->shape() == ScanShape{24, 20}));
        QVERIFY(!(*opened)->obstacle);
    }

    void saysWhatIsMissing()
    {
        Study study = written({24, 20}, 0, 0);
        OpenedScan noPatterns = **openScan(study.scans[0], {});
        noPatterns.diffraction.reset();
        const auto result = estimateAlignment(noPatterns, {}, {}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::DatasetMissing);
        OpenedScan noMaps = **openScan(study.scans[0], {});
        noMaps.entry.maps.clear();
        QCOMPARE(estimateAlignment(noMaps, {}, {}, {}).error().code, ErrorCode::DatasetMissing);
        AlignmentOptions options;
        options.innerFraction = 1;
        QCOMPARE(estimateAlignment(**openScan(study.scans[0], {}), options, {}, {}).error().code,
                 ErrorCode::InvalidArgument);
    }

    void aConstantMapIsAClearError()
    {
        const Study study = written({24, 20}, 0, 0);
        ElementMap flat = emptyMap("HAADF", MapUnit::Arbitrary, {24, 20});
        flat.values.assign(flat.values.size(), 5.0f);
        QVERIFY(writeMrc(flat, {0, 0}, study.scans[0].maps[2].path));
        const auto result = estimateAlignment(**openScan(study.scans[0], {}), {}, {}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        QVERIFY(QString::fromStdString(result.error().message).contains("one value everywhere"));
    }

    void stopsWhenAsked()
    {
        const Study study = written({24, 20}, 0, 0);
        std::stop_source stop;
        stop.request_stop();
        const auto result = estimateAlignment(**openScan(study.scans[0], {}), {}, {}, stop.get_token());
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
    }

    void realLayeredFilm()
    {
        const fs::path data = qEnvironmentVariable("DISPERSA_SHARED_DATA").toStdString();
        const fs::path folder = data / "data" / "gst-multislice";
        const fs::path alternative = data / "gst-multislice";
        const fs::path there = fs::exists(folder) ? folder : alternative;
        if (data.empty() || !fs::exists(there))
            QSKIP("The shared data are not here.");
        NewStudyOptions options;
        const auto made = studyFromFolder(there, options);
        QVERIFY(made);
        const StudyScan* scan = made->study.scan("0045");
        QVERIFY(scan);
        const auto opened = openScan(*scan, {});
        QVERIFY(opened);
        // Scan and map agree; what is found must include that within three of its own errors.
        const auto estimate = estimateAlignment(**opened, {}, {}, {});
        QVERIFY(estimate);
        const Registration& found = estimate->registration;
        QVERIFY2(std::abs(found.dy) <= 3 * found.dyError + 0.5, qPrintable(QString::number(found.dy)));
        QVERIFY2(std::abs(found.dx) <= 3 * found.dxError + 0.5, qPrintable(QString::number(found.dx)));
        QVERIFY(!found.isInverted());
    }

  private:
    /// One scan of 24 x 20 probes whose maps of `shape` lie at (dy, dx).
    Study written(ScanShape shape, double dy, double dx)
    {
        const auto study = test::writeShiftedStudy(m_folder->path().toStdString(), {24, 20}, shape, {dy, dx, 1});
        if (!study)
            qWarning("%s", study.error().message.c_str());
        return study.value_or(Study());
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(TestEstimateAlignment)
#include "tst_estimate_alignment.moc"
