// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of patterns in MRC files: their grid, its order, lazy reading.
#include "core/io/format.h"
#include "tests/core/io/mrc_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;
using dispersa::test::countingFrom;
using dispersa::test::countingStack;
using dispersa::test::FeiFixture;
using dispersa::test::MrcFixture;
namespace fs = std::filesystem;

namespace {

/// Six frames of which the FEI header says that odd rows were scanned backwards.
MrcFixture serpentineStack()
{
    FeiFixture fei;
    fei.serpentine = true;
    MrcFixture mrc = countingStack(6);
    mrc.exttyp = "FEI2";
    mrc.extended = fei.bytes();
    mrc.nsymbt = 888;
    return mrc;
}

} // namespace

class TestMrcStack : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void flatStackNeedsScanShape();
    void stackReadsBlocksLazily();
    void scanShapeComesFromFeiRectangle();
    void serpentineRowsAreReversed();
    void serpentineRowsStayReversedInAnotherOrder();
    void volumeStackTellsItsGrid();
};

void TestMrcStack::flatStackNeedsScanShape()
{
    const auto path = countingStack(6).write(file("stack.mrc"));
    const auto info = inspectFile(path);
    QCOMPARE(info->items.at(0).kind, ItemKind::Stack);
    QCOMPARE(info->items.at(0).shape, (std::vector<std::int64_t>{6, 3, 4}));
    const auto unknown = openDiffraction(path);
    QCOMPARE(unknown.error().code, ErrorCode::ScanShapeUnknown);
    QCOMPARE(unknown.error().arguments, std::vector<std::string>{"6"});
    const auto wrong = openDiffraction(path, "", ScanShape{2, 4});
    QCOMPARE(wrong.error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(wrong.error().arguments, (std::vector<std::string>{"6", "2 x 4"}));
    QVERIFY(openDiffraction(path, "", ScanShape{2, 3}));
    QCOMPARE(openDiffraction(path, "", ScanShape{-2, -3}).error().code, ErrorCode::ShapeMismatch);
    QCOMPARE(openDiffraction(path, "/data", ScanShape{2, 3}).error().code, ErrorCode::DatasetMissing);
    QCOMPARE(readMap(path).error().code, ErrorCode::FormatUnsupported);
}

void TestMrcStack::stackReadsBlocksLazily()
{
    const auto scan = *openDiffraction(countingStack(6).write(file("stack.mrc")), "", ScanShape{2, 3});
    QCOMPARE(scan->availablePatterns(), 6);
    QCOMPARE(*scan->pattern({1, 2}), countingFrom(60, 12));
    std::vector<float> block(2 * 2 * 12);
    QVERIFY(scan->read({0, 1, 2, 2}, block));
    std::vector<float> expected = countingFrom(12, 24);
    const auto second = countingFrom(48, 24);
    expected.insert(expected.end(), second.begin(), second.end());
    QCOMPARE(block, expected);
    std::vector<std::byte> raw(24);
    QCOMPARE(scan->readRaw({0, 3, 1, 1}, raw).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(scan->readRaw({0, 0, 1, 2}, raw).error().code, ErrorCode::InvalidArgument);
}

void TestMrcStack::scanShapeComesFromFeiRectangle()
{
    FeiFixture fei;
    fei.pixelSize = 1.1442968e8; // 1/m: a diffraction pattern
    fei.scanWidth = 3;
    fei.scanHeight = 2;
    MrcFixture mrc = countingStack(6);
    mrc.exttyp = "FEI2";
    mrc.extended = fei.bytes();
    mrc.nsymbt = 888;
    const auto path = mrc.write(file("fei.mrc"));
    // It may be that of another frame, so it is a hint and the item stays a stack.
    const FileItem item = inspectFile(path)->items.at(0);
    QCOMPARE(item.kind, ItemKind::Stack);
    QVERIFY(item.scanHint);
    QVERIFY((*item.scanHint == ScanShape{2, 3}));
    QVERIFY(((*openDiffraction(path, "", ScanShape{3, 2}))->scanShape() == ScanShape{3, 2}));
    ScanOrder order;
    order.flipY = true;
    QCOMPARE(*(*openDiffraction(path, "", {}, order))->pattern({0, 0}), countingFrom(36, 12));
    const auto scan = openDiffraction(path);
    QVERIFY(scan);
    QCOMPARE((*scan)->scanShape().height, 2);
    QCOMPARE((*scan)->scanShape().width, 3);
    QVERIFY(std::abs(*(*scan)->calibration().qPixel_invA - 0.011442968) < 1e-12);
    QVERIFY(!(*scan)->calibration().scanStep_nm);
    // The rectangle is the full frame: it says nothing about a sub-scan of another size.
    fei.scanWidth = 256;
    mrc.extended = fei.bytes();
    QCOMPARE(openDiffraction(mrc.write(file("fei.mrc"))).error().code, ErrorCode::ScanShapeUnknown);
    QVERIFY(!inspectFile(file("fei.mrc"))->items.at(0).scanHint);
}

void TestMrcStack::serpentineRowsAreReversed()
{
    MrcFixture mrc = serpentineStack();
    auto scan = *openDiffraction(mrc.write(file("snake.mrc")), "", ScanShape{2, 3});
    QCOMPARE(*scan->pattern({0, 2}), countingFrom(24, 12));
    QCOMPARE(*scan->pattern({1, 0}), countingFrom(60, 12));
    QCOMPARE(*scan->pattern({1, 2}), countingFrom(36, 12));
    // Interrupted in the backward row: what was recorded lies at that row's end.
    mrc.data.resize(4 * 24);
    scan = *openDiffraction(mrc.write(file("snake2.mrc")), "", ScanShape{2, 3});
    QCOMPARE(scan->availablePatterns(), 4);
    QVERIFY(scan->isAvailable({1, 2}));
    QVERIFY(!scan->isAvailable({1, 1}));
    QCOMPARE(*scan->pattern({1, 2}), countingFrom(36, 12));
    QCOMPARE(*scan->pattern({1, 1}), std::vector<float>(12, 0.0f));
}

/// What the file tells and what the user adds are both done; only what the user says of serpentine rows replaces the file's.
void TestMrcStack::serpentineRowsStayReversedInAnotherOrder()
{
    const auto path = serpentineStack().write(file("snake3.mrc"));
    QVERIFY(inspectFile(path)->items.at(0).isSerpentine);
    const auto frames = [&](const ScanOrder& order) {
        std::vector<int> found;
        const auto scan = openDiffraction(path, "", ScanShape{2, 3}, order);
        for (int y = 0; scan && y < (*scan)->scanShape().height; ++y)
            for (int x = 0; x < (*scan)->scanShape().width; ++x)
                found.push_back(static_cast<int>((*scan)->pattern({y, x})->front()) / 12);
        return found;
    };
    ScanOrder order;
    QCOMPARE(frames(order), (std::vector{0, 1, 2, 5, 4, 3}));
    order.flipX = true;
    QCOMPARE(frames(order), (std::vector{2, 1, 0, 3, 4, 5}));
    order.serpentine = true; // as the file says: no second turn
    QCOMPARE(frames(order), (std::vector{2, 1, 0, 3, 4, 5}));
    order.serpentine = false;
    QCOMPARE(frames(order), (std::vector{2, 1, 0, 5, 4, 3}));
    order = {};
    order.serpentine = false;
    QCOMPARE(frames(order), (std::vector{0, 1, 2, 3, 4, 5}));
    order = {};
    order.transpose = true;
    QCOMPARE(frames(order), (std::vector{0, 5, 1, 4, 2, 3}));
    // A volume stack tells its grid, and a stack of another number of frames is refused as ever.
    QCOMPARE(openDiffraction(path, "", ScanShape{2, 2}).error().code, ErrorCode::ShapeMismatch);
    MrcFixture volumes = serpentineStack();
    volumes.ispg = 401;
    volumes.mz = 3;
    order = {};
    order.flipY = true;
    const auto scan = openDiffraction(volumes.write(file("snake4.mrc")), "", {}, order);
    QVERIFY2(scan, scan ? "" : scan.error().message.c_str());
    QCOMPARE((*scan)->pattern({0, 0})->front(), 60.0f);
    QCOMPARE((*scan)->pattern({1, 0})->front(), 0.0f);
}

void TestMrcStack::volumeStackTellsItsGrid()
{
    MrcFixture mrc = countingStack(6);
    mrc.ispg = 401;
    mrc.mz = 3;
    const auto path = mrc.write(file("volumes.mrc"));
    const auto info = inspectFile(path);
    QCOMPARE(info->items.at(0).kind, ItemKind::Diffraction);
    QCOMPARE(info->items.at(0).shape, (std::vector<std::int64_t>{2, 3, 3, 4}));
    QCOMPARE((*openDiffraction(path))->scanShape().width, 3);
    mrc.mz = 4;
    QCOMPARE(inspectFile(mrc.write(file("volumes2.mrc"))).error().code, ErrorCode::FormatInvalid);
}

QTEST_APPLESS_MAIN(TestMrcStack)
#include "tst_mrc_stack.moc"
