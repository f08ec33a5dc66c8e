// SPDX-License-Identifier: GPL-3.0-or-later
// When a training step is recorded, what is replayed, and what runs as it is.
#include "core/base/log.h"
#include "core/learn/repeated_step_p.h"

#include <QtTest>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <memory>
#include <string>
#include <vector>

using namespace dispersa;

namespace {

/// Keeps the step as a GPU would: recording does nothing, replaying does all of it. Counts both.
struct Calls {
    int records = 0, replays = 0;
};
class FakeRecorder : public StepRecorder {
  public:
    FakeRecorder(Calls& calls, std::string refusal = {}) : m_calls(calls), m_refusal(std::move(refusal)) {}
    std::string record(const std::function<void()>& step) override
    {
        ++m_calls.records;
        m_step = step;
        return m_refusal;
    }
    void replay() override
    {
        ++m_calls.replays;
        m_step();
    }

  private:
    Calls& m_calls;
    std::string m_refusal;
    std::function<void()> m_step;
};

StepInput input(std::int64_t patterns, float value)
{
    return {at::full({patterns, 6}, value), at::full({patterns}, std::int64_t(value), at::kLong),
            at::full({patterns, 2}, value)};
}

/// What steps saw, and where the first of their inputs lay.
struct Seen {
    std::vector<float> values;
    std::vector<const void*> places;
    RepeatedStep::Step step()
    {
        return [this](const StepInput& batch) {
            values.push_back((batch.counts.sum() / 6 + batch.indices.sum() + batch.dropout.sum() / 2).item<float>() /
                             3);
            places.push_back(batch.counts.data_ptr());
        };
    }
};

} // namespace

class TestRepeatedStep : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void recordsOnceItIsWarm()
    {
        Calls calls;
        Seen seen;
        RepeatedStep step(seen.step(), 4, std::make_unique<FakeRecorder>(calls));
        for (int pass = 0; pass < 4; ++pass) {
            step.beginPass();
            QCOMPARE(step.replays(), pass >= 2); // two full batches in each pass: three are there before the third one
            for (const float value : {1.f, 2.f})
                step(input(4, value + float(10 * pass)));
            step(input(3, float(10 * pass)));
        }
        QCOMPARE(calls.records, 1);
        QCOMPARE(calls.replays, 4);
        QCOMPARE(seen.values, (std::vector<float>{4, 8, 0, 44, 48, 30, 84, 88, 60, 124, 128, 90}));
        // Replayed batches lie where the recorded one lay.
        for (const int replayed : {7, 9, 10})
            QCOMPARE(seen.places[std::size_t(replayed)], seen.places[6]);
        QVERIFY(seen.places[8] != seen.places[6]);
    }

    void smallerBatchesNeverWarmUp()
    {
        Calls calls;
        Seen seen;
        RepeatedStep step(seen.step(), 4, std::make_unique<FakeRecorder>(calls));
        for (int pass = 0; pass < 9; ++pass) {
            step.beginPass();
            step(input(3, 1));
        }
        QCOMPARE(calls.records, 0);
        QCOMPARE(seen.values.size(), std::size_t(9));
    }

    void goesOnWhereNothingCanBeRecorded_data()
    {
        QTest::addColumn<bool>("recorder");
        QTest::newRow("refused") << true;
        QTest::newRow("no recorder") << false;
    }

    void goesOnWhereNothingCanBeRecorded()
    {
        QFETCH(bool, recorder);
        Calls calls;
        Seen seen;
        std::vector<std::string> lines;
        const LogSink before = setLogSink([&lines](LogLevel, std::string_view line) { lines.emplace_back(line); });
        RepeatedStep step(seen.step(), 2,
                          recorder ? std::make_unique<FakeRecorder>(calls, "the device is too old.") : nullptr);
        for (int pass = 0; pass < 8; ++pass) {
            step.beginPass();
            step(input(2, float(pass)));
        }
        setLogSink(before);
        QCOMPARE(calls.records, recorder ? 1 : 0); // not tried again
        QCOMPARE(calls.replays, 0);
        QCOMPARE(seen.values, (std::vector<float>{0, 2, 4, 6, 8, 10, 12, 14}));
        QCOMPARE(lines.size(), std::size_t(recorder ? 1 : 0)); // said once
        if (recorder)
            QVERIFY(lines.front().find("the device is too old.") != std::string::npos);
    }

    void undefinedInputsStayUndefined()
    {
        Calls calls;
        int defined = 0;
        RepeatedStep step([&](const StepInput& batch) { defined += batch.dropout.defined(); }, 2,
                          std::make_unique<FakeRecorder>(calls));
        for (int pass = 0; pass < 5; ++pass) {
            step.beginPass();
            step({at::ones({2, 6}), at::ones({2}, at::kLong), {}});
        }
        QCOMPARE(calls.replays, 2);
        QCOMPARE(defined, 0);
    }
};

QTEST_APPLESS_MAIN(TestRepeatedStep)
#include "tst_repeated_step.moc"
