// SPDX-License-Identifier: GPL-3.0-or-later
// Both feeds: order, last batch, errors, ending early.
#include "core/learn/pattern_feed_p.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <torch/cuda.h>

#include <new>
#include <set>

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

std::unique_ptr<PatternFeed> feed(const PatternSource& source, std::vector<std::int64_t> order, int batchSize,
                                  bool resident, c10::Device device = at::kCPU)
{
    if (!resident)
        return std::make_unique<StreamedFeed>(source, std::move(order), batchSize, device);
    auto patterns = ResidentPatterns::create(source, order, device).value();
    return std::make_unique<ResidentFeed>(std::move(patterns), std::move(order), batchSize);
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

class TestPatternFeed : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyPatternInOrder_data()
    {
        QTest::addColumn<bool>("resident");
        QTest::addColumn<bool>("onGpu");
        QTest::newRow("streamed") << false << false;
        QTest::newRow("resident") << true << false;
        QTest::newRow("streamed to a GPU") << false << true;
        QTest::newRow("resident on a GPU") << true << true;
    }

    void everyPatternInOrder()
    {
        QFETCH(bool, resident);
        QFETCH(bool, onGpu);
        if (onGpu && !torch::cuda::is_available())
            QSKIP("no CUDA device");
        const synthetic::Patterns source = numbered(50);
        std::vector<std::int64_t> order;
        for (int i = 0; i < 40; ++i)
            order.push_back((i * 7) % 50);
        const std::unique_ptr<PatternFeed> loader = feed(source, order, 8, resident, onGpu ? at::kCUDA : at::kCPU);
        std::vector<std::int64_t> seen;
        std::vector<std::size_t> sizes;
        while (const auto batch = loader->next().value()) {
            QCOMPARE(batch->stored.size(0), batch->count());
            QCOMPARE(batch->stored.is_cuda(), onGpu);
            const at::Tensor stored = batch->stored.to(at::kCPU);
            for (std::int64_t i = 0; i < batch->count(); ++i)
                for (int pixel = 0; pixel < 6; ++pixel)
                    QCOMPARE(stored.data_ptr<float>()[i * 6 + pixel], float(batch->indices[std::size_t(i)]));
            seen.insert(seen.end(), batch->indices.begin(), batch->indices.end());
            sizes.push_back(batch->indices.size());
        }
        QCOMPARE(seen, order);
        QCOMPARE(sizes, (std::vector<std::size_t>{8, 8, 8, 8, 8}));
        QVERIFY(!loader->next().value());
    }

    void theLastBatchIsSmaller()
    {
        const synthetic::Patterns source = numbered(11);
        for (const bool resident : {false, true}) {
            const auto loader = feed(source, {10, 3, 4}, 2, resident);
            QCOMPARE(loader->next().value()->count(), std::int64_t(2));
            const auto last = loader->next().value();
            QCOMPARE(last->count(), std::int64_t(1));
            QCOMPARE(last->stored.data_ptr<float>()[0], 4.f);
        }
    }

    void residentKeepsOneOfEach()
    {
        const synthetic::Patterns source = numbered(50);
        const std::vector<std::int64_t> some = {7, 3, 7, 40};
        const auto patterns = ResidentPatterns::create(source, some, at::kCPU).value();
        QCOMPARE(patterns->stored().size(0), std::int64_t(3));
        QCOMPARE(ResidentPatterns::bytes(source, 3), std::uint64_t(3 * 6 * 4));
    }

    void nothingToLoad()
    {
        const synthetic::Patterns source = numbered(3);
        for (const bool resident : {false, true})
            QVERIFY(!feed(source, {}, 8, resident)->next().value());
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
        StreamedFeed loader(source, {1, 2, 3, 4, 5, 6, 7}, 2, at::kCPU);
        QVERIFY(loader.next());
        QVERIFY(loader.next());
        const auto third = loader.next();
        QVERIFY(!third);
        QTEST(int(third.error().code), "code");
    }

    void aWindowedFeedTellsWhatComes()
    {
        // Numbered patterns that know what was announced when they are read.
        struct Told : synthetic::Patterns {
            using synthetic::Patterns::Patterns;
            Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
            {
                for (const std::int64_t index : indices)
                    unannounced += needed.count(index) == 0;
                return synthetic::Patterns::gather(indices, out);
            }
            void willNeed(std::span<const std::int64_t> indices) const override { needed.insert(indices.begin(), indices.end()); }
            void doneWith(std::span<const std::int64_t> indices) const override
            {
                for (const std::int64_t index : indices)
                    needed.erase(index);
            }
            mutable std::set<std::int64_t> needed;
            mutable int unannounced = 0;
        };
        std::vector<float> values;
        for (int i = 0; i < 50; ++i)
            values.insert(values.end(), 6, float(i));
        const Told source({2, 3}, values);
        std::vector<std::int64_t> order;
        for (int i = 0; i < 47; ++i)
            order.push_back((i * 7) % 50);
        std::vector<std::int64_t> seen;
        {
            StreamedFeed loader(source, order, 8, at::kCPU, 10);
            while (const auto batch = loader.next().value()) {
                for (std::int64_t i = 0; i < batch->count(); ++i)
                    seen.push_back(std::int64_t(batch->stored.data_ptr<float>()[i * 6]));
            }
        }
        QCOMPARE(seen, order);
        QCOMPARE(source.unannounced, 0);
        QVERIFY(source.needed.empty());
    }

    void canEndEarly()
    {
        const synthetic::Patterns source = numbered(50);
        for (int taken = 0; taken < 5; ++taken) {
            StreamedFeed loader(source, std::vector<std::int64_t>(40, 1), 4, at::kCPU);
            for (int i = 0; i < taken; ++i)
                QVERIFY(loader.next());
        } // the thread still waits for a free buffer; the end of the loader must not hang
    }
};

QTEST_APPLESS_MAIN(TestPatternFeed)
#include "tst_pattern_feed.moc"
