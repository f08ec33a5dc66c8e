// SPDX-License-Identifier: GPL-3.0-or-later
// What a newcomer sees first: the example study, at the size `bootstrap.sh run` writes it, teaches something that holds on
// a scan the network never saw.
#include <QTemporaryDir>
#include <QTest>

#include "core/io/study_file.h"
#include "core/simulate/example_study.h"
#include "core/workflow/run_study.h"

using namespace dispersa;

class TestExampleLearns : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void quickRecipePredictsAnotherScan()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        ExampleOptions example;
        example.scans = 2;
        example.rows = 66;
        example.cols = 32;
        example.pixels = 96;
        const auto file = writeExampleStudy(path, example, {}, {});
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        const auto study = readStudy(*file);
        QVERIFY2(study.has_value(), study ? "" : study.error().message.c_str());
        QCOMPARE(study->recipe.name, std::string("quick"));
        RunOptions options;
        options.folder = path / "run";
        const auto run = runStudy(*study, options, {}, {}, {}, {});
        QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
        const ScanScores* scores = (*run)->scores("0034");
        QVERIFY(scores && !scores->inSample);
        for (const TargetScores& target : scores->targets) {
            if (target.name != "O" && target.name != "Te")
                continue;
            QVERIFY(target.pearson.value);
            qInfo("%s: r %.3f", target.name.c_str(), *target.pearson.value);
            QVERIFY2(*target.pearson.value > 0.6, target.name.c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestExampleLearns)
#include "tst_example_learns.moc"
