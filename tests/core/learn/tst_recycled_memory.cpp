// SPDX-License-Identifier: GPL-3.0-or-later
// Memory of large tensors that is kept for the next ones: used again, bounded, given back.
#include "core/learn/recycled_memory_p.h"

#include <QtTest>

#include <ATen/Functions.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using namespace dispersa;

namespace {

constexpr std::int64_t mebi = 1 << 20;

at::Tensor block(std::int64_t mebibytes)
{
    return at::empty({mebibytes * mebi}, at::kByte);
}

} // namespace

class TestRecycledMemory : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theNextOfItsSizeGetsIt()
    {
        const at::Tensor before = block(5); // from before: must be freed as it was made
        const RecycledMemory memory;
        void* place = nullptr;
        {
            const at::Tensor first = block(40);
            place = first.data_ptr();
            QCOMPARE(RecycledMemory::use().live_bytes, std::size_t(40 * mebi));
        }
        QCOMPARE(RecycledMemory::use().live_bytes, std::size_t(0));
        QCOMPARE(RecycledMemory::use().idle_bytes, std::size_t(40 * mebi));
        const at::Tensor second = block(40);
        QCOMPARE(second.data_ptr(), place);
        QCOMPARE(RecycledMemory::use().requests, std::int64_t(2));
        QCOMPARE(RecycledMemory::use().fromSystem, std::int64_t(1));
        QCOMPARE(RecycledMemory::use().idle_bytes, std::size_t(0));
        const at::Tensor other = block(40); // the place is taken
        QVERIFY(other.data_ptr() != place);
        const at::Tensor small = at::empty({1000});
        QCOMPARE(RecycledMemory::use().requests, std::int64_t(3));
    }

    void aLittleSmallerOneGetsItASmallerDoesNot()
    {
        const RecycledMemory memory;
        const void* place = block(40).data_ptr();
        QCOMPARE(block(37).data_ptr(), place);
        const auto before = RecycledMemory::use().fromSystem;
        block(30);
        QCOMPARE(RecycledMemory::use().fromSystem, before + 1);
    }

    void whatIsKeptIsBounded()
    {
        const RecycledMemory memory;
        {
            const at::Tensor a = block(30), b = block(30);
        }
        // Sizes that nothing kept can serve: never more than a quarter above what was in use at once.
        for (std::int64_t size = 31; size < 60; size += 3) {
            const at::Tensor one = block(size);
            const auto use = RecycledMemory::use();
            QVERIFY(use.live_bytes + use.idle_bytes <= std::size_t(75 * mebi));
        }
        QCOMPARE(RecycledMemory::use().live_bytes, std::size_t(0));
    }

    void nothingStays()
    {
        std::optional<RecycledMemory> outer(std::in_place);
        at::Tensor outlives;
        {
            const RecycledMemory inner;
            outlives = block(10).fill_(3);
            block(20);
        }
        QVERIFY(RecycledMemory::use().idle_bytes > 0); // the outer one lives on
        outer.reset();
        QCOMPARE(RecycledMemory::use().idle_bytes, std::size_t(0));
        QCOMPARE(RecycledMemory::use().live_bytes, std::size_t(10 * mebi));
        QCOMPARE(outlives[5].item<int>(), 3);
        outlives = at::Tensor();
        QCOMPARE(RecycledMemory::use().live_bytes, std::size_t(0));
        QCOMPARE(RecycledMemory::use().idle_bytes, std::size_t(0));
        block(20); // nobody keeps it
        QCOMPARE(RecycledMemory::use().idle_bytes, std::size_t(0));
    }

    void severalThreads()
    {
        const RecycledMemory memory;
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&wrong, t] {
                for (int i = 0; i < 200; ++i) {
                    const at::Tensor own = block(1 + (i * 7 + t) % 3).fill_(t);
                    std::this_thread::yield();
                    wrong += own.eq(t).all().item<bool>() ? 0 : 1;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(RecycledMemory::use().live_bytes, std::size_t(0));
        QVERIFY(RecycledMemory::use().fromSystem < RecycledMemory::use().requests / 2);
    }
};

QTEST_APPLESS_MAIN(TestRecycledMemory)
#include "tst_recycled_memory.moc"
