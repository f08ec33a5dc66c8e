// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of decoded chunks: its budget, what it drops, threads that want the same chunk.
#include "core/data/chunk_cache.h"

#include <QTest>

#include <atomic>
#include <barrier>
#include <new>
#include <thread>
#include <vector>

using namespace dispersa;

class TestChunkCache : public QObject {
    Q_OBJECT

    static ChunkPtr chunkOf(std::size_t size) { return std::make_shared<const Chunk>(size); }
    static Result<const Chunk*> get(ChunkCache& cache, ChunkKey key, std::size_t size, const ChunkCache::Load& load)
    {
        const Chunk* used = nullptr;
        if (auto done = cache.use(key, size, load, [&](const Chunk& chunk) { used = &chunk; }); !done)
            return fail(done.error());
        return used;
    }

  private Q_SLOTS:
    void dropsTheLeastRecentlyUsed()
    {
        ChunkCache cache(300);
        int loads = 0;
        const auto get = [&](std::int64_t number) {
            return TestChunkCache::get(cache, {0, number}, 100, [&]() -> Result<ChunkPtr> {
                ++loads;
                return chunkOf(100);
            });
        };
        for (const std::int64_t number : {1, 2, 3, 1}) // 2 is the oldest now
            QVERIFY(get(number));
        QCOMPARE(loads, 3);
        QVERIFY(get(4));
        QCOMPARE(cache.bytes(), std::size_t(300));
        for (const std::int64_t number : {1, 3, 4})
            QVERIFY(get(number));
        QCOMPARE(loads, 4);
        QVERIFY(get(2));
        QCOMPARE(loads, 5);
    }

    void ofChunksAboveItsBudgetItKeepsOne()
    {
        ChunkCache cache(300);
        int loads = 0;
        const auto load = [&]() -> Result<ChunkPtr> {
            // The one before is gone by now: there are never two.
            if (cache.bytes() != 100)
                return fail(ErrorCode::Internal, "two large chunks");
            ++loads;
            return chunkOf(301);
        };
        QVERIFY(get(cache, {0, 9}, 100, [&] { return Result<ChunkPtr>(chunkOf(100)); }));
        for (const std::int64_t number : {1, 1, 1, 2, 2, 1})
            QVERIFY(get(cache, {0, number}, 301, load));
        QCOMPARE(loads, 3);
        QCOMPARE(cache.bytes(), std::size_t(401));
        QVERIFY(!get(cache, {0, 3}, 301, [] { return Result<ChunkPtr>(fail(ErrorCode::FileUnreadable, "no")); }));
        QVERIFY(get(cache, {0, 3}, 301, load));
    }

    void asMuchAsTheBudgetIsLoadedAtATime()
    {
        // Twelve threads, each with a chunk of its own that takes a third of the budget.
        constexpr int count = 12;
        ChunkCache cache(300);
        std::atomic<int> loading = 0, most = 0;
        std::barrier start(count);
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < count; ++t)
                threads.emplace_back([&, t] {
                    start.arrive_and_wait();
                    (void)get(cache, {0, t}, 100, [&]() -> Result<ChunkPtr> {
                        const int now = ++loading;
                        for (int before = most; before < now && !most.compare_exchange_weak(before, now);)
                            continue;
                        std::this_thread::sleep_for(std::chrono::milliseconds(5));
                        --loading;
                        return chunkOf(100);
                    });
                });
        }
        QVERIFY2(most <= 3, qPrintable(QString::number(most)));
        QCOMPARE(cache.bytes(), std::size_t(300));
    }

    void datasetsDoNotShareChunks()
    {
        ChunkCache cache(300);
        const auto first = cache.addDataset(0), second = cache.addDataset(200);
        QVERIFY(first != second);
        const auto a = get(cache, {first, 0}, 10, [] { return Result<ChunkPtr>(chunkOf(10)); });
        const auto b = get(cache, {second, 0}, 10, [] { return Result<ChunkPtr>(chunkOf(10)); });
        QVERIFY(*a != *b);
        for (const std::int64_t number : {1, 2, 3}) // the budget is the largest of any
            QVERIFY(get(cache, {second, number}, 100, [] { return Result<ChunkPtr>(chunkOf(100)); }));
        QCOMPARE(cache.bytes(), std::size_t(300));
    }

    void failuresAreNotKept()
    {
        ChunkCache cache(300);
        const auto failed = get(cache, {0, 1}, 10, []() -> Result<ChunkPtr> {
            return fail(ErrorCode::FileUnreadable, "no");
        });
        QVERIFY(!failed && failed.error().code == ErrorCode::FileUnreadable);
        QVERIFY_EXCEPTION_THROWN((void)get(cache, {0, 1}, 10, []() -> Result<ChunkPtr> { throw std::bad_alloc(); }),
                                 std::bad_alloc);
        QVERIFY(get(cache, {0, 1}, 10, [] { return Result<ChunkPtr>(chunkOf(10)); }));
        QCOMPARE(cache.bytes(), std::size_t(10));
    }

    void threadsThatWantTheSameChunkLoadItOnce()
    {
        constexpr int count = 8;
        for (const std::size_t budget : {std::size_t(1000), std::size_t(10)}) { // kept; too large to be kept
            ChunkCache cache(budget);
            std::atomic<int> loads = 0, asking = 0, wrong = 0;
            std::barrier start(count);
            {
                std::vector<std::jthread> threads;
                for (int t = 0; t < count; ++t)
                    threads.emplace_back([&] {
                        start.arrive_and_wait();
                        ++asking;
                        const auto chunk = get(cache, {0, 7}, 100, [&]() -> Result<ChunkPtr> {
                            ++loads;
                            // Until all others are at the door, and a moment longer so that they pass it.
                            while (asking < count)
                                std::this_thread::yield();
                            std::this_thread::sleep_for(std::chrono::milliseconds(100));
                            return chunkOf(100);
                        });
                        wrong += !chunk || (*chunk)->bytes().size() != 100;
                    });
            }
            QCOMPARE(loads.load(), 1);
            QCOMPARE(wrong.load(), 0);
        }
    }
};

QTEST_APPLESS_MAIN(TestChunkCache)
#include "tst_chunk_cache.moc"
