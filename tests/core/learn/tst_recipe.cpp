// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes, layer table and the smallest pattern.
#include "core/learn/recipe.h"

#include <QtTest>

#include <fstream>
#include <set>
#include <nlohmann/json.hpp>

using namespace dispersa;

class TestRecipe : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theRecipesAreThePapers()
    {
        const Recipe paper = recipeNamed("paper").value();
        QCOMPARE(paper.training.learningRate, 1e-4);
        QCOMPARE(paper.training.batchSize, 64);
        QCOMPARE(paper.training.patience, 5);
        QCOMPARE(paper.training.epochs, 100);
        QCOMPARE(paper.batchNormMomentum, 0.01);
        QVERIFY(paper.activation == OutputActivation::Softmax && !paper.haadfIsTarget);
        QVERIFY(paper.diffraction == DiffractionOptions{});

        const Recipe haadf = recipeNamed("paper-haadf").value();
        QVERIFY(haadf.activation == OutputActivation::ReLU && haadf.haadfIsTarget);

        const Recipe quick = recipeNamed("quick").value();
        QCOMPARE(quick.training.learningRate, 1e-3);
        QCOMPARE(quick.batchNormMomentum, 0.1);
        QVERIFY(quick.diffraction.scaling == Scaling::SquareRoot);
        QVERIFY(quick.diffraction.centre == CentreKind::CentreOfMass);
        QVERIFY(quick.diffraction.beamMask_px > 0);
        for (const Recipe& recipe : recipes())
            QVERIFY(recipe.diffraction.check().has_value() && !recipe.summary.empty());
    }

    void profileRecipesReadEveryProfile()
    {
        std::vector<std::string> names;
        for (const Recipe& recipe : recipes())
            names.push_back(recipe.name);
        QCOMPARE(names, (std::vector<std::string>{"paper", "paper-haadf", "quick", "radial", "combined", "polar"}));
        for (const Recipe& recipe : recipes()) {
            const bool reads = recipe.name == "radial" || recipe.name == "combined" || recipe.name == "polar";
            QCOMPARE(recipe.profile.has_value(), reads);
            if (!reads)
                continue;
            // Rings follow each pattern's own beam, and members say how sure they are.
            QCOMPARE(recipe.diffraction.centre, CentreKind::SubPixel);
            QVERIFY(recipe.training.members > 1 && recipe.training.regressor == RegressorChoice::Mean);
            QVERIFY(!recipe.haadfIsTarget);
            std::set<std::size_t> read;
            for (const RegressorOptions& regressor : recipe.profile->regressors) {
                QVERIFY(!regressor.features.empty() && regressor.penalty > 0);
                read.insert(regressor.features.begin(), regressor.features.end());
            }
            QCOMPARE(read.size(), recipe.profile->features.size());
            QCOMPARE(*read.rbegin(), recipe.profile->features.size() - 1);
            for (const ProfileFeature& feature : recipe.profile->features)
                QVERIFY(feature.neighbourhood % 2 == 1 && feature.firstRing >= 0 && feature.lastRing < ringCount &&
                        feature.firstRing <= feature.lastRing);
        }
    }

    void oneKindOfRegression_data()
    {
        QTest::addColumn<RegressorChoice>("choice");
        QTest::addColumn<RegressorKind>("kind");
        QTest::newRow("ridge") << RegressorChoice::Ridge << RegressorKind::Ridge;
        QTest::newRow("kernel") << RegressorChoice::Kernel << RegressorKind::Kernel;
        QTest::newRow("mlp") << RegressorChoice::Mlp << RegressorKind::Mlp;
    }

    void oneKindOfRegression()
    {
        QFETCH(RegressorChoice, choice);
        QFETCH(RegressorKind, kind);
        for (const char* name : {"radial", "combined"}) {
            const ProfileOptions all = *recipeNamed(name).value().profile;
            QVERIFY(withRegressor(all, RegressorChoice::Mean) == all);
            const ProfileOptions one = withRegressor(all, choice);
            QVERIFY(one.features == all.features);
            QCOMPARE(one.regressors.size() * 3, all.regressors.size());
            for (const RegressorOptions& regressor : one.regressors)
                QCOMPARE(regressor.kind, kind);
        }
        // The polar recipe has but its own kind.
        QVERIFY(withRegressor(*recipeNamed("polar").value().profile, choice).regressors.empty());
        ProfileOptions none;
        none.regressors = {{.kind = kind == RegressorKind::Ridge ? RegressorKind::Mlp : RegressorKind::Ridge}};
        QVERIFY(withRegressor(none, choice).regressors.empty());
    }

    void anUnknownRecipeNamesTheKnownOnes()
    {
        const auto recipe = recipeNamed("papr");
        QVERIFY(!recipe);
        QVERIFY(recipe.error().code == ErrorCode::UnknownRecipe);
        const QString message = QString::fromStdString(recipe.error().message);
        QVERIFY2(message.contains("papr") && message.contains("paper-haadf") && message.contains("quick") &&
                     message.contains("combined"),
                 qPrintable(message));
    }

    void preparationFollowsTheDetector_data()
    {
        QTest::addColumn<int>("edge");
        QTest::addColumn<int>("bin");
        QTest::addColumn<double>("mask");
        QTest::newRow("256") << 256 << 2 << 8.0;
        QTest::newRow("128: binning would make it too small") << 128 << 1 << 4.0;
        QTest::newRow("512") << 512 << 4 << 16.0;
        QTest::newRow("192") << 192 << 2 << 6.0;
        QTest::newRow("180") << 180 << 1 << 5.625;
    }

    void preparationFollowsTheDetector()
    {
        QFETCH(int, edge);
        const DiffractionOptions options = recommendedDiffraction(recipeNamed("quick").value(), {edge, edge});
        QTEST(options.bin, "bin");
        QTEST(options.beamMask_px, "mask");
        QCOMPARE(recommendedDiffraction(recipeNamed("paper").value(), {edge, edge}).bin, 1);
    }

    /// Counts of every layer from PyTorch (make_network_golden.py).
    void parametersAsInPyTorch()
    {
        std::ifstream file(DISPERSA_SOURCE_DIR "/tests/core/learn/network_golden.json");
        const nlohmann::json golden = nlohmann::json::parse(file);
        for (const auto& [edge, expected] : golden["parameters"].items()) {
            NetworkOptions options;
            options.patternHeight = options.patternWidth = std::stoi(edge);
            std::vector<std::int64_t> counts;
            const std::vector<LayerInfo> table = layerTable(options).value();
            for (const LayerInfo& layer : table)
                if (layer.parameters > 0)
                    counts.push_back(layer.parameters);
            QCOMPARE(counts, expected.get<std::vector<std::int64_t>>());
        }
        QCOMPARE(golden["parameters"].size(), std::size_t(3));
    }

    void shapesOfThePaper()
    {
        const auto table = layerTable(NetworkOptions{}).value();
        QCOMPARE(table[0].outputShape, std::string("1 x 256 x 256"));
        QCOMPARE(table[1].outputShape, std::string("32 x 254 x 254"));
        QCOMPARE(table[4].outputShape, std::string("32 x 127 x 127"));
        QCOMPARE(table.back().outputShape, std::string("5"));
        QCOMPARE(lastConvolutionShape({256, 256}), (PatternShape{6, 6}));
        QCOMPARE(lastConvolutionShape({94, 94}), (PatternShape{1, 1}));
        QCOMPARE(lastConvolutionShape({160, 128}), (PatternShape{3, 2}));
    }

    void tooSmallPatternsAreNamed()
    {
        NetworkOptions options;
        options.patternHeight = 93;
        options.patternWidth = 128;
        const auto table = layerTable(options, 2);
        QVERIFY(!table);
        QVERIFY(table.error().code == ErrorCode::PatternTooSmall);
        QCOMPARE(table.error().arguments, (std::vector<std::string>{"93 x 128", "94", "2"}));
        QVERIFY(QString::fromStdString(table.error().message).contains("93 x 128"));
        options.patternHeight = 94;
        QVERIFY(layerTable(options));
    }
};

QTEST_APPLESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
