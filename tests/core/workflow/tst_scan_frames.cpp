// SPDX-License-Identifier: GPL-3.0-or-later
// Frames before anybody said how they lie: what hints at their grid, and what the study keeps of a choice. What items of a
// file look like, and which files leave a choice.
#include "core/io/format.h"
#include "core/io/map_writers.h"
#include "core/workflow/item_preview.h"
#include "core/workflow/scan_frames.h"
#include "tests/core/io/mrc_fixture.h"
#include "tests/support/small_study.h"

#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;

class TestScanFrames : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }

    StudyScan stack(int frames) const
    {
        test::MrcFixture mrc;
        mrc.mode = 6;
        mrc.nx = mrc.mx = 5;
        mrc.ny = mrc.my = 4;
        mrc.nz = frames;
        for (int i = 0; i < frames * 20; ++i)
            mrc.append(std::uint16_t(i / 20));
        StudyScan scan;
        scan.name = "s";
        scan.diffraction = DiffractionSource{mrc.write(pathOf("s.mrc")), {}, {}, {}, {}};
        return scan;
    }

    static bool hasHint(const std::vector<ShapeHint>& hints, ScanShape shape, ShapeSource source)
    {
        return std::any_of(hints.begin(), hints.end(),
                           [&](const ShapeHint& hint) { return hint.shape == shape && hint.source == source; });
    }

  private Q_SLOTS:
    void aStackTellsNothingButItsFrames()
    {
        StudyScan scan = stack(12);
        scan.diffraction->scanShape = ScanShape{2, 6};
        ElementMap map = emptyMap("HAADF", MapUnit::Arbitrary, {3, 4});
        std::fill(map.values.begin(), map.values.end(), 1.0f);
        QVERIFY(writeMrc(map, {}, pathOf("s-HAADF.mrc")));
        scan.maps.push_back({"HAADF", pathOf("s-HAADF.mrc"), {}, {}, {}});
        scan.maps.push_back({"O", pathOf("missing.mrc"), {}, {}, {}}); // a map that is gone does not keep from asking
        const auto frames = scanFrames(scan);
        QVERIFY2(frames, frames ? "" : frames.error().message.c_str());
        QVERIFY(!frames->told);
        QCOMPARE(frames->count(false), std::int64_t(12));
        QCOMPARE(frames->count(true), std::int64_t(20));
        QCOMPARE(frames->companions.size(), std::size_t(1));
        QVERIFY(hasHint(frames->hints, {3, 4}, ShapeSource::Companion));
        QVERIFY(hasHint(frames->hints, {2, 6}, ShapeSource::Study));
        QVERIFY(!hasHint(frames->allHints(false), {4, 5}, ShapeSource::FileHint));
        QVERIFY(hasHint(frames->allHints(true), {4, 5}, ShapeSource::FileHint));
        // A map on a grid of its own hints at nothing.
        scan.mapFromScan = MapFromScan{0, 0, 2};
        QVERIFY(!hasHint(scanFrames(scan)->hints, {3, 4}, ShapeSource::Companion));
    }

    void theStudyKeepsNoMoreThanItMust()
    {
        const StudyScan scan = stack(12);
        const auto frames = scanFrames(scan);
        QVERIFY(frames);
        const DiffractionSource plain = arranged(*scan.diffraction, *frames, {3, 4}, {});
        QVERIFY((plain.scanShape == ScanShape{3, 4}));
        QVERIFY(plain.order.isDefault());
        for (const ScanShape misfit : {ScanShape{3, 5}, ScanShape{3, 3}}) {
            const DiffractionSource partial = arranged(*scan.diffraction, *frames, misfit, {});
            QVERIFY(partial.order.partial);
            const auto opened = openDiffraction(partial.path, {}, partial.scanShape, partial.order);
            QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
            QCOMPARE((*opened)->scanShape(), misfit);
            QCOMPARE((*opened)->availablePatterns(), std::min<std::int64_t>(12, misfit.count()));
        }
    }

    void serpentineRowsOfTheFileAreNotSaidAgain()
    {
        test::FeiFixture fei;
        fei.serpentine = true;
        test::MrcFixture mrc;
        mrc.mode = 6;
        mrc.nz = 6;
        mrc.exttyp = "FEI2";
        mrc.extended = fei.bytes();
        mrc.nsymbt = 888;
        mrc.ispg = 401; // a volume stack tells its grid, so its frames come as a grid too
        mrc.mz = 3;
        for (int i = 0; i < 6 * 12; ++i)
            mrc.append(std::uint16_t(i / 12));
        StudyScan scan;
        scan.name = "s";
        scan.diffraction = DiffractionSource{mrc.write(pathOf("snake.mrc")), {}, {}, {}, {}};
        const auto frames = scanFrames(scan);
        QVERIFY(frames);
        QVERIFY(frames->isSerpentine);
        QCOMPARE(frames->frames->pattern({1, 0})->front(), 3.0f); // as recorded
        ScanOrder order;
        order.serpentine = true;
        QVERIFY(arranged(*scan.diffraction, *frames, {2, 3}, order).order.isDefault());
        order.serpentine = false;
        const DiffractionSource against = arranged(*scan.diffraction, *frames, {2, 3}, order);
        QVERIFY(against.order.serpentine == false);
        const auto opened = openDiffraction(against.path, {}, against.scanShape, against.order);
        QCOMPARE((*opened)->pattern({1, 0})->front(), 3.0f);
        QCOMPARE((*openDiffraction(against.path))->pattern({1, 0})->front(), 5.0f);
    }

    void aFileThatTellsItsGridIsTakenAtItsWord()
    {
        const auto study = test::writeSmallStudy(m_folder.path().toStdString(), {{"0033"}, 6, 5, 24, true});
        QVERIFY(study);
        const StudyScan& scan = study->scans.front();
        const auto frames = scanFrames(scan);
        QVERIFY(frames);
        QVERIFY((frames->told == ScanShape{6, 5}));
        QVERIFY(!arranged(*scan.diffraction, *frames, {6, 5}, {}).scanShape);
        // Another grid of the same frames opens too.
        const DiffractionSource other = arranged(*scan.diffraction, *frames, {3, 10}, {});
        QVERIFY((other.scanShape == ScanShape{3, 10}));
        const auto opened = openDiffraction(other.path, other.dataset, other.scanShape, other.order);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QVERIFY(((*opened)->scanShape() == ScanShape{3, 10}));
    }

    void whatCannotBeArrangedSaysWhy()
    {
        StudyScan scan;
        scan.name = "maps only";
        QVERIFY(scanFrames(scan).error().code == ErrorCode::DatasetMissing);
        scan.diffraction = DiffractionSource{pathOf("nowhere.mrc"), {}, {}, {}, {}};
        QVERIFY(scanFrames(scan).error().code == ErrorCode::FileNotFound);
    }

    void previewsShowTheMiddle()
    {
        const StudyScan scan = stack(12);
        const auto info = inspectFile(scan.diffraction->path);
        QVERIFY(info);
        QVERIFY(!needsChoice(*info)); // one stack: its grid is asked for, not what it is
        const FileItem& item = info->items.front();
        QVERIFY(holdsPatterns(item) && !holdsMap(item));
        QCOMPARE(itemBytes(item), std::uint64_t(12 * 20 * 2));
        const auto preview = itemPreview(scan.diffraction->path, item);
        QVERIFY2(preview, preview ? "" : preview.error().message.c_str());
        QVERIFY(preview->isPattern);
        QCOMPARE(preview->height, 4);
        QCOMPARE(preview->values.front(), 6.0f);
    }

    void aChoiceIsNeededWhenTheFileLeavesOne()
    {
        const auto item = [](ItemKind kind, std::vector<std::int64_t> shape, const char* id, const char* quantity) {
            FileItem made;
            made.kind = kind;
            made.shape = std::move(shape);
            made.id = id;
            if (*quantity)
                made.quantity = quantity;
            return made;
        };
        const FileItem scan = item(ItemKind::Diffraction, {2, 3, 4, 5}, "/a", "");
        const FileItem stack = item(ItemKind::Stack, {6, 4, 5}, "/b", "");
        const FileItem oxygen = item(ItemKind::Map, {2, 3}, "/c", "O");
        const FileItem nameless = item(ItemKind::Map, {2, 3}, "/d", "");
        const FileItem spectrum = item(ItemKind::Spectrum, {4096}, "/e", "");
        const auto needs = [](std::vector<FileItem> items) { return needsChoice({"x.h5", "hdf5", std::move(items), {}}); };
        QVERIFY(!needs({scan}));
        QVERIFY(!needs({scan, stack, oxygen, nameless}));
        QVERIFY(needs({scan, scan}));
        QVERIFY(needs({stack}));
        QVERIFY(!needs({stack, oxygen}));
        QVERIFY(needs({nameless}));
        QVERIFY(!needs({spectrum}));
        QVERIFY(!needs({}));
        const FileItem hostile = item(ItemKind::Stack, {std::int64_t(1) << 40, std::int64_t(1) << 40, 9}, "/f", "");
        QVERIFY(!needs({hostile}));
        QCOMPARE(itemBytes(hostile), std::uint64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestScanFrames)
#include "tst_scan_frames.moc"
