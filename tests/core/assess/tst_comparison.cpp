// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a run, their JSON and CSV, and reading the JSON back.
#include "core/assess/comparison.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

MapPtr mapOf(std::vector<float> values)
{
    auto map = std::make_shared<ElementMap>();
    map->shape = {1, int(values.size())};
    map->values = std::move(values);
    return map;
}

std::vector<MapPtr> goldenMaps(const Golden& golden, const char* name)
{
    const auto values = golden.values<float>(name);
    std::vector<MapPtr> maps;
    for (std::size_t i = 0; i < 3; ++i)
        maps.push_back(mapOf({values.begin() + std::ptrdiff_t(i) * 40, values.begin() + std::ptrdiff_t(i + 1) * 40}));
    return maps;
}

TargetScores target(const char* name, std::optional<double> pearson, double mae)
{
    TargetScores scores;
    scores.name = name;
    scores.n = 10;
    scores.pearson = {pearson, pearson ? "" : "constant_map"};
    scores.mae = {mae, {}};
    scores.errorPercent = {12.5, {}};
    return scores;
}

RunMetrics example()
{
    RunMetrics metrics;
    ScanScores scan;
    scan.name = "0037";
    scan.role = "predict";
    scan.targets = {target("O", 0.5, 0.1), target("Te", std::nullopt, 0.3)};
    scan.targets[0].correction = LinearCorrection{1.0 / 3, -0.02};
    scan.targets[0].correctionInSample = true;
    scan.targets[0].corrected = CorrectedScores{{0.5, {}}, {0.04, {}}};
    scan.targets[1].correction = LinearCorrection{};
    scan.targets[1].corrected = CorrectedScores{{std::nullopt, "constant_map"}, {0.04, {}}};
    scan.correlation = {
        {"O", "Te"}, {1.0, 0.25, 0.25, 1.0}, {1.0, std::nullopt, std::nullopt, std::nullopt}, {0.5, 0.1, -0.2, 0.7}};
    metrics.scans.push_back(scan);
    scan.name = "odd, \"name\"";
    scan.role = "train";
    scan.inSample = true;
    metrics.scans.push_back(scan);
    metrics.splitKind = "random";
    metrics.testTargets = {target("O", 0.9, 0.01)};
    metrics.summary = summarise(metrics.scans);
    return metrics;
}

} // namespace

