// SPDX-License-Identifier: GPL-3.0-or-later
// Every stage that a run reports has words.
#include "app/text/stage_text.h"
#include "core/learn/recipe.h"
#include "core/workflow/run_study.h"
#include "tests/support/small_study.h"

#include <QTemporaryDir>
#include <QTest>

#include <mutex>
#include <set>

using namespace dispersa;

class TestStageText : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyStageOfARunHasWords_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::newRow("rings") << "combined";
        QTest::newRow("network") << "quick";
    }
    void everyStageOfARunHasWords()
    {
        QFETCH(QString, recipe);
        QTemporaryDir folder;
        auto study = test::writeSmallStudy(folder.path().toStdString());
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        study->recipe = unchanged(recipeNamed(recipe.toStdString()).value());
        study->recipe.changes["epochs"] = std::int64_t(1);
        study->diffraction.reset();
        RunOptions options;
        options.folder = std::filesystem::path(folder.path().toStdString()) / "run";
        options.threads = 2;
        std::mutex mutex;
        std::set<std::string> stages;
        const auto run = runStudy(*study, options, {},
                                  [&](const Progress& progress) {
                                      const std::lock_guard lock(mutex);
                                      stages.insert(progress.stage);
                                  },
                                  {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        for (const char* stage : {"train", "fit baselines", "compare baselines", "write"})
            QVERIFY2(stages.contains(stage), stage);
        for (const std::string& stage : stages) {
            const QString text = stageText({stage, 0, 0, {}});
            QVERIFY2(!text.isEmpty() && text.front().isUpper(), stage.c_str()); // the core's own names are lower case
        }
    }

    void keepsWhatItIsAbout()
    {
        QCOMPARE(stageText({"predict 0037", 0, 0, {}}), "Predicting 0037");
        QCOMPARE(stageText({"", 0, 0, {}}), "");
        QCOMPARE(stageText({"weave", 0, 0, {}}), "weave");
    }
};

QTEST_GUILESS_MAIN(TestStageText)
#include "tst_stage_text.moc"
