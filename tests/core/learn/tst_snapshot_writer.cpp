// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints that are written while the training goes on.
#include "core/learn/snapshot_writer_p.h"

#include <QtTest>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

using namespace dispersa;

namespace {

TrainingSnapshot afterEpoch(int epoch)
{
    TrainingSnapshot snapshot;
    snapshot.history.resize(std::size_t(epoch));
    return snapshot;
}

/// Notes the epochs that were written; lets the test say when a write may end.
struct Disk {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::size_t> written;
    std::size_t begun = 0;
    std::size_t allowed = 0;

    SnapshotWriter::Write write()
    {
        return [this](const TrainingSnapshot& snapshot) -> Result<void> {
            std::unique_lock lock(mutex);
            ++begun;
            changed.notify_all();
            changed.wait(lock, [this] { return written.size() < allowed; });
            written.push_back(snapshot.history.size());
            return {};
        };
    }
    void allow(std::size_t writes)
    {
        const std::lock_guard lock(mutex);
        allowed = writes;
        changed.notify_all();
    }
    void waitForBegin(std::size_t writes)
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return begun >= writes; });
    }
};

} // namespace

class TestSnapshotWriter : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theFirstIsThereAtOnce()
    {
        std::vector<std::size_t> written;
        SnapshotWriter writer([&](const TrainingSnapshot& snapshot) -> Result<void> {
            written.push_back(snapshot.history.size());
            return {};
        });
        QVERIFY(writer.write(afterEpoch(1)));
        QCOMPARE(written, (std::vector<std::size_t>{1}));
    }

    void laterOnesFollowAndTheNewestWaits()
    {
        Disk disk;
        disk.allow(1);
        SnapshotWriter writer(disk.write());
        QVERIFY(writer.write(afterEpoch(1)));
        QVERIFY(writer.write(afterEpoch(2)));
        disk.waitForBegin(2); // being written, and kept from ending: the calls below return all the same
        QVERIFY(writer.write(afterEpoch(3)));
        QVERIFY(writer.write(afterEpoch(4)));
        disk.allow(9);
        QVERIFY(writer.finish());
        QCOMPARE(disk.written, (std::vector<std::size_t>{1, 2, 4}));
    }

    void theEndWaitsForTheLast()
    {
        Disk disk;
        disk.allow(1);
        {
            SnapshotWriter writer(disk.write());
            QVERIFY(writer.write(afterEpoch(1)));
            QVERIFY(writer.write(afterEpoch(2)));
            disk.allow(9);
        }
        QCOMPARE(disk.written, (std::vector<std::size_t>{1, 2}));
    }

    void errorsComeWithTheNextOrAtTheEnd_data()
    {
        QTest::addColumn<int>("failsAt");
        QTest::addColumn<bool>("throws");
        QTest::newRow("first") << 1 << false;
        QTest::newRow("second") << 2 << false;
        QTest::newRow("second, exception") << 2 << true;
    }

    void errorsComeWithTheNextOrAtTheEnd()
    {
        QFETCH(int, failsAt);
        QFETCH(bool, throws);
        int writes = 0;
        SnapshotWriter writer([&](const TrainingSnapshot&) -> Result<void> {
            if (++writes < failsAt)
                return {};
            if (throws)
                throw std::bad_alloc();
            return fail(ErrorCode::WriteFailed, "The disk is full.");
        });
        const ErrorCode expected = throws ? ErrorCode::OutOfMemory : ErrorCode::WriteFailed;
        const auto first = writer.write(afterEpoch(1));
        QCOMPARE(bool(first), failsAt > 1);
        if (first) {
            QVERIFY(writer.write(afterEpoch(2)));
            const auto end = writer.finish();
            QVERIFY(!end && end.error().code == expected);
        }
        const auto next = writer.write(afterEpoch(3));
        QVERIFY(!next && next.error().code == expected);
        QVERIFY(!writer.finish());
        QCOMPARE(writes, failsAt); // nothing is written after a failure
    }

    void nothingToWrite()
    {
        SnapshotWriter writer([](const TrainingSnapshot&) -> Result<void> { return {}; });
        QVERIFY(writer.finish());
    }
};

QTEST_APPLESS_MAIN(TestSnapshotWriter)
#include "tst_snapshot_writer.moc"