class TestComparison : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void scoresATarget()
    {
        const Golden golden("core/assess/metrics_golden.json");
        const LinearCorrection correction{golden.number("alpha"), golden.number("beta")};
        const auto scores =
            scoreTarget("Ge", golden.values<float>("real"), golden.values<float>("predicted"), correction, true);
        QCOMPARE(scores.name, std::string("Ge"));
        QCOMPARE(double(scores.n), golden.number("n"));
        QVERIFY(std::abs(*scores.pearson.value - golden.number("pearson")) < 1e-12);
        QVERIFY(std::abs(*scores.mae.value - golden.number("mae")) < 1e-12);
        QVERIFY(std::abs(*scores.errorPercent.value - golden.number("error_percent")) < 1e-10);
        QVERIFY(scores.correction && scores.correctionInSample && scores.corrected);
        QVERIFY(std::abs(*scores.corrected->pearson.value - golden.number("corrected_pearson")) < 1e-12);
        QVERIFY(std::abs(*scores.corrected->mae.value - golden.number("corrected_mae")) < 1e-12);
        const auto raw = scoreTarget("Ge", golden.values<float>("real"), golden.values<float>("predicted"), {}, true);
        QVERIFY(!raw.correction && !raw.corrected && !raw.correctionInSample);
    }

    void matricesEqualNumPy()
    {
        const Golden golden("core/assess/metrics_golden.json");
        const auto matrices =
            correlationMatrices({"O", "Ge", "Te"}, goldenMaps(golden, "maps"), goldenMaps(golden, "others"));
        const auto equal = [&](const std::vector<std::optional<double>>& values, const char* name) {
            const auto expected = golden.values(name);
            bool same = values.size() == expected.size();
            for (std::size_t i = 0; same && i < values.size(); ++i)
                same = values[i] && std::abs(*values[i] - expected[i]) < 1e-12;
            return same;
        };
        QCOMPARE(matrices.targets.size(), std::size_t(3));
        QVERIFY(equal(matrices.real, "real_real"));
        QVERIFY(equal(matrices.predicted, "predicted_predicted"));
        QVERIFY(equal(matrices.cross, "cross"));
    }

    void matricesHoldNothingWhereUndefined()
    {
        const auto varied = mapOf({1, 2, 4});
        const auto matrices = correlationMatrices({"O", "Te"}, {varied, mapOf({3, 3, 3})}, {varied, nullptr});
        QCOMPARE(matrices.real, (std::vector<std::optional<double>>{1.0, {}, {}, {}}));
        QCOMPARE(matrices.predicted, (std::vector<std::optional<double>>{1.0, {}, {}, {}}));
        QCOMPARE(matrices.cross, (std::vector<std::optional<double>>{1.0, {}, {}, {}}));
    }

    void summaryIsOverPredictedScans()
    {
        const Golden golden("core/assess/metrics_golden.json");
        std::vector<ScanScores> scans;
        for (const double r : {0.5, 0.25, -0.125})
            scans.push_back({"p", "predict", false, {target("O", r, 0.2), target("Te", std::nullopt, 0.1)}, {}});
        scans.push_back({"t", "train", true, {target("O", 1.0, 0), target("Sb", 1.0, 0)}, {}});
        const auto rows = summarise(scans);
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[0].target, std::string("O"));
        QCOMPARE(*rows[0].pearson.mean, golden.values("summary")[0]);
        QCOMPARE(*rows[0].pearson.sd, golden.values("summary")[1]);
        QCOMPARE(*rows[0].mae.mean, 0.2);
        QVERIFY(!rows[1].pearson.mean && !rows[1].pearson.sd && rows[1].mae.mean);
        QVERIFY(summarise({}).empty());
    }

    /// Everything beside the plain scores: back from the file it writes the same file again, and holds what it held.
    void accountsSurvive()
    {
        RunMetrics metrics = example();
        TargetAccount& account = metrics.scans[0].targets[0].account;
        account.withoutRowMeans = {0.25, {}};
        account.pearson = ScoreInterval{0.4, 0.6, 12};
        account.mae = ScoreInterval{0.05, 0.15, 12};
        account.autocorrelation_px = 2.75;
        account.effectiveSamples = 200;
        account.baselines.baselines = {
            {BaselineKind::TrainingMean, 100, {{}, "constant_map"}, {{}, "constant_map"}, {0.2, {}}, {0.5, {}}},
            {BaselineKind::DepthProfile, 90, {0.75, {}}, {{}, "constant_map"}, {0.1, {}}, {-0.25, {}}}};
        account.baselines.best = BaselineKind::DepthProfile;
        account.baselines.skill = {-0.25, {}};
        account.baselines.n = 90;
        account.ceiling = NoiseCeiling{CeilingKind::Estimate, {0.95, {}}, {0.9025, {}}};
        account.intervals = IntervalScores{0.8, 0.77, 0.03, {IntervalPlace::TrainingScans, {}}};
        metrics.scans[0].targets[1].account.ceiling = NoiseCeiling{CeilingKind::Counts, {{}, "not_counts"}, {{}, "not_counts"}};
        metrics.scans[0].targets[1].correction =
            CalibrationFit(CalibrationKind::Isotonic, KnotCalibration{{0.1, 0.2}, {0.0, 0.5}});
        metrics.leakGap = {{"O", "Te"},
                           {{"radial", {0.9, 0.8}, {}, {0.7, std::nullopt}}, {"position", {0.99, 0.98}, {0.0, 0.1}, {}}},
                           18,
                           0.05};
        const std::string text = metricsToJson(metrics);
        const auto back = metricsFromJson(text);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(metricsToJson(*back), text);
        const TargetAccount& read = back->scans[0].targets[0].account;
        QCOMPARE(*read.withoutRowMeans.value, 0.25);
        QVERIFY(read.pearson->low == 0.4 && read.pearson->high == 0.6 && read.pearson->blocks == 12);
        QCOMPARE(*read.effectiveSamples, 200.0);
        QCOMPARE(read.baselines.baselines.size(), std::size_t(2));
        QCOMPARE(read.baselines.baselines[0].pearson.reason, std::string("constant_map"));
        QVERIFY(read.baselines.best == BaselineKind::DepthProfile && *read.baselines.skill.value == -0.25);
        QVERIFY(read.ceiling->kind == CeilingKind::Estimate && *read.ceiling->r.value == 0.95);
        QVERIFY(read.intervals->fittedOn == account.intervals->fittedOn);
        QCOMPARE(back->scans[0].targets[1].account.ceiling->r.reason, std::string("not_counts"));
        QCOMPARE(back->scans[0].targets[1].correction->apply(0.15), 0.25);
        QCOMPARE(back->leakGap.rows[0].model, std::string("radial"));
        QVERIFY(back->leakGap.rows[0].blocks.empty() && !back->leakGap.rows[0].heldOutScans[1]);
        QCOMPARE(*medianOf(back->leakGap.rows[1].random), 0.985);
        QCOMPARE(back->leakGap.guard_px, 18);
        QCOMPARE(*back->leakGap.blocksTrain, 0.05);
        QVERIFY(leakGapSentence(back->leakGap).find("18 px (which leaves 5 % to train on)") != std::string::npos);
    }

    /// A scan may be called like a part of the split, or like the word for named scans.
    void whatIntervalsWereFittedOnIsUnmistakable()
    {
        RunMetrics metrics = example();
        auto& intervals = metrics.scans[0].targets[0].account.intervals;
        const auto conformal = [&] {
            const auto root = QJsonDocument::fromJson(QByteArray::fromStdString(metricsToJson(metrics))).object();
            return root["scans"][0]["targets"][0]["conformal"].toObject();
        };
        for (const IntervalPlace place : {IntervalPlace::TrainingScans, IntervalPlace::Calibration, IntervalPlace::Validation,
                                          IntervalPlace::Test}) {
            const std::string word = intervalPlaceName(place);
            for (const IntervalSource& source :
                 {IntervalSource{place, {}}, IntervalSource{IntervalPlace::NamedScans, {word, "0107", "named_scans"}}}) {
                intervals = IntervalScores{0.8, 0.77, 0.03, source};
                const bool named = source.place == IntervalPlace::NamedScans;
                QCOMPARE(conformal()["fitted_on"].toString().toStdString(), named ? "named_scans" : word);
                QCOMPARE(conformal().contains("fitted_on_scans"), named);
                const auto back = metricsFromJson(metricsToJson(metrics));
                QVERIFY(back && back->scans[0].targets[0].account.intervals->fittedOn == source);
                QCOMPARE(source.includes("0107"), named);
                QVERIFY(!source.includes("0108"));
            }
        }
        intervals = IntervalScores{0.8, 0.77, 0.03, {IntervalPlace::NamedScans, {"0107"}}};
        QCOMPARE(conformal()["fitted_on_scans"].toArray(), QJsonArray{"0107"});
        // As earlier versions wrote it.
        for (const auto& [word, source] : {std::pair{"scans", IntervalSource{IntervalPlace::TrainingScans, {}}},
                                           std::pair{"calibration", IntervalSource{IntervalPlace::Calibration, {}}},
                                           std::pair{"0107", IntervalSource{IntervalPlace::NamedScans, {"0107"}}}}) {
            QString text = QString::fromStdString(metricsToJson(metrics));
            text.replace("\"named_scans\"", QString("\"%1\"").arg(word)).replace("fitted_on_scans", "of_another_time");
            const auto back = metricsFromJson(text.toStdString());
            QVERIFY2(back && back->scans[0].targets[0].account.intervals->fittedOn == source, word);
        }
    }

    /// The object of dose.json, under its own key.
    void aDosePlanIsPartOfTheScores()
    {
        RunMetrics metrics = example();
        DosePlan plan;
        plan.recipe = "radial";
        plan.scoredOn = "scans";
        plan.trainingPixels = 3150;
        plan.tolerance = 0.02;
        plan.area = {{"O", {{0.2, 3, 0.93, 0.01}, {1, 1, 0.94, {}}}}};
        plan.enoughArea = 0.2;
        metrics.dosePlan = plan;
        const auto root = QJsonDocument::fromJson(QByteArray::fromStdString(metricsToJson(metrics))).object();
        QCOMPARE(root["dose_plan"].toObject(),
                 QJsonDocument::fromJson(QByteArray::fromStdString(dosePlanToJson(plan))).object());
        QVERIFY(!root["dose_plan"].toObject().isEmpty());
        const auto back = metricsFromJson(metricsToJson(metrics));
        QVERIFY2(back && back->dosePlan, back ? "" : back.error().message.c_str());
        QCOMPARE(dosePlanToJson(*back->dosePlan), dosePlanToJson(plan));
        QVERIFY(!metricsFromJson(metricsToJson(example()))->dosePlan);
    }

    void jsonIsTheContract()
    {
        const auto root = QJsonDocument::fromJson(QByteArray::fromStdString(metricsToJson(example()))).object();
        QCOMPARE(root.keys(), (QStringList{"scans", "split", "summary"}));
        const auto scan = root["scans"][0].toObject();
        QCOMPARE(scan.keys(), (QStringList{"correlation", "in_sample", "name", "role", "targets"}));
        QCOMPARE(scan["in_sample"], QJsonValue(false));
        const auto oxygen = scan["targets"][0].toObject();
        QCOMPARE(oxygen.keys(),
                 (QStringList{"corrected", "correction", "error_percent", "mae", "n", "name", "pearson", "reasons"}));
        QCOMPARE(oxygen["correction"].toObject(),
                 (QJsonObject{{"alpha", 1.0 / 3}, {"beta", -0.02}, {"in_sample", true}}));
        QCOMPARE(oxygen["corrected"].toObject(), (QJsonObject{{"pearson", 0.5}, {"mae", 0.04}}));
        QCOMPARE(oxygen["reasons"].toObject(), QJsonObject());
        const auto tellurium = scan["targets"][1].toObject();
        QVERIFY(tellurium["pearson"].isNull() && tellurium.contains("pearson"));
        QCOMPARE(tellurium["reasons"].toObject(),
                 (QJsonObject{{"pearson", "constant_map"}, {"corrected.pearson", "constant_map"}}));
        const auto correlation = scan["correlation"].toObject();
        QCOMPARE(correlation["targets"].toArray(), (QJsonArray{"O", "Te"}));
        QCOMPARE(correlation["cross"].toArray(), (QJsonArray{QJsonArray{0.5, 0.1}, QJsonArray{-0.2, 0.7}}));
        QVERIFY(correlation["predicted"][1][1].isNull());
        const auto split = root["split"].toObject();
        QCOMPARE(split["kind"], QJsonValue("random"));
        const auto test = split["test"]["targets"][0].toObject();
        QVERIFY(test["correction"].isNull() && test.contains("correction") && test["corrected"].isNull());
        QCOMPARE(root["summary"][0].toObject(), (QJsonObject{{"target", "O"},
                                                             {"pearson", QJsonObject{{"mean", 0.5}, {"sd", 0.0}}},
                                                             {"mae", QJsonObject{{"mean", 0.1}, {"sd", 0.0}}}}));
    }

    void jsonReadsBack()
    {
        for (const RunMetrics& metrics : {example(), RunMetrics{}}) {
            const std::string text = metricsToJson(metrics);
            const auto back = metricsFromJson(text);
            QVERIFY(back);
            QCOMPARE(metricsToJson(*back), text);
        }
        const auto back = metricsFromJson(metricsToJson(example()));
        QVERIFY(back);
        const ScanScores& scan = back->scans.at(0);
        QCOMPARE(scan.targets.at(0).correction->linear()->alpha, 1.0 / 3);
        QVERIFY(scan.targets.at(0).correctionInSample);
        QVERIFY(!scan.targets.at(1).pearson.value);
        QCOMPARE(scan.targets.at(1).pearson.reason, std::string("constant_map"));
        QCOMPARE(scan.targets.at(1).corrected->pearson.reason, std::string("constant_map"));
        QCOMPARE(scan.correlation.predicted, example().scans.at(0).correlation.predicted);
        QCOMPARE(back->splitKind, std::string("random"));
        QVERIFY(!back->summary.at(1).pearson.mean);
    }

    void neverWritesNumbersThatAreNone()
    {
        RunMetrics metrics = example();
        metrics.scans[0].name = "bad \xff name";
        metrics.scans[0].targets[0].mae.value = std::numeric_limits<double>::quiet_NaN();
        const std::string text = metricsToJson(metrics);
        QVERIFY(metricsFromJson(text));
        QVERIFY(text.find("nan") == std::string::npos);
    }

    void refusesOtherJson_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut") << QByteArray::fromStdString(metricsToJson(example())).chopped(40);
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("no scans") << QByteArray(R"({"split":{},"summary":[]})");
        QTest::newRow("wrong type") << QByteArray::fromStdString(metricsToJson(example())).replace("\"O\"", "7");
        QTest::newRow("ragged matrix") << QByteArray(
            R"({"scans":[{"name":"a","role":"predict","in_sample":false,"targets":[],"correlation":
                {"targets":["O","Te"],"real":[[1,2],[3]],"predicted":[],"cross":[]}}],
                "split":{"kind":null,"test":{"targets":[]}},"summary":[]})");
    }

    void refusesOtherJson()
    {
        QFETCH(QByteArray, text);
        const auto metrics = metricsFromJson(text.toStdString());
        QVERIFY(!metrics);
        QCOMPARE(int(metrics.error().code), int(ErrorCode::FormatInvalid));
    }

    void csvHasOneRowPerScanAndTarget()
    {
        const QStringList lines = QString::fromStdString(metricsToCsv(example())).split('\n');
        QCOMPARE(lines.size(), 6); // header, four rows, nothing after the last line end
        QCOMPARE(lines[0], QString("scan,role,in_sample,target,n,pearson,mae,error_percent,alpha,beta,"
                                   "correction_in_sample,corrected_pearson,corrected_mae,pearson_without_row_means,"
                                   "pearson_low,pearson_high,mae_low,mae_high,autocorrelation_px,effective_n,ceiling,"
                                   "ceiling_kind,best_baseline,best_baseline_pearson,skill"));
        const QString noAccount(12, ',');
        QCOMPARE(lines[1], "0037,predict,false,O,10,0.5,0.1,12.5,0.3333333333333333,-0.02,true,0.5,0.04" + noAccount);
        QCOMPARE(lines[2], "0037,predict,false,Te,10,,0.3,12.5,1,0,false,,0.04" + noAccount);
        QVERIFY(lines[3].startsWith("\"odd, \"\"name\"\"\",train,true,O,"));
        QVERIFY(lines[5].isEmpty());
        RunMetrics raw = example();
        raw.scans.resize(1);
        raw.scans[0].targets = {target("O", 0.5, 0.1)};
        QCOMPARE(QString::fromStdString(metricsToCsv(raw)).split('\n')[1],
                 "0037,predict,false,O,10,0.5,0.1,12.5,,,,," + noAccount);
    }

    void csvTellsTheAccount()
    {
        RunMetrics metrics = example();
        metrics.scans.resize(1);
        metrics.scans[0].targets = {target("O", 0.5, 0.1)};
        TargetAccount& account = metrics.scans[0].targets[0].account;
        account.withoutRowMeans.value = 0.25;
        account.pearson = ScoreInterval{0.4, 0.6, 20};
        account.autocorrelation_px = 7.5;
        account.effectiveSamples = 200;
        account.ceiling = NoiseCeiling{CeilingKind::Estimate, {0.9, {}}, {0.81, {}}};
        account.baselines.baselines = {{BaselineKind::DepthProfile, 10, {0.45, {}}, {}, {0.2, {}}, {0.125, {}}},
                                       {BaselineKind::Haadf, 10, {0.3, {}}, {}, {0.3, {}}, {0.5, {}}}};
        account.baselines.best = BaselineKind::DepthProfile;
        account.baselines.skill.value = 0.0625;
        QCOMPARE(QString::fromStdString(metricsToCsv(metrics)).split('\n')[1],
                 QString("0037,predict,false,O,10,0.5,0.1,12.5,,,,,,0.25,0.4,0.6,,,7.5,200,0.9,estimate,depth_profile,"
                         "0.45,0.0625"));
    }
};

QTEST_APPLESS_MAIN(TestComparison)
#include "tst_comparison.moc"
