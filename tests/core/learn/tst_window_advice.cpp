// SPDX-License-Identifier: GPL-3.0-or-later
// What a source is told of an order: each pattern once before it is read, once after, and never more than two
// windows and a batch.
#include "core/learn/epoch_order_p.h"
#include "core/learn/window_advice_p.h"

#include <QtTest>

#include <algorithm>
#include <numeric>
#include <set>

using namespace dispersa;

namespace {

class Listener : public PatternSource {
  public:
    std::int64_t count() const override { return 1000; }
    PatternShape patternShape() const override { return {2, 2}; }
    Result<void> gather(std::span<const std::int64_t>, std::span<float>) const override { return {}; }
    void willNeed(std::span<const std::int64_t> indices) const override
    {
        ++calls;
        largest = std::max(largest, indices.size());
        sorted = sorted && std::is_sorted(indices.begin(), indices.end());
        for (const std::int64_t index : indices)
            twice += !needed.insert(index).second;
        most = std::max(most, needed.size() - done.size());
    }
    void doneWith(std::span<const std::int64_t> indices) const override
    {
        ++calls;
        for (const std::int64_t index : indices)
            twice += !done.insert(index).second || needed.count(index) == 0;
    }
    mutable std::set<std::int64_t> needed, done;
    mutable std::size_t most = 0, largest = 0;
    mutable int calls = 0, twice = 0;
    mutable bool sorted = true;
};

} // namespace

class TestWindowAdvice : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void eachOnceInTime_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("window");
        QTest::addColumn<int>("batch");
        QTest::newRow("batches fit the windows") << 960 << 96 << 8;
        QTest::newRow("batches lie across") << 1000 << 96 << 7;
        QTest::newRow("batches larger than windows") << 1000 << 5 << 64;
        QTest::newRow("one window") << 50 << 96 << 8;
        QTest::newRow("one pattern") << 1 << 2 << 1;
    }
    void eachOnceInTime()
    {
        QFETCH(int, count);
        QFETCH(int, window);
        QFETCH(int, batch);
        std::vector<std::int64_t> all(static_cast<std::size_t>(count));
        std::iota(all.begin(), all.end(), std::int64_t(0));
        // Windows of `window` patterns of one byte, as a training mixes them.
        const EpochOrder rule{0, 2, std::uint64_t(window)};
        QCOMPARE(rule.window(all.size(), 1), std::size_t(window));
        const std::vector<std::int64_t> order = rule.shuffled(all, 1, 3);
        const Listener source;
        WindowAdvice advice(source, order, std::size_t(window));
        for (std::size_t begin = 0; begin < order.size(); begin += std::size_t(batch)) {
            const std::size_t end = std::min(order.size(), begin + std::size_t(batch));
            advice.reach(begin, end);
            for (std::size_t i = begin; i < end; ++i)
                QVERIFY2(source.needed.count(order[i]) && !source.done.count(order[i]), "not there when it is read");
        }
        advice.finish();
        QCOMPARE(source.twice, 0);
        QCOMPARE(source.needed.size(), order.size());
        QCOMPARE(source.done.size(), order.size());
        QVERIFY(source.sorted);
        // The window that is read, the next one, and what a batch reaches over.
        const int bound = batch <= window ? 2 * window + batch : batch + 3 * window;
        QVERIFY2(source.most <= std::size_t(bound), qPrintable(QString::number(source.most)));
        QVERIFY(source.largest <= std::size_t(window));
    }

    void theNextWindowComesBitByBit()
    {
        std::vector<std::int64_t> order(40);
        std::iota(order.begin(), order.end(), std::int64_t(0));
        const Listener source;
        WindowAdvice advice(source, order, 20);
        for (std::size_t begin = 0; begin < 20; begin += 4) {
            advice.reach(begin, begin + 4);
            QCOMPARE(source.needed.size(), 20 + begin + 4); // as many of the next one as are read
            QVERIFY(source.done.empty());
        }
    }

    void whatFitsIsNotTold()
    {
        const EpochOrder rule;
        QCOMPARE(rule.window(1000, 1 << 20), std::size_t(0)); // 1000 MiB
        QCOMPARE(rule.window(1025, 1 << 20), std::size_t(256));
        const std::vector<std::int64_t> order = {3, 1, 2};
        const Listener source;
        WindowAdvice advice(source, order, 0);
        advice.reach(0, 3);
        advice.finish();
        QCOMPARE(source.calls, 0);
    }
};

QTEST_APPLESS_MAIN(TestWindowAdvice)
#include "tst_window_advice.moc"
