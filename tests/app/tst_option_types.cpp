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

    void scansForIntervals()
    {
        for (const std::vector<std::string>& words : {std::vector<std::string>{"--calibrate-on", "0107,0109", "s.dispersa"},
                                                      {"--calibrate-on", "0107", "--calibrate-on", "0109", "s.dispersa"}}) {
            CLI::App app;
            cli::CalibrateOption calibrate;
            calibrate.addTo(app);
            std::string study;
            app.add_option("STUDY", study);
            std::vector<std::string> arguments(words.rbegin(), words.rend()); // as CLI11 takes them
            app.parse(arguments);
            QCOMPARE(study, std::string("s.dispersa"));
            Study named;
            named.account.calibrateOn = {"0033"};
            calibrate.applyTo(named);
            QCOMPARE(named.account.calibrateOn, (std::vector<std::string>{"0107", "0109"}));
        }
        Study own;
        own.account.calibrateOn = {"0033"};
        cli::CalibrateOption().applyTo(own);
        QCOMPARE(own.account.calibrateOn, std::vector<std::string>{"0033"});
    }

    void trainingSettings_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("wrong"); // empty: they are taken
        QTest::newRow("members and regression") << QStringList{"--members", "4", "--regressor", "ridge"} << "";
        QTest::newRow("no member") << QStringList{"--members", "0"} << "--members";
        QTest::newRow("too many members") << QStringList{"--members", "21"} << "--members";
        QTest::newRow("half a member") << QStringList{"--members", "1.5"} << "--members";
        QTest::newRow("unknown regression") << QStringList{"--regressor", "forest"} << "--regressor";
    }

    void trainingSettings()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, wrong);
        CLI::App app;
        cli::EngineOptions engine;
        engine.addTo(app, true);
        std::vector<std::string> arguments;
        for (const QString& word : words)
            arguments.push_back(word.toStdString());
        std::reverse(arguments.begin(), arguments.end());
        try {
            app.parse(arguments);
            QVERIFY(wrong.isEmpty());
        } catch (const CLI::ParseError& error) {
            QVERIFY2(!wrong.isEmpty() && QString(error.what()).contains(wrong), error.what());
            return;
        }
        const TrainingChanges changes = engine.runOptions("run").changes;
        QCOMPARE(changes.size(), std::size_t(2));
        QCOMPARE(std::get<std::int64_t>(changes.at("members")), std::int64_t(4));
        QCOMPARE(std::get<std::string>(changes.at("regressor")), std::string("ridge"));
    }
};

QTEST_APPLESS_MAIN(TestOptionTypes)
#include "tst_option_types.moc"
