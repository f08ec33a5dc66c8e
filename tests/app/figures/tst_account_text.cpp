// SPDX-License-Identifier: GPL-3.0-or-later
// What is said about a run's scores follows from its numbers: the leak gap in all its cases, baselines, ceilings.
#include "app/figures/account_text.h"

#include <QtTest>

using namespace dispersa;

namespace {

using Values = std::vector<std::optional<double>>;

LeakGap gapOf(Values ownRandom, Values ownBlocks, Values ownScans, Values random, Values blocks, Values scans)
{
    LeakGap gap;
    gap.targets = {"O", "Si", "Te"};
    gap.guard_px = 22;
    gap.rows = {{"combined", std::move(ownRandom), std::move(ownBlocks), std::move(ownScans)},
                {"position", std::move(random), std::move(blocks), std::move(scans)}};
    return gap;
}

} // namespace

class TestAccountText : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void correlationsAreNeverRoundedUpToOne()
    {
        QCOMPARE(rText(0.8689), QStringLiteral("0.87"));
        QCOMPARE(rText(0.9951), QStringLiteral("0.995"));
        QCOMPARE(rText(0.99996), QStringLiteral("0.999"));
        QCOMPARE(rText(1), QStringLiteral("1.00"));
        QCOMPARE(rText(-0.001), QStringLiteral("0.00"));
        QCOMPARE(rText(-0.31), QStringLiteral("-0.31"));
    }

    void aLeakIsSaidPlainly()
    {
        const LeakGap gap = gapOf({0.96, 0.87, 0.93}, {0.81, 0.91, 0.8}, {0.94, 0.86, 0.9}, {0.999, 0.998, 0.99},
                                  {0.04, 0.2, 0.02}, {0.5, 0.4, 0.3});
        QVERIFY(positionPredicts(gap));
        const QString said = leakGapText(gap);
        QVERIFY2(said.startsWith("Position alone reaches r 0.998 under the random split: that score says nothing about "
                                 "diffraction."),
                 qPrintable(said));
        QVERIFY2(said.contains("Blocks with a guard leave the recipe r 0.81 and position alone 0.04."), qPrintable(said));
        QVERIFY2(said.endsWith("On scans never seen the recipe keeps 0.90, position alone 0.40."), qPrintable(said));
        QVERIFY(leakGapMissing(gap).isEmpty());
    }

    void scansOfOneAreaAreNoProof()
    {
        // Position alone does as well on the unseen scan: rescanning one area proves nothing.
        const LeakGap gap = gapOf({0.9, 0.9, 0.9}, {}, {0.94, 0.86, 0.9}, {0.5, 0.6, 0.55}, {}, {0.95, 0.93, 0.9});
        QVERIFY(!positionPredicts(gap));
        const QString said = leakGapText(gap);
        QVERIFY2(said.contains("the recipe reaches r 0.90, position alone 0.55"), qPrintable(said));
        QVERIFY2(said.contains("but position alone 0.93 too"), qPrintable(said));
        QVERIFY2(!said.contains("Blocks"), qPrintable(said));
    }

    void whatIsMissingCanBeMeasured()
    {
        const LeakGap gap = gapOf({0.9, 0.9, 0.9}, {}, {}, {0.95, 0.95, 0.95}, {0.1, 0.1, 0.1}, {});
        QVERIFY2(leakGapMissing(gap).contains("Train once more per kind of split"), qPrintable(leakGapMissing(gap)));
        const LeakGap alone = gapOf({0.9, 0.9, 0.9}, {0.5, 0.5, 0.5}, {}, {0.95, 0.95, 0.95}, {0.1, 0.1, 0.1}, {});
        QVERIFY2(leakGapMissing(alone).contains("no scan with maps"), qPrintable(leakGapMissing(alone)));
        QVERIFY(leakGapText(LeakGap{}).isEmpty() && leakGapMissing(LeakGap{}).isEmpty());
    }

    void littleToTrainOnIsSaid()
    {
        LeakGap gap = gapOf({0.9, 0.9, 0.9}, {0.1, 0.2, 0.3}, {0.8, 0.8, 0.8}, {0.5, 0.5, 0.5}, {0, 0, 0}, {0.1, 0.1, 0.1});
        QVERIFY(blocksTrainText(gap).isEmpty() && !blocksTrainLittle(gap)); // a run from before it was counted
        QVERIFY(!leakGapText(gap).contains("left to train on"));
        gap.blocksTrain = 0.05;
        QVERIFY(blocksTrainLittle(gap));
        QCOMPARE(blocksTrainText(gap), QStringLiteral("5 % of the pixels left to train on"));
        QVERIFY2(leakGapText(gap).contains("With 5 % of the pixels left to train on, that is"), qPrintable(leakGapText(gap)));
        gap.blocksTrain = 0.45;
        QVERIFY(!blocksTrainLittle(gap) && !leakGapText(gap).contains("left to train on"));
        QCOMPARE(blocksTrainText(gap), QStringLiteral("45 % of the pixels left to train on"));
        gap.blocksTrain = 0.001;
        QVERIFY(blocksTrainText(gap).startsWith("less than 1 %"));
    }

    void everyTargetIsTold()
    {
        const LeakGap gap = gapOf({0.96, std::nullopt, 0.93}, {}, {}, {}, {}, {});
        QCOMPARE(gapDetail(gap, gap.rows[0], GapColumn::Random), QStringLiteral("O 0.96, Si –, Te 0.93"));
        QCOMPARE(gapModelText(gap.rows[0]), QStringLiteral("Combined"));
        QCOMPARE(gapModelText(gap.rows[1]), QStringLiteral("position alone"));
        QVERIFY(gapColumnText(GapColumn::Blocks, 22).contains("22 px"));
    }

    void coverageStandsBesideItsAim()
    {
        const IntervalSource training{IntervalPlace::TrainingScans, {}}, one{IntervalPlace::NamedScans, {"test"}},
            three{IntervalPlace::NamedScans, {"0037", "0038", "0045"}};
        QCOMPARE(coverageText({0.8, 0.919, 0.1, training}), QStringLiteral("92 % (aim 80 %)"));
        QCOMPARE(intervalsFittedOnText(training), QStringLiteral("whole training scans"));
        QCOMPARE(intervalsFittedOnText({IntervalPlace::Calibration, {}}), QStringLiteral("calibration part"));
        QCOMPARE(intervalsFittedOnText(one), QStringLiteral("scan test")); // not the test part
        QCOMPARE(intervalsFittedOnText(three), QStringLiteral("scans 0037, 0038, 0045"));
        QCOMPARE(intervalsFittedOnShort(one), QStringLiteral("scan test"));
        QVERIFY(intervalsFittedOnShort(three).contains(QStringLiteral("3")));
    }

    void whereCorrectionsWereFitted()
    {
        Study study;
        study.correction.fitOn = "validation";
        study.split.validationFraction = 0;
        QCOMPARE(correctionFittedOnText(study), QStringLiteral("the test part, for there is no validation part"));
        study.split.validationFraction = 0.1;
        QCOMPARE(correctionFittedOnText(study), QStringLiteral("the validation part"));
        study.scans = {StudyScan{"0037", ScanRole::Predict}};
        study.correction.fitOn = "0037";
        QCOMPARE(correctionFittedOnText(study), QStringLiteral("scan 0037"));
    }

    void theBestBaselineOfATrainedScanIsNone()
    {
        TargetScores target;
        target.account.baselines.baselines = {{BaselineKind::DepthProfile, 10, {0.5, {}}, {}, {}, {}},
                                              {BaselineKind::NearestNeighbours, 10, {0.9999, {}}, {}, {}, {}}};
        QVERIFY(!bestBaseline(target, false)); // none was eligible
        target.account.baselines.best = BaselineKind::NearestNeighbours;
        QVERIFY(bestBaseline(target, false));
        QCOMPARE(bestBaseline(target, false)->kind, BaselineKind::NearestNeighbours);
        QVERIFY(!bestBaseline(target, true));
    }
};

QTEST_GUILESS_MAIN(TestAccountText)
#include "tst_account_text.moc"
