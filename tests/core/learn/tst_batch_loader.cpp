// SPDX-License-Identifier: GPL-3.0-or-later
// The loader that reads ahead: order, last batch, errors, ending early.
#include "core/learn/batch_loader_p.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <new>

using namespace dispersa;

namespace {

/// Pattern i is filled with i.
synthetic::Patterns numbered(int count)
{
    std::vector<float> values;
    for (int i = 0; i < count; ++i)
        values.insert(values.end(), 6, float(i));
    return {{2, 3}, values};
}

/// Fails on one index, by error or by exception.
class Failing : public PatternSource {
  public:
    explicit Failing(bool throws) : m_throws(throws) {}
    std::int64_t count() const override { return 100; }
    PatternShape patternShape() const override { return {2, 3}; }
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float>) const override
    {
        for (std::int64_t index : indices)
            if (index == 5 && m_throws)
                throw std::bad_alloc();
            else if (index == 5)
                return fail(ErrorCode::FileUnreadable, "The disk is gone.");
        return {};
    }

  private:
    bool m_throws;
};

} // namespace

class TestBatchLoader : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyPatternInOrder()
    {
        const synthetic::Patterns source = numbered(50);
        std::vector<std::int64_t> order;
        for (int i = 0; i < 50; ++i)
            order.push_back((i * 7) % 50);
        BatchLoader loader(source, order, 8);
        std::vector<std::int64_t> seen;
        std::vector<std::size_t> sizes;
        while (const auto batch = loader.next().value()) {
            for (std::size_t i = 0; i < batch->indices.size(); ++i)
                for (int pixel = 0; pixel < 6; ++pixel)
                    QCOMPARE(batch->patterns[i * 6 + std::size_t(pixel)], float(batch->indices[i]));
            seen.insert(seen.end(), batch->indices.begin(), batch->indices.end());
            sizes.push_back(batch->indices.size());
        }
        QCOMPARE(seen, order);
        QCOMPARE(sizes, (std::vector<std::size_t>{8, 8, 8, 8, 8, 8, 2}));
        QVERIFY(!loader.next().value());
    }

    void nothingToLoad()
    {
        const synthetic::Patterns source = numbered(3);
        BatchLoader loader(source, {}, 8);
        QVERIFY(!loader.next().value());
    }

    void errorsComeThrough_data()
    {
        QTest::addColumn<bool>("throws");
        QTest::addColumn<int>("code");
        QTest::newRow("error") << false << int(ErrorCode::FileUnreadable);
        QTest::newRow("exception") << true << int(ErrorCode::OutOfMemory);
    }

    void errorsComeThrough()
    {
        QFETCH(bool, throws);
        const Failing source(throws);
        BatchLoader loader(source, {1, 2, 3, 4, 5, 6, 7}, 2);
        QVERIFY(loader.next());
        QVERIFY(loader.next());
        const auto third = loader.next();
        QVERIFY(!third);
        QTEST(int(third.error().code), "code");
    }

    void canEndEarly()
    {
        const synthetic::Patterns source = numbered(50);
        for (int taken = 0; taken < 5; ++taken) {
            BatchLoader loader(source, std::vector<std::int64_t>(40, 1), 4);
            for (int i = 0; i < taken; ++i)
                QVERIFY(loader.next());
        } // the thread still waits for a free buffer; the end of the loader must not hang
    }
};

QTEST_APPLESS_MAIN(TestBatchLoader)
#include "tst_batch_loader.moc"
