// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks that a scan is cut into: each position once, none too large, and grains one after the other.
#include "core/prepare/parallel_blocks.h"
#include "core/prepare/prepared_patterns.h"
#include "tests/support/memory_scan.h"

#include <QtTest>

#include <map>
#include <numeric>
#include <set>

using namespace dispersa;

namespace {

class GrainScan final : public MemoryScan {
  public:
    GrainScan(ScanShape scan, ScanShape grain, const std::vector<std::uint16_t>& values = {})
        : MemoryScan(scan, {8, 8}, values), m_grain(grain)
    {
    }
    ScanShape readGrain() const override { return m_grain; }

  private:
    ScanShape m_grain;
};

constexpr std::int64_t patternBytes = 8 * 8 * 2;

} // namespace

class TestParallelBlocks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void blocksCoverTheRegion_data()
    {
        QTest::addColumn<int>("grainHeight");
        QTest::addColumn<int>("grainWidth");
        QTest::addColumn<int>("patterns"); // in a block
        QTest::newRow("no grain, rows") << 1 << 1 << 80;
        QTest::newRow("no grain, parts of rows") << 1 << 1 << 7;
        QTest::newRow("rows of a chunk") << 1 << 5 << 40;
        QTest::newRow("grains smaller than a block") << 4 << 3 << 40;
        QTest::newRow("grains as large as a block") << 4 << 10 << 40;
        QTest::newRow("grains larger than a block") << 10 << 11 << 40;
        QTest::newRow("grain rows larger than a block") << 10 << 20 << 7;
        QTest::newRow("grains as wide as the region") << 10 << 100 << 40;
        QTest::newRow("one pattern is too much") << 4 << 3 << 0;
    }

    void blocksCoverTheRegion()
    {
        QFETCH(int, grainHeight);
        QFETCH(int, grainWidth);
        QFETCH(int, patterns);
        const GrainScan scan({33, 40}, {grainHeight, grainWidth});
        for (const Region& region : {wholeRegion({33, 40}), Region{5, 7, 21, 30}, Region{3, 3, 1, 9}}) {
            const auto blocks = scanBlocks(scan, region, std::size_t(patterns * patternBytes + 1));
            std::set<ScanPoint> seen;
            std::map<ScanPoint, std::set<std::size_t>> visits; // of each grain: numbers of blocks
            for (std::size_t i = 0; i < blocks.size(); ++i) {
                QVERIFY(blocks[i].count() <= std::max(1, patterns));
                for (int y = blocks[i].y; y < blocks[i].y + blocks[i].height; ++y)
                    for (int x = blocks[i].x; x < blocks[i].x + blocks[i].width; ++x) {
                        QVERIFY(region.contains({y, x}));
                        QVERIFY(seen.insert({y, x}).second);
                        visits[{y / grainHeight, x / grainWidth}].insert(i);
                    }
            }
            QCOMPARE(std::int64_t(seen.size()), region.count());
            // Once a grain of several rows that a block does not hold is begun, it is ended before the next.
            if (grainHeight > 1 && grainHeight * grainWidth > patterns && grainWidth < region.width)
                for (const auto& [grain, numbers] : visits)
                    QCOMPARE(*numbers.rbegin() - *numbers.begin() + 1, numbers.size());
        }
    }

    void preparedPatternsKeepTheirPlaces()
    {
        // Blocks of 8 MiB cut grains of 3000 patterns into parts that are neither rows nor parts of one.
        const ScanShape grid{300, 320};
        std::vector<std::uint16_t> values(std::size_t(grid.count() * 64));
        std::iota(values.begin(), values.end(), std::uint16_t(0));
        const auto plain = std::make_shared<GrainScan>(grid, ScanShape{1, 1}, values);
        const auto grains = std::make_shared<GrainScan>(grid, ScanShape{280, 250}, values);
        const Region region{3, 5, 290, 310};
        QVERIFY(scanBlocks(*grains, region, 8u << 20) != scanBlocks(*plain, region, 8u << 20));
        const auto expected = PreparedPatterns::create({{plain, region, {}}}, {}, {}, {}, {});
        const auto found = PreparedPatterns::create({{grains, region, {}}}, {}, {}, {}, {});
        QVERIFY(expected && found);
        std::vector<std::int64_t> all(std::size_t(region.count()));
        std::iota(all.begin(), all.end(), 0);
        std::vector<float> a(all.size() * 64), b(all.size() * 64);
        QVERIFY((*expected)->gather(all, a) && (*found)->gather(all, b));
        QVERIFY(a == b);
    }
};

QTEST_APPLESS_MAIN(TestParallelBlocks)
#include "tst_parallel_blocks.moc"
