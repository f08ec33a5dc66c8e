// SPDX-License-Identifier: GPL-3.0-or-later
// Options of the command line that say more than yes and no.
#include "app/cli/option_types.h"

#include <QTest>

using namespace dispersa;

class TestOptionTypes : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void orderOfFrames_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("serpentine"); // -1: nothing said
        QTest::newRow("nothing") << QStringList{} << -1;
        QTest::newRow("serpentine") << QStringList{"--serpentine"} << 1;
        QTest::newRow("not serpentine") << QStringList{"--no-serpentine"} << 0;
        QTest::newRow("flipped") << QStringList{"--flip-rows", "--flip-columns"} << -1;
    }
    void orderOfFrames()
    {
        QFETCH(QStringList, words);
        QFETCH(int, serpentine);
        CLI::App app;
        cli::FrameOptions frames;
        frames.addTo(app);
        std::vector<std::string> arguments;
        for (const QString& word : words)
            arguments.push_back(word.toStdString());
        std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes them
        app.parse(arguments);
        QCOMPARE(frames.order.serpentine.has_value(), serpentine >= 0);
        QCOMPARE(frames.order.isSerpentine(), serpentine == 1);
        QCOMPARE(frames.order.isDefault(), words.isEmpty());
        QCOMPARE(frames.order.flipX, words.contains("--flip-columns"));
        QVERIFY(!frames.scanShape());
    }
};

QTEST_APPLESS_MAIN(TestOptionTypes)
#include "tst_option_types.moc"
