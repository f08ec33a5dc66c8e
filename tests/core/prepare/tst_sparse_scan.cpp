// SPDX-License-Identifier: GPL-3.0-or-later
// A scan of 40 GB, far larger than what may be held in memory: it opens, shows patterns, gives a coarse image at once, and
// a pass over a part of it stays within bounds. The file is sparse: it takes no room on the disc.
#include "core/io/format.h"
#include "core/prepare/scan_pass.h"
#include "tests/support/memory_use.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <array>
#include <cstring>
#include <fstream>

#include <sys/stat.h>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

constexpr ScanShape grid{552, 553};
constexpr PatternShape pattern{256, 256};
constexpr std::int64_t patternBytes = 256 * 256 * 2;
constexpr std::int64_t headerBytes = 1024;
constexpr std::int64_t mostMemory = 512 << 20;

} // namespace

class TestSparseScan : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase()
    {
        if (!test::ownMemory())
            QSKIP("This system does not tell a process's own memory (/proc/self/status).");
        m_path = m_folder.filePath("large.mrc").toStdString();
        std::array<std::int32_t, headerBytes / 4> header = {};
        header[0] = header[7] = pattern.width;
        header[1] = header[8] = pattern.height;
        header[2] = header[9] = static_cast<std::int32_t>(grid.count());
        header[3] = 6; // uint16
        header[16] = 1;
        header[17] = 2;
        header[18] = 3;
        std::memcpy(&header[52], "MAP ", 4);
        header[53] = 0x00004144;
        std::ofstream file(m_path, std::ios::binary);
        file.write(reinterpret_cast<const char*>(header.data()), headerBytes);
        file.flush();
        std::error_code code;
        fs::resize_file(m_path, static_cast<std::uintmax_t>(headerBytes + grid.count() * patternBytes), code);
        struct stat status = {};
        if (code || ::stat(m_path.c_str(), &status) != 0 || status.st_blocks * 512 > (64 << 20))
            QSKIP("The temporary folder's file system has no sparse files.");
        // One pattern that is not empty, far behind what 32 bits reach.
        file.seekp(headerBytes + place(400, 77) * patternBytes);
        const std::vector<std::uint16_t> ones(static_cast<std::size_t>(pattern.count()), 3);
        file.write(reinterpret_cast<const char*>(ones.data()), patternBytes);
        file.close();
        const auto scan = openDiffraction(m_path, {}, grid);
        QVERIFY2(scan.has_value(), scan ? "" : scan.error().message.c_str());
        m_scan = *scan;
        QVERIFY(m_scan->scanShape() == grid);
        QVERIFY(fs::file_size(m_path) > 40'000'000'000u);
    }

    void showsPatterns()
    {
        QElapsedTimer timer;
        timer.start();
        for (const ScanPoint point : {ScanPoint{400, 77}, ScanPoint{0, 0}, ScanPoint{551, 552}}) {
            const auto values = m_scan->pattern(point);
            QVERIFY(values);
            const bool written = point.y == 400;
            QCOMPARE(values->front(), written ? 3.0f : 0.0f);
            QCOMPARE(values->back(), values->front());
        }
        QVERIFY2(timer.elapsed() < 300, qPrintable(QString::number(timer.elapsed())));
    }

    void firstPictureComesAtOnce()
    {
        PassRequest request;
        request.detectors = {{circleShape({127.5, 127.5}, 120)}};
        std::stop_source stop;
        std::atomic<std::int64_t> read = 0;
        int steps = 0;
        const auto result =
            runScanPass(*m_scan, request, [&](const Progress& now) { read = now.done; }, stop.get_token(),
                        [&](std::vector<DetectorMaps> maps, int step) {
                            QCOMPARE(maps.front().front().shape, grid);
                            steps = step;
                            stop.request_stop();
                        });
        QVERIFY(!result);
        QCOMPARE(int(result.error().code), int(ErrorCode::Cancelled));
        QVERIFY(steps > 8); // so large a scan begins coarser
        QVERIFY2(read < 1000, qPrintable(QString::number(read)));
    }

    void aPassOverAPartStaysSmall()
    {
        const std::int64_t before = *test::ownMemory();
        std::atomic<std::int64_t> most = before;
        PassRequest request;
        const Shape whole = rectangleShape({0, 0}, {255, 255});
        request.detectors = {{whole}, {whole, DetectorMode::CentreOfMass}, {whole, DetectorMode::Maximum}};
        request.patterns = {PatternStatistic::Mean, PatternStatistic::Maximum};
        request.statistics = true;
        std::stop_source stop;
        const auto result = runScanPass(
            *m_scan, request,
            [&](const Progress& now) { // reports come one at a time
                most = std::max(most.load(), *test::ownMemory());
                if (now.done >= 3000)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!result);
        QCOMPARE(int(result.error().code), int(ErrorCode::Cancelled));
        qInfo("own memory grew by %.1f MB", double(most - before) / 1e6);
        QVERIFY2(most - before < mostMemory, qPrintable(QString::number(most - before)));
    }

    void combinedPatternOfARegion()
    {
        PassRequest request;
        request.patterns = {PatternStatistic::Sum};
        for (int y = 395; y < 405; ++y)
            for (int x = 70; x < 80; ++x)
                request.pixels.push_back({y, x});
        const auto result = runScanPass(*m_scan, request, {}, {});
        QVERIFY(result);
        QCOMPARE(result->patternsRead, 100);
        for (const float value : result->patterns[0])
            QCOMPARE(value, 3.0f);
    }

  private:
    static std::int64_t place(int y, int x) { return std::int64_t(y) * grid.width + x; }
    QTemporaryDir m_folder;
    fs::path m_path;
    ScanPtr m_scan;
};

QTEST_APPLESS_MAIN(TestSparseScan)
#include "tst_sparse_scan.moc"
