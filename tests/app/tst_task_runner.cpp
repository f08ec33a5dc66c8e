// SPDX-License-Identifier: GPL-3.0-or-later
// Lanes, progress, stopping and delivery of the task runner. Threads meet at promises, never at a sleep.
#include "app/tasks/task_runner.h"

#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <future>

using namespace dispersa;

namespace {

/// A point where a worker waits until the test lets it go.
struct Gate {
    std::promise<void> entered;
    std::promise<void> open;
    std::shared_future<void> opened = open.get_future().share();
    void pass()
    {
        entered.set_value();
        opened.wait();
    }
};

} // namespace

class TestTaskRunner : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void deliversOnTheGuiThread()
    {
        TaskRunner runner;
        std::thread::id worked;
        std::thread::id delivered;
        int value = 0;
        runner.start<int>(
            TaskLane::Io, "one", this,
            [&](const ProgressSink&, std::stop_token) -> Result<int> {
                worked = std::this_thread::get_id();
                return 7;
            },
            [&](Result<int> outcome) {
                delivered = std::this_thread::get_id();
                value = outcome.value();
            });
        QVERIFY(!runner.isIdle());
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(value, 7);
        QVERIFY(delivered == std::this_thread::get_id());
        QVERIFY(worked != delivered);
    }

    void keepsOrderInALane()
    {
        TaskRunner runner;
        std::vector<int> order;
        for (int i = 0; i < 5; ++i)
            runner.start<int>(
                TaskLane::Compute, "n", this, [i](const ProgressSink&, std::stop_token) -> Result<int> { return i; },
                [&](Result<int> outcome) { order.push_back(*outcome); });
        QCOMPARE(runner.tasks().size(), std::size_t(5));
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(order, (std::vector<int>{0, 1, 2, 3, 4}));
    }

    void newestInteractiveJobWins()
    {
        TaskRunner runner;
        Gate gate;
        std::vector<int> outcomes;
        std::atomic<bool> firstSawStop = false;
        std::atomic<int> ran = 0;
        const auto done = [&](Result<int> outcome) { outcomes.push_back(*outcome); };
        runner.start<int>(
            TaskLane::Interactive, "first", this,
            [&](const ProgressSink&, std::stop_token stop) -> Result<int> {
                ++ran;
                gate.pass();
                firstSawStop = stop.stop_requested();
                return 1;
            },
            done, "pattern");
        gate.entered.get_future().wait();
        for (int i = 2; i <= 4; ++i)
            runner.start<int>(
                TaskLane::Interactive, "later", this,
                [&, i](const ProgressSink&, std::stop_token) -> Result<int> {
                    ++ran;
                    return i;
                },
                done, "pattern");
        gate.open.set_value();
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(outcomes, (std::vector<int>{4}));
        QVERIFY(firstSawStop);
        QVERIFY(ran >= 2);
    }

    void otherKeysAreNotDisturbed()
    {
        TaskRunner runner;
        QStringList outcomes;
        for (const QString& key : {QStringLiteral("a"), QStringLiteral("b")})
            runner.start<QString>(
                TaskLane::Interactive, key, this,
                [key](const ProgressSink&, std::stop_token) -> Result<QString> { return key; },
                [&](Result<QString> outcome) { outcomes << *outcome; }, key);
        QTRY_VERIFY(runner.isIdle());
        outcomes.sort();
        QCOMPARE(outcomes, (QStringList{"a", "b"}));
    }

    void stopReachesRunningAndQueuedWork()
    {
        TaskRunner runner;
        Gate gate;
        std::vector<ErrorCode> codes;
        std::atomic<bool> secondRan = false;
        const auto done = [&](Result<int> outcome) { codes.push_back(outcome.error().code); };
        const int running = runner.start<int>(
            TaskLane::Compute, "running", this,
            [&](const ProgressSink&, std::stop_token stop) -> Result<int> {
                gate.pass();
                if (stop.stop_requested())
                    return fail(ErrorCode::Cancelled, "stopped");
                return 1;
            },
            done);
        const int queued = runner.start<int>(
            TaskLane::Compute, "queued", this,
            [&](const ProgressSink&, std::stop_token) -> Result<int> {
                secondRan = true;
                return 2;
            },
            done);
        gate.entered.get_future().wait();
        runner.requestStop(queued);
        QTRY_COMPARE(codes.size(), std::size_t(1)); // answers while the other still runs
        runner.requestStop(running);
        QCOMPARE(runner.tasks().front().state, TaskState::Stopping);
        gate.open.set_value();
        QTRY_VERIFY(runner.isIdle());
        QCOMPARE(codes, (std::vector<ErrorCode>{ErrorCode::Cancelled, ErrorCode::Cancelled}));
        QVERIFY(!secondRan);
    }

    void aContextThatIsGoneHearsNothing()
    {
        TaskRunner runner;
        Gate gate;
        bool called = false;
        auto context = std::make_unique<QObject>();
        runner.start<int>(
            TaskLane::Io, "t", context.get(),
            [&](const ProgressSink&, std::stop_token) -> Result<int> {
                gate.pass();
                return 1;
            },
            [&](Result<int>) { called = true; });
        gate.entered.get_future().wait();
        context.reset();
        gate.open.set_value();
        QTRY_VERIFY(runner.isIdle());
        QVERIFY(!called);
    }

    void progressIsSeenWhileRunning()
    {
        TaskRunner runner;
        Gate gate;
        QSignalSpy progressed(&runner, &TaskRunner::progressed);
        runner.start<int>(
            TaskLane::Compute, "t", this,
            [&](const ProgressSink& sink, std::stop_token) -> Result<int> {
                for (int i = 0; i <= 1000; ++i)
                    sink({"read", i, 2000, {}});
                gate.pass();
                return 1;
            },
            [](Result<int>) {});
        gate.entered.get_future().wait();
        QTRY_VERIFY(!progressed.isEmpty());
        const TaskStatus status = runner.tasks().front();
        QCOMPARE(status.progress.done, 1000);
        QCOMPARE(status.state, TaskState::Running);
        QVERIFY(status.secondsLeft >= 0);
        QVERIFY(progressed.size() < 100); // one slot, read by a timer: not one signal per report
        gate.open.set_value();
        QTRY_VERIFY(runner.isIdle());
    }

    void whoStartedATaskKnowsBetterHowLongItTakes()
    {
        TaskRunner runner;
        Gate gate;
        auto context = std::make_unique<QObject>();
        const int id = runner.start<int>(
            TaskLane::Compute, "t", context.get(),
            [&](const ProgressSink& sink, std::stop_token) -> Result<int> {
                sink({"plan", 0, 10, {}});
                sink({"plan", 5, 10, {}});
                gate.pass();
                return 1;
            },
            [](Result<int>) {});
        gate.entered.get_future().wait();
        const auto left = [&] { return runner.tasks().front().secondsLeft; };
        QVERIFY(left() >= 0 && left() < 60); // half of a moment is left
        std::optional<double> known = 1234;
        runner.setTimeLeft(id, [&known] { return known; });
        QCOMPARE(left(), 1234.0);
        known = -1; // knows that nobody can know
        QVERIFY(left() < 0);
        known.reset();
        QVERIFY(left() >= 0 && left() < 60);
        known = 1234;
        context.reset(); // whom nobody must ask any more
        QVERIFY(left() < 60);
        gate.open.set_value();
        QTRY_VERIFY(runner.isIdle());
    }

    void anExceptionBecomesAnError()
    {
        TaskRunner runner;
        std::optional<ErrorCode> code;
        runner.start<int>(
            TaskLane::Io, "t", this,
            [](const ProgressSink&, std::stop_token) -> Result<int> { throw std::runtime_error("escaped"); },
            [&](Result<int> outcome) { code = outcome.error().code; });
        QTRY_VERIFY(code.has_value());
        QCOMPARE(*code, ErrorCode::Internal);
    }

    void destructionStopsAndJoins()
    {
        std::atomic<bool> ended = false;
        std::promise<void> entered;
        {
            TaskRunner runner;
            runner.start<int>(
                TaskLane::Compute, "t", this,
                [&](const ProgressSink&, std::stop_token stop) -> Result<int> {
                    std::promise<void> stopped;
                    const std::stop_callback onStop(stop, [&] { stopped.set_value(); });
                    entered.set_value();
                    stopped.get_future().wait();
                    ended = true;
                    return 1;
                },
                [](Result<int>) {});
            entered.get_future().wait();
        }
        QVERIFY(ended);
    }
};

QTEST_GUILESS_MAIN(TestTaskRunner)
#include "tst_task_runner.moc"
