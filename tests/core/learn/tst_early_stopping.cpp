// SPDX-License-Identifier: GPL-3.0-or-later
// Early stopping against Keras' rule on scripted losses.
#include "core/learn/trainer.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace dispersa;

namespace {

const double notANumber = std::numeric_limits<double>::quiet_NaN();

/// Epochs run when the losses come one after the other, 0 if the script ends first.
int stopsAt(EarlyStopping& stopping, const std::vector<double>& losses)
{
    for (std::size_t i = 0; i < losses.size(); ++i) {
        stopping.observe(losses[i]);
        if (stopping.shouldStop())
            return int(i) + 1;
    }
    return 0;
}

/// keras.callbacks.EarlyStopping.on_epoch_end of Keras 2.x, line by line, monitor="val_loss", min_delta=0.
int kerasStopsAt(int patience, const std::vector<double>& losses)
{
    double best = std::numeric_limits<double>::infinity();
    int wait = 0;
    for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
        const double current = losses[epoch];
        wait += 1;
        if (current < best) {
            best = current;
            wait = 0;
            continue;
        }
        if (wait >= patience && epoch > 0)
            return int(epoch) + 1;
    }
    return 0;
}

} // namespace

class TestEarlyStopping : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void stopsWhereItShould_data()
    {
        QTest::addColumn<std::vector<double>>("losses");
        QTest::addColumn<int>("patience");
        QTest::addColumn<int>("stop");
        QTest::addColumn<int>("best");
        using Losses = std::vector<double>;
        QTest::newRow("best in epoch 3, patience 5") << Losses{9, 8, 5, 6, 7, 6, 7, 6, 1} << 5 << 8 << 3;
        QTest::newRow("still improving") << Losses{9, 8, 7, 6, 5, 4, 3} << 2 << 0 << 7;
        QTest::newRow("equal is no improvement") << Losses{5, 5, 5, 4} << 2 << 3 << 1;
        QTest::newRow("an improvement resets the wait") << Losses{5, 6, 4, 6, 3, 6, 6} << 2 << 7 << 5;
        QTest::newRow("NaN never improves") << Losses{5, notANumber, notANumber, 4} << 2 << 3 << 1;
        QTest::newRow("NaN first, then numbers") << Losses{notANumber, 5, 4, 4.5, 4.5, 4.5} << 3 << 6 << 3;
        QTest::newRow("NaN does not become the best") << Losses{5, 4, notANumber, 3, 3.5, 3.5} << 2 << 6 << 4;
        QTest::newRow("only NaN") << Losses{notANumber, notANumber, notANumber, notANumber} << 3 << 3 << 0;
    }

    void stopsWhereItShould()
    {
        QFETCH(std::vector<double>, losses);
        QFETCH(int, patience);
        EarlyStopping stopping(patience);
        QTEST(stopsAt(stopping, losses), "stop");
        QTEST(stopping.bestEpoch(), "best");
        QCOMPARE(kerasStopsAt(patience, losses), stopsAt(*std::make_unique<EarlyStopping>(patience), losses));
    }

    void tellsTheBest()
    {
        EarlyStopping stopping(5);
        QVERIFY(stopping.observe(3));
        QVERIFY(!stopping.observe(4));
        QVERIFY(!stopping.observe(notANumber));
        QVERIFY(!stopping.observe(3));
        QVERIFY(stopping.observe(2.9));
        QCOMPARE(stopping.bestEpoch(), 5);
    }
};

QTEST_APPLESS_MAIN(TestEarlyStopping)
#include "tst_early_stopping.moc"
