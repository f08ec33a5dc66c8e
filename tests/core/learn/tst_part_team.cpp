// SPDX-License-Identifier: GPL-3.0-or-later
// Threads with a part of the work each: all of them run, meet, and are let go when one fails.
#include "core/learn/part_team_p.h"

#include <QtTest>

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>

using namespace dispersa;

class TestPartTeam : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyPartRunsOnceOnItsThread()
    {
        PartTeam team({3, 2});
        QCOMPARE(team.parts(), 3);
        std::vector<std::thread::id> before(3);
        for (int round = 0; round < 50; ++round) {
            std::vector<int> calls(3);
            std::vector<std::thread::id> threads(3);
            std::vector<int> allowed(3);
            team.run([&](int part) {
                ++calls[std::size_t(part)];
                threads[std::size_t(part)] = std::this_thread::get_id();
                allowed[std::size_t(part)] = at::get_num_threads();
            });
            QCOMPARE(calls, (std::vector<int>{1, 1, 1}));
            QCOMPARE(allowed, (std::vector<int>{2, 2, 2}));
            QCOMPARE(std::set<std::thread::id>(threads.begin(), threads.end()).size(), std::size_t(3));
            QVERIFY(round == 0 || threads == before);
            before = threads;
        }
    }

    void nobodyLeavesAMeetingBeforeAllCame()
    {
        PartTeam team({4, 1});
        std::atomic<int> came = 0;
        std::atomic<bool> early = false;
        team.run([&](int part) {
            for (int meeting = 1; meeting <= 20; ++meeting) {
                if (part == meeting % 4)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                ++came;
                team.meet();
                early = early || came < 4 * meeting;
                team.meet();
            }
        });
        QVERIFY(!early);
        QCOMPARE(came.load(), 80);
    }

    void aPartThatFailsLetsTheOthersGo()
    {
        PartTeam team({3, 1});
        std::atomic<int> passed = 0;
        const auto work = [&](int part) {
            if (part == 1)
                throw std::runtime_error("no memory");
            team.meet();
            ++passed;
        };
        for (int again = 0; again < 20; ++again) {
            try {
                team.run(work);
                QFAIL("nothing was thrown");
            } catch (const std::runtime_error& error) {
                QCOMPARE(error.what(), "no memory");
            }
        }
        QCOMPARE(passed.load(), 0);
        team.run([&](int) {
            team.meet();
            ++passed;
        });
        QCOMPARE(passed.load(), 3); // and works on
    }
};

QTEST_APPLESS_MAIN(TestPartTeam)
#include "tst_part_team.moc"
