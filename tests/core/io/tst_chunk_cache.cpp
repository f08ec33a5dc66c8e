// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of decoded chunks: its budget, what it drops, threads that want the same chunk.
#include "core/io/chunk_cache.h"

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

  private Q_SLOTS:
    void dropsTheLeastRecentlyUsed()
    {
        ChunkCache cache(300);
        int loads = 0;
        const auto get = [&](std::int64_t number) {
            return cache.get({0, number}, 100, [&]() -> Result<ChunkPtr> {
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

    void keepsNothingAboveItsBudget()
    {
        ChunkCache cache(300);
        int loads = 0;
        for (int again = 0; again < 2; ++again)
            QVERIFY(cache.get({0, 1}, 301, [&]() -> Result<ChunkPtr> {
                ++loads;
                return chunkOf(301);
            }));
        QCOMPARE(loads, 2);
        QCOMPARE(cache.bytes(), std::size_t(0));
    }

    void datasetsDoNotShareChunks()
    {
        ChunkCache cache(300);
        const auto first = cache.newDataset(), second = cache.newDataset();
        QVERIFY(first != second);
        const auto a = cache.get({first, 0}, 10, [] { return Result<ChunkPtr>(chunkOf(10)); });
        const auto b = cache.get({second, 0}, 10, [] { return Result<ChunkPtr>(chunkOf(10)); });
        QVERIFY(*a != *b);
    }

    void failuresAreNotKept()
    {
        ChunkCache cache(300);
        const auto failed = cache.get({0, 1}, 10, []() -> Result<ChunkPtr> {
            return fail(ErrorCode::FileUnreadable, "no");
        });
        QVERIFY(!failed && failed.error().code == ErrorCode::FileUnreadable);
        QVERIFY_EXCEPTION_THROWN((void)cache.get({0, 1}, 10, []() -> Result<ChunkPtr> { throw std::bad_alloc(); }),
                                 std::bad_alloc);
        QVERIFY(cache.get({0, 1}, 10, [] { return Result<ChunkPtr>(chunkOf(10)); }));
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
                        const auto chunk = cache.get({0, 7}, 100, [&]() -> Result<ChunkPtr> {
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
