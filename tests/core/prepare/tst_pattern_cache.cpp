// SPDX-License-Identifier: GPL-3.0-or-later
// Prepared patterns kept between runs: the same numbers again, and nothing believed that is damaged, foreign or old.
#include "core/prepare/prepared_patterns.h"
#include "tests/support/memory_scan.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <filesystem>
#include <map>
#include <csignal>
#include <functional>
#include <numeric>

#include <sys/resource.h>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

/// Counts its reads.
class CountingScan : public MemoryScan {
  public:
    using MemoryScan::MemoryScan;
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        if (++reads; onRead)
            onRead(reads);
        return MemoryScan::readRaw(block, out);
    }
    mutable std::atomic<int> reads = 0;
    std::function<void(int)> onRead;
};

/// No file may grow beyond so many bytes: a disk that fills up, for who writes to it.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) : m_handler(std::signal(SIGXFSZ, SIG_IGN))
    {
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    void clear() { setrlimit(RLIMIT_FSIZE, &m_before); }
    ~SmallDisk()
    {
        clear();
        std::signal(SIGXFSZ, m_handler);
    }

  private:
    rlimit m_before = {};
    void (*m_handler)(int);
};

constexpr ScanShape grid{6, 5};
constexpr PatternShape shape{16, 16};

std::shared_ptr<CountingScan> makeScan(int seed)
{
    std::vector<std::uint16_t> values;
    for (int i = 0; i < grid.count() * shape.count(); ++i)
        values.push_back(std::uint16_t((i * 31 + seed) % 97 + (i % 256 == 120 ? 65535 - 96 : 0)));
    return std::make_shared<CountingScan>(grid, shape, values);
}

std::vector<float> all(const PreparedPatterns& patterns)
{
    std::vector<std::int64_t> indices(static_cast<std::size_t>(patterns.count()));
    std::iota(indices.begin(), indices.end(), 0);
    std::vector<float> out(indices.size() * std::size_t(patterns.patternShape().count()));
    return patterns.gather(indices, out) ? out : std::vector<float>();
}

} // namespace

