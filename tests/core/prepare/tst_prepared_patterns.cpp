// SPDX-License-Identifier: GPL-3.0-or-later
// The prepared file that training reads: order, number types, missing patterns, threads, progress, errors.
#include "core/prepare/prepared_patterns.h"
#include "tests/core/prepare/numbered_scan.h"
#include "tests/support/golden.h"

#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <functional>
#include <thread>

using namespace dispersa;

namespace {

/// As they were measured; empty if they cannot be read.
std::vector<float> counts(const PreparedPatterns& patterns, const std::vector<std::int64_t>& indices)
{
    std::vector<float> out(indices.size() * std::size_t(patterns.patternShape().count()));
    if (!patterns.gather(indices, out))
        return {};
    for (float& value : out)
        value *= 65536; // linear scaling of unbinned patterns undone
    return out;
}

/// What create() is asked for; the tests of refusals change it.
struct Request {
    std::vector<PatternSelection> selections = {{numberedScan({2, 2}, {4, 4}), {0, 0, 2, 2}}};
    DiffractionOptions options = plain;
    std::filesystem::path folder = {};
};
using Change = std::function<void(Request&)>;

} // namespace

class TestPreparedPatterns : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void keepsSelectionsInOrder()
    {
        const auto patterns = PreparedPatterns::create(
            {{numberedScan({4, 5}, {3, 3}), {1, 2, 2, 3}}, {numberedScan({2, 2}, {3, 3}, 5000), {0, 0, 2, 2}}}, plain,
            {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE((*patterns)->count(), 10);
        QCOMPARE((*patterns)->patternShape(), (PatternShape{3, 3}));
        const std::vector<std::int64_t> wanted = {9, 0, 3, 5, 0};
        const auto out = counts(**patterns, wanted);
        const float firsts[] = {5300, 700, 1200, 1400, 700}; // rows 1 and 2, columns 2 to 4, of rows of five
        for (std::size_t i = 0; i < wanted.size(); ++i)
            for (int pixel = 0; pixel < 9; ++pixel)
                QCOMPARE(out[i * 9 + std::size_t(pixel)], firsts[i] + float(pixel));
    }

    void manyBlocksKeepTheirOrder()
    {
        // 8 MiB blocks hold 64 of these patterns: several blocks, several workers.
        const ScanShape scan{9, 40};
        const PatternShape pattern{256, 256};
        std::vector<std::uint16_t> values(std::size_t(scan.count() * pattern.count()));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::uint16_t(i / 65536 + i % 65536 % 7);
        const auto patterns =
            PreparedPatterns::create({{scanOf(scan, pattern, values), {0, 0, 9, 40}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        std::vector<float> out(65536);
        for (std::int64_t i = 0; i < scan.count(); ++i) {
            const std::vector<std::int64_t> index = {i};
            QVERIFY((*patterns)->gather(index, out));
            QCOMPARE(out[0] * 65536, float(i));
            QCOMPARE(out[65535] * 65536, float(i + 65535 % 7));
        }
    }

    void preparesAsPrepareCountsDoes()
    {
        const Golden golden("core/prepare/preparation_golden.json");
        const std::vector<float> pattern = golden.values<float>("pattern");
        std::vector<std::uint16_t> values(pattern.begin(), pattern.end());
        const auto patterns = PreparedPatterns::create({{scanOf({1, 1}, {31, 26}, values), {0, 0, 1, 1}}},
                                                       {CentreKind::CentreOfMass, 3.7, 3, Scaling::Linear}, {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE((*patterns)->patternShape(), (PatternShape{10, 8}));
        std::vector<float> out(80);
        QVERIFY((*patterns)->gather(firstIndices(1), out));
        const std::vector<double> expected = golden.values("all");
        for (std::size_t i = 0; i < out.size(); ++i)
            QCOMPARE(out[i], float(expected[i]) / float(65536 * 9));
    }

    void masksAtTheTypicalCentreWhenNotCentred()
    {
        const Golden golden("core/prepare/preparation_golden.json");
        const auto patterns =
            PreparedPatterns::create({{scanOf({1, 1}, {31, 26}, golden.values<float>("pattern")), {0, 0, 1, 1}}},
                                     {CentreKind::None, 4.5, 1, Scaling::Linear}, {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE(counts(**patterns, {0}), golden.values<float>("masked"));
    }

    void everyNumberTypeSurvives_data()
    {
        QTest::addColumn<ScanPtr>("scan");
        QTest::addColumn<QVector<double>>("values");
        const auto row = []<class T>(T, const QVector<double>& values) {
            const ScanPtr scan = scanOf({1, 1}, {2, 2}, std::vector<T>(values.begin(), values.end()));
            QTest::newRow(elementTypeName(scan->elementType())) << scan << values;
        };
        row(std::uint8_t(), {0, 1, 200, 255});
        row(std::int8_t(), {-100, 1, 20, 127});
        row(std::uint16_t(), {0, 1, 65535, 40000});
        row(std::int16_t(), {-5, 1, 32767, 7});
        row(std::uint32_t(), {0, 65536, 1e6, 7});
        row(std::int32_t(), {-70000, 1, 2, 65535});
        row(std::uint64_t(), {0, 65536, 1e6, 7});
        row(std::int64_t(), {-70000, 1, 2, 65535});
        row(float(), {0.25, -1.5, 70000, 3});
        row(double(), {0.5, 1, 65535, 65536});
    }

    void everyNumberTypeSurvives()
    {
        QFETCH(ScanPtr, scan);
        QFETCH(QVector<double>, values);
        const auto patterns = PreparedPatterns::create({{scan, {0, 0, 1, 1}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        const auto out = counts(**patterns, {0});
        for (int i = 0; i < 4; ++i)
            QCOMPARE(out.at(std::size_t(i)), float(values[i]));
    }

    void patternsThatDoNotFitAreKeptBesideThoseThatDo()
    {
        // Odd pattern sizes: float32 values must stay aligned behind uint16 ones.
        std::vector<float> values(9 * 5, 3.0f);
        values[9 + 4] = 0.5f;
        values[27 + 1] = 1e6f;
        const auto patterns =
            PreparedPatterns::create({{scanOf({1, 5}, {3, 3}, values), {0, 0, 1, 5}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE(counts(**patterns, {0, 1, 2, 3, 4}), values);
    }

    void adviceChangesNothingThatIsRead()
    {
        // Patterns of two pages each; every seventh does not fit into whole numbers and takes four.
        constexpr int count = 200, pixels = 64 * 64;
        std::vector<float> values(std::size_t(count * pixels));
        for (int i = 0; i < count; ++i)
            for (int pixel = 0; pixel < pixels; ++pixel)
                values[std::size_t(i * pixels + pixel)] = float((i * 31 + pixel) % 5000) + (i % 7 == 0 ? 0.5f : 0.0f);
        const auto patterns =
            PreparedPatterns::create({{scanOf({1, count}, {64, 64}, values), {0, 0, 1, count}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        const auto all = firstIndices(count);
        std::vector<std::int64_t> some;
        for (int i = 0; i < count; i += 3)
            some.push_back((i * 7) % count);
        (*patterns)->willNeed(some);
        QCOMPARE(counts(**patterns, all), values);
        (*patterns)->doneWith(some);
        QCOMPARE(counts(**patterns, all), values);
        (*patterns)->doneWith(all);
        (*patterns)->willNeed({});
        (*patterns)->doneWith({});
        QCOMPARE(counts(**patterns, all), values);
    }

    void patternsThatWereNotTakenAreZeros()
    {
        const auto scan =
            std::make_shared<MemoryScan>(ScanShape{2, 2}, PatternShape{2, 2}, std::vector<std::uint16_t>(16, 7));
        scan->stopAfter(3);
        const auto patterns = PreparedPatterns::create({{scan, {0, 0, 2, 2}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        QCOMPARE(counts(**patterns, {2, 3}), (std::vector<float>{7, 7, 7, 7, 0, 0, 0, 0}));
    }

    void gatherRefusesBadIndices()
    {
        const auto patterns =
            PreparedPatterns::create({{numberedScan({1, 3}, {2, 2}), {0, 0, 1, 3}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        std::vector<float> out(4);
        for (const std::int64_t index : {std::int64_t(-1), std::int64_t(3)}) {
            const std::vector<std::int64_t> indices = {index};
            const auto done = (*patterns)->gather(indices, out);
            QVERIFY(!done);
            QCOMPARE(int(done.error().code), int(ErrorCode::InvalidArgument));
            QVERIFY(!(*patterns)->quantile999(indices));
        }
        const auto small = (*patterns)->gather(firstIndices(2), out);
        QVERIFY(!small);
        QCOMPARE(int(small.error().code), int(ErrorCode::InvalidArgument));
    }

    void gathersFromSeveralThreads()
    {
        const auto patterns =
            PreparedPatterns::create({{numberedScan({10, 10}, {8, 8}), {0, 0, 10, 10}}}, plain, {}, {}, {});
        QVERIFY(patterns);
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread)
                threads.emplace_back([&, thread] {
                    for (std::int64_t i = thread; i < 100; ++i)
                        wrong += counts(**patterns, {i}).at(5) != float(i * 100 + 5);
                });
        }
        QCOMPARE(wrong.load(), 0);
    }

    void refuses_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, ErrorCode code, Change change) {
            QTest::newRow(name) << change << int(code);
        };
        row("pattern sizes differ", ErrorCode::ShapeMismatch, [](Request& request) {
            request.selections.push_back({numberedScan({2, 2}, {4, 5}), {0, 0, 2, 2}});
        });
        row("no selection", ErrorCode::InvalidArgument, [](Request& request) { request.selections.clear(); });
        row("no scan", ErrorCode::InvalidArgument, [](Request& request) { request.selections.push_back({}); });
        row("crop outside", ErrorCode::InvalidArgument, [](Request& request) {
            request.selections[0].region = {1, 0, 2, 2};
        });
        row("bin larger than pattern", ErrorCode::PatternTooSmall, [](Request& request) { request.options.bin = 5; });
        row("bin 0", ErrorCode::StudyInvalid, [](Request& request) { request.options.bin = 0; });
        row("unreadable", ErrorCode::FileUnreadable, [](Request& request) {
            const auto scan =
                std::make_shared<MemoryScan>(ScanShape{2, 2}, PatternShape{4, 4}, std::vector<std::uint16_t>(64, 1));
            scan->breakAtRow(1);
            request.selections[0].scan = scan;
        });
        row("no such folder", ErrorCode::WriteFailed,
            [](Request& request) { request.folder = "/proc/no such folder"; });
        row("larger than any disk", ErrorCode::WriteFailed, [](Request& request) {
            class Endless : public MemoryScan {
              public:
                Endless() : MemoryScan({1, 1}, {1, 1}, std::vector<std::uint16_t>{}) {}
                ScanShape scanShape() const override { return {2000000, 2000000}; }
                PatternShape patternShape() const override { return {512, 512}; }
            };
            request.selections[0] = {std::make_shared<Endless>(), {0, 0, 40000, 40000}};
        });
    }

    void refuses()
    {
        QFETCH(Change, change);
        QFETCH(int, code);
        Request request;
        QVERIFY(PreparedPatterns::create(request.selections, request.options, request.folder, {}, {})); // so far right
        change(request);
        const auto patterns = PreparedPatterns::create(request.selections, request.options, request.folder, {}, {});
        QVERIFY(!patterns);
        QCOMPARE(int(patterns.error().code), code);
        QVERIFY(patterns.error().message.ends_with('.'));
        if (patterns.error().code == ErrorCode::ShapeMismatch)
            QCOMPARE(patterns.error().arguments, (std::vector<std::string>{"4 x 5", "4 x 4"}));
    }

    void stopsWhenAsked()
    {
        std::stop_source stop;
        const auto scan = numberedScan({20, 20}, {256, 256}); // several blocks
        const auto patterns = PreparedPatterns::create(
            {{scan, {0, 0, 20, 20}}}, plain, {}, [&](const Progress&) { stop.request_stop(); }, stop.get_token());
        QVERIFY(!patterns);
        QCOMPARE(int(patterns.error().code), int(ErrorCode::Cancelled));
    }

    void reportsProgressToTheEnd()
    {
        std::vector<Progress> reports;
        const auto patterns = PreparedPatterns::create(
            {{numberedScan({3, 4}, {2, 2}), {0, 0, 3, 4}}, {numberedScan({3, 4}, {2, 2}), {1, 1, 1, 2}}}, plain, {},
            [&](const Progress& progress) { reports.push_back(progress); }, {});
        QVERIFY(patterns);
        QVERIFY(!reports.empty());
        QCOMPARE(reports.back().stage, std::string("prepare"));
        QCOMPARE(reports.back().done, 14);
        QCOMPARE(reports.back().total, 14);
    }

    void leavesNoFileBehind()
    {
        const QTemporaryDir folder;
        const auto patterns = PreparedPatterns::create({{numberedScan({3, 4}, {2, 2}), {0, 0, 3, 4}}}, plain,
                                                       folder.path().toStdString(), {}, {});
        QVERIFY(patterns);
        QVERIFY(QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).isEmpty());
        QCOMPARE(counts(**patterns, {11}).at(3), 1103.0f);
    }
};

QTEST_APPLESS_MAIN(TestPreparedPatterns)
#include "tst_prepared_patterns.moc"