class TestPatternCache : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    PatternCache m_cache;

    std::shared_ptr<const PreparedPatterns> prepare(const std::shared_ptr<CountingScan>& scan, const std::string& identity,
                                                    const DiffractionOptions& options = {}, Region region = {0, 0, 6, 5})
    {
        const auto made = PreparedPatterns::create({{scan, region, identity}}, options, {}, {}, {}, m_cache);
        return made ? *made : nullptr;
    }
    std::vector<fs::path> files() const
    {
        std::vector<fs::path> found;
        if (fs::exists(m_cache.folder))
            for (const auto& entry : fs::directory_iterator(m_cache.folder))
                found.push_back(entry.path());
        return found;
    }

  private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_cache = {fs::path(m_folder->path().toStdString()) / "patterns"};
    }

    void theSameAgainIsNotPrepared_data()
    {
        QTest::addColumn<int>("centre");
        QTest::newRow("whole counts") << int(CentreKind::None);
        QTest::newRow("fractions") << int(CentreKind::SubPixel);
    }

    void theSameAgainIsNotPrepared()
    {
        QFETCH(int, centre);
        DiffractionOptions options;
        options.centre = CentreKind(centre);
        options.beamMask_px = 2;
        const auto scan = makeScan(1);
        const auto first = prepare(scan, "a", options);
        QVERIFY(first);
        QCOMPARE(files().size(), std::size_t(1));
        const int reads = scan->reads;
        options.scaling = Scaling::Log; // happens later
        const auto again = prepare(scan, "a", options);
        QVERIFY(again);
        QCOMPARE(int(scan->reads), reads);
        QVERIFY(again->reports() == first->reports());
        QVERIFY(again->reports().at(0).saturation.has_value());
        options.scaling = Scaling::Linear;
        QCOMPARE(all(*prepare(scan, "a", options)), all(*first));
        QCOMPARE(files().size(), std::size_t(1));
    }

    void whatDiffersIsPreparedAnew()
    {
        const auto scan = makeScan(1);
        QVERIFY(prepare(scan, "a"));
        const auto isNew = [&](const std::string& identity, const DiffractionOptions& options, Region region) {
            const int reads = scan->reads;
            return prepare(scan, identity, options, region) && scan->reads > reads;
        };
        const Region whole{0, 0, 6, 5};
        QVERIFY(!isNew("a", {}, whole));
        QVERIFY(isNew("b", {}, whole));
        QVERIFY(isNew("a", {}, {1, 0, 5, 5}));
        const auto with = [](auto change) {
            DiffractionOptions options;
            change(options);
            return options;
        };
        QVERIFY(isNew("a", with([](auto& o) { o.bin = 2; }), whole));
        QVERIFY(isNew("a", with([](auto& o) { o.beamMask_px = 1; }), whole));
        QVERIFY(isNew("a", with([](auto& o) { o.beamMaskEdge_px = 1; }), whole));
        QVERIFY(isNew("a", with([](auto& o) { o.badPixels = BadPixels::Repair; }), whole));
        QVERIFY(isNew("a", with([](auto& o) { o.centre = CentreKind::CentreOfMass; }), whole));
        QVERIFY(isNew("a", with([](auto& o) { o.ellipseRatio = 1.1; }), whole));
        QVERIFY(isNew("", {}, whole)); // nobody knows what it is
        QVERIFY(isNew("", {}, whole));
    }

    void damagedAndForeignFilesArePassedOver_data()
    {
        QTest::addColumn<int>("damage");
        QTest::newRow("cut short") << 0;
        QTest::newRow("empty") << 1;
        QTest::newRow("a pattern changed") << 2;
        QTest::newRow("a place changed") << 3;
        QTest::newRow("footer changed") << 4;
        QTest::newRow("longer") << 5;
        QTest::newRow("another's") << 6;
    }

    void damagedAndForeignFilesArePassedOver()
    {
        QFETCH(int, damage);
        const auto scan = makeScan(1);
        const auto expected = all(*prepare(scan, "a"));
        const fs::path path = files().at(0);
        if (damage == 6) {
            const auto other = makeScan(2);
            QVERIFY(prepare(other, "b"));
            for (const fs::path& file : files())
                if (file != path)
                    fs::copy_file(file, path, fs::copy_options::overwrite_existing);
        } else {
            QFile file(QString::fromStdString(path.string()));
            QVERIFY(file.open(QIODevice::ReadWrite));
            QByteArray bytes = file.readAll();
            switch (damage) {
            case 0: bytes.chop(1); break;
            case 1: bytes.clear(); break;
            case 2: bytes[1000] = char(bytes[1000] + 1); break;
            case 3: bytes[30 * 512 + 3] = char(bytes[30 * 512 + 3] + 1); break;
            case 4: bytes[bytes.size() - 40] = char(bytes[bytes.size() - 40] ^ 64); break;
            default: bytes.append("more");
            }
            file.resize(0);
            file.seek(0);
            file.write(bytes);
        }
        const int reads = scan->reads;
        const auto again = prepare(scan, "a");
        QVERIFY(again);
        QVERIFY(scan->reads > reads);
        QCOMPARE(all(*again), expected);
        // And what it found wrong it has replaced.
        const int readsNow = scan->reads;
        QVERIFY(prepare(scan, "a"));
        QCOMPARE(int(scan->reads), readsNow);
    }

    void theFolderStaysSmall()
    {
        const auto scan = makeScan(1);
        QVERIFY(prepare(scan, "a"));
        const std::uint64_t one = fs::file_size(files().at(0));
        m_cache.mostBytes = 2 * one + one / 2;
        const fs::path foreign = m_cache.folder / "letter.txt";
        const fs::path left = m_cache.folder / ".dispersa-scratch.abcdef";
        for (const fs::path& path : {foreign, left}) {
            QFile file(QString::fromStdString(path.string()));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray(int(3 * one), 'x'));
        }
        const auto now = fs::file_time_type::clock::now();
        fs::last_write_time(left, now - std::chrono::hours(30));
        const fs::path a = cacheFileOf("a");
        fs::last_write_time(a, now - std::chrono::hours(3));
        QVERIFY(prepare(scan, "b"));
        fs::last_write_time(cacheFileOf("b"), now - std::chrono::hours(2));
        QVERIFY(prepare(scan, "a")); // used again: now b is the oldest
        QVERIFY(prepare(scan, "c"));
        QVERIFY(fs::exists(a));
        QVERIFY(!fs::exists(cacheFileOf("b", false)));
        QVERIFY(fs::exists(cacheFileOf("c")));
        QVERIFY(fs::exists(foreign));
        QVERIFY(!fs::exists(left));
        m_cache.mostBytes = one / 2; // too small for any: nothing is kept, nothing fails
        QVERIFY(prepare(scan, "d"));
        QCOMPARE(files().size(), std::size_t(3));
    }

    void stoppedWorkLeavesNothing()
    {
        const auto scan = makeScan(1);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!PreparedPatterns::create({{scan, {0, 0, 6, 5}, "a"}}, {}, {}, {}, stop.get_token(), m_cache));
        QVERIFY(files().empty());
        scan->breakAtRow(3);
        QVERIFY(!prepare(scan, "a"));
        QVERIFY(files().empty());
    }

    void aFolderThatCannotBeWrittenIsNone()
    {
        QFile file(m_folder->filePath("patterns"));
        QVERIFY(file.open(QIODevice::WriteOnly)); // a file where the folder should be
        const auto scan = makeScan(1);
        QVERIFY(prepare(scan, "a"));
    }

    void aDiskThatFillsMidwayIsNone_data()
    {
        QTest::addColumn<qlonglong>("room");
        const qlonglong patterns = grid.count() * shape.count() * 2;
        QTest::newRow("with the first scan") << patterns / 2;
        QTest::newRow("with the second scan") << patterns + 1000;
        QTest::newRow("with the last bytes") << 2 * patterns + 40;
    }

    void aDiskThatFillsMidwayIsNone()
    {
        QFETCH(qlonglong, room);
        const std::vector<PatternSelection> selections{{makeScan(1), {0, 0, 6, 5}, "a"}, {makeScan(2), {1, 0, 5, 5}, "b"},
                                                       {makeScan(3), {0, 0, 1, 5}, "c"}};
        const auto without = PreparedPatterns::create(selections, {}, {}, {}, {});
        QVERIFY(without);
        QTemporaryDir scratch;
        SmallDisk disk{rlim_t(room)};
        // The first scan is read once more as soon as the patterns go elsewhere, where there is room.
        const auto scan = makeScan(1);
        scan->onRead = [&](int read) {
            if (read == 2)
                disk.clear();
        };
        std::vector<PatternSelection> again = selections;
        again[0].scan = scan;
        std::vector<std::int64_t> seen;
        const auto made = PreparedPatterns::create(
            again, {}, fs::path(scratch.path().toStdString()), [&](const Progress& p) { seen.push_back(p.done); }, {},
            m_cache);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(all(**made), all(**without));
        QVERIFY((*made)->reports() == (*without)->reports());
        QCOMPARE(seen.back(), (*made)->count());
        QVERIFY(files().empty());
        disk.clear();
        // Nothing half written is taken for whole, and with room the same is kept.
        const auto kept = PreparedPatterns::create(selections, {}, {}, {}, {}, m_cache);
        QVERIFY(kept);
        QCOMPARE(all(**kept), all(**without));
        QCOMPARE(files().size(), std::size_t(1));
    }

    void aFullScratchFolderIsSaid()
    {
        SmallDisk disk{1000};
        const auto made = PreparedPatterns::create({{makeScan(1), {0, 0, 6, 5}, "a"}}, {}, {}, {}, {}, m_cache);
        disk.clear();
        QVERIFY(!made);
        QCOMPARE(int(made.error().code), int(ErrorCode::WriteFailed));
        QVERIFY(files().empty());
    }

  private:
    std::map<std::string, fs::path> m_names;

    /// File of the selection `identity` with default options: the one that appeared when it was prepared.
    fs::path cacheFileOf(const std::string& identity, bool prepareIt = true)
    {
        if (m_names.contains(identity) || !prepareIt)
            return m_names[identity];
        QTemporaryDir folder;
        const PatternCache cache{fs::path(folder.path().toStdString())};
        (void)PreparedPatterns::create({{makeScan(1), {0, 0, 6, 5}, identity}}, {}, {}, {}, {}, cache);
        m_names[identity] = m_cache.folder / fs::directory_iterator(cache.folder)->path().filename();
        return m_names[identity];
    }
};

QTEST_APPLESS_MAIN(TestPatternCache)
#include "tst_pattern_cache.moc"
