// SPDX-License-Identifier: GPL-3.0-or-later
// A profile recipe's training, its model and its file: members, what they say together, and files that are none.
#include "core/base/os_file.h"
#include "core/learn/model_description_p.h"
#include "core/learn/model_file_p.h"
#include "core/learn/profile_model_p.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <ATen/Functions.h>

#include <QTemporaryDir>
#include <QtTest>

#include <functional>
#include <nlohmann/json.hpp>

using namespace dispersa;
using nlohmann::json;

namespace {

using Kind = ProfileFeature::Kind;
using Tensors = std::vector<std::pair<std::string, std::vector<std::int64_t>>>;
using ChangeTensors = std::function<void(Tensors&)>;
using ChangeJson = std::function<void(json&)>;

constexpr int values = 5 + 4; // of both profiles

/// Profiles whose values follow three targets that add up to 1; a fifth validates.
TrainingSet profileSet(int count, std::uint64_t seed = 1)
{
    Random random(seed);
    std::vector<float> profiles;
    TrainingSet set;
    for (int i = 0; i < count; ++i) {
        const double a = 0.1 + 0.6 * random.uniform(), b = (1 - a) * (0.2 + 0.6 * random.uniform());
        for (const double target : {a, b, 1 - a - b})
            set.targets.push_back(float(target));
        for (int k = 0; k < values; ++k)
            profiles.push_back(float(std::sin(0.7 * k) * a + std::cos(0.5 * k) * b * (1 + a) + 0.02 * random.normal()));
        (i % 5 == 0 ? set.validation : set.train).push_back(i);
    }
    set.patterns = std::make_shared<const synthetic::Patterns>(PatternShape{1, values}, std::move(profiles));
    return set;
}

ModelDescription profileDescription()
{
    ModelDescription description;
    description.recipe = "radial";
    description.network.outputs = 3;
    description.targets = {"O", "Si", "Te"};
    description.diffraction.centre = CentreKind::SubPixel;
    description.profile = ProfileOptions{{{Kind::Mean, 5, 4, 8}, {Kind::Trimmed, 11, 30, 33}}, {}};
    RegressorOptions ridge{.kind = RegressorKind::Ridge, .features = {0}, .penalty = 0.3, .logarithm = true};
    RegressorOptions kernel{.kind = RegressorKind::Kernel, .features = {1, 0}, .penalty = 6e-4, .width = 1.25, .logarithm = true};
    RegressorOptions mlp{.kind = RegressorKind::Mlp, .features = {0, 1}, .penalty = 0.1, .dropout = 0.2, .noise = 0.125,
                         .mixing = 0.75, .epochs = 3, .learningRate = 2e-3};
    description.profile->regressors = {ridge, kernel, mlp};
    description.profile->dose = DoseScale::Known;
    description.profile->dose_counts = 123456.5;
    return description;
}

TrainOptions memberOptions(int members, int threads = 2)
{
    TrainOptions options;
    options.members = members;
    options.threads = threads;
    options.seed = 5;
    return options;
}

} // namespace

class TestProfileModel : public QObject {
    Q_OBJECT

    std::filesystem::path path(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    std::vector<float> outputsOf(const Model& model) const
    {
        const auto prediction = predictPatterns(model, *m_set.patterns, {}, {}, {}, {});
        return prediction ? prediction->outputs : std::vector<float>();
    }

    QTemporaryDir m_folder;
    TrainingSet m_set = profileSet(200);
    ModelPtr m_model;

  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        const auto trained = trainNetwork(m_set, profileDescription(), memberOptions(3), {}, {}, {});
        QVERIFY2(trained, trained ? "" : trained.error().message.c_str());
        m_model = trained->model;
    }

    void theHistoryIsOfTheMembers()
    {
        std::vector<EpochReport> reports;
        std::vector<Progress> told;
        TrainOptions options = memberOptions(3);
        options.historyFile = path("history.csv");
        const auto trained = trainNetwork(m_set, profileDescription(), options,
                                          [&](const EpochReport& report) { reports.push_back(report); },
                                          [&](const Progress& progress) { told.push_back(progress); }, {});
        QVERIFY(trained);
        QCOMPARE(trained->history.size(), std::size_t(5)); // ridge, kernel, three networks
        QCOMPARE(reports.size(), std::size_t(5));
        QVERIFY(!told.empty() && told.back().done == 5 && told.back().total == 5);
        QCOMPARE(QString::fromStdString(readTextFile(options.historyFile).value()).count('\n'), 6);
        // The last record is of the model itself: its mean error on both parts.
        const auto outputs = outputsOf(*trained->model);
        const auto errorOn = [&](const std::vector<std::int64_t>& indices) {
            double sum = 0;
            for (const std::int64_t i : indices)
                for (std::int64_t t = 0; t < 3; ++t)
                    sum += std::abs(double(outputs[std::size_t(i * 3 + t)]) - double(m_set.targets[std::size_t(i * 3 + t)]));
            return sum / double(indices.size() * 3);
        };
        QVERIFY(std::abs(trained->history.back().loss - errorOn(m_set.train)) < 1e-6);
        QVERIFY(std::abs(trained->history.back().valLoss.value() - errorOn(m_set.validation)) < 1e-6);
        for (std::size_t i = 0; i < outputs.size(); ++i) // sums in another order
            QVERIFY(std::abs((*reports.back().outputs)[i] - outputs[i]) < 1e-6f);
        QVERIFY(trained->history.back().loss < 0.05); // the targets' own deviation is 0.15
        QCOMPARE(trained->model->description().trainingMean.size(), std::size_t(3));
        QVERIFY(trained->model->description().profile->composition);
    }

    void trainingRepeatsWhateverTheThreads()
    {
        for (const int threads : {1, 2}) {
            const auto again = trainNetwork(m_set, profileDescription(), memberOptions(3, threads), {}, {}, {});
            QVERIFY(again);
            QVERIFY2(outputsOf(*again->model) == outputsOf(*m_model), qPrintable(QString::number(threads)));
        }
    }

    void oneKindAlone_data()
    {
        QTest::addColumn<RegressorChoice>("choice");
        QTest::addColumn<int>("members");
        QTest::newRow("ridge") << RegressorChoice::Ridge << 1; // no seed, no members
        QTest::newRow("kernel") << RegressorChoice::Kernel << 1;
        QTest::newRow("mlp") << RegressorChoice::Mlp << 2;
    }

    void oneKindAlone()
    {
        QFETCH(RegressorChoice, choice);
        QFETCH(int, members);
        TrainOptions options = memberOptions(2);
        options.regressor = choice;
        const auto trained = trainNetwork(m_set, profileDescription(), options, {}, {}, {});
        QVERIFY(trained);
        QCOMPARE(trained->history.size(), std::size_t(members));
        QCOMPARE(trained->model->description().profile->regressors.size(), std::size_t(1));
        QCOMPARE(predictPatterns(*trained->model, *m_set.patterns, {}, {}, {}, {})->sigma.empty(), members == 1);
    }

    void regressionsCountTheSameAndSoDoTheirMembers()
    {
        const auto& model = dynamic_cast<const ProfileModel&>(*m_model);
        const std::vector<std::int64_t> chosen = {3, 150, 7};
        torch::Tensor profiles = at::empty({3, values});
        QVERIFY(m_set.patterns->gather(chosen, {profiles.data_ptr<float>(), 3 * values}));
        const torch::Tensor all = model.predictAll(profiles);
        QCOMPARE(all.sizes().vec(), (std::vector<std::int64_t>{5, 3, 3}));
        const auto prediction = predictPatterns(*m_model, *m_set.patterns, chosen, {}, {}, {});
        QVERIFY(prediction);
        QCOMPARE(prediction->outputs.size(), std::size_t(9));
        QCOMPARE(prediction->sigma.size(), std::size_t(9));
        const double shares[] = {1 / 3.0, 1 / 3.0, 1 / 9.0, 1 / 9.0, 1 / 9.0};
        for (std::int64_t p = 0; p < 3; ++p)
            for (std::int64_t t = 0; t < 3; ++t) {
                double mean = 0, variance = 0;
                for (std::int64_t m = 0; m < 5; ++m)
                    mean += shares[m] * all[m][p][t].item<double>();
                for (std::int64_t m = 0; m < 5; ++m)
                    variance += shares[m] * std::pow(all[m][p][t].item<double>() - mean, 2);
                const auto at = std::size_t(p * 3 + t);
                QVERIFY(std::abs(double(prediction->outputs[at]) - mean) < 1e-6); // float
                QVERIFY(std::abs(double(prediction->sigma[at]) - std::sqrt(variance)) < 1e-6);
                QVERIFY(prediction->sigma[at] > 1e-5f);
            }
    }

    void theFileRepeatsThePredictions()
    {
        QVERIFY(saveModel(*m_model, path("profile.safetensors")));
        const auto loaded = loadModel(path("profile.safetensors"));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QVERIFY((*loaded)->description().profile == m_model->description().profile);
        QCOMPARE(describeAsJson((*loaded)->description()), describeAsJson(m_model->description()));
        const auto before = predictPatterns(*m_model, *m_set.patterns, {}, {}, {}, {});
        const auto after = predictPatterns(**loaded, *m_set.patterns, {}, {}, {}, {});
        QVERIFY(before && after && !before->outputs.empty());
        QVERIFY(before->outputs == after->outputs);
        QVERIFY(before->sigma == after->sigma);
    }

    void anotherDescriptionKeepsTheMembers()
    {
        ModelDescription description = m_model->description();
        description.provenanceJson = "{\"seed\":1}";
        const ModelPtr other = withDescription(*m_model, description);
        QCOMPARE(other->description().provenanceJson, description.provenanceJson);
        QVERIFY(outputsOf(*other) == outputsOf(*m_model));
    }

    void profilesOfAnotherRecipeDoNotFit()
    {
        const synthetic::Patterns others({1, values + 1}, std::vector<float>(std::size_t(values + 1)));
        const auto prediction = predictPatterns(*m_model, others, {}, {}, {}, {});
        QVERIFY(!prediction && prediction.error().code == ErrorCode::ModelMismatch);
    }

    void targetsThatAreNoCompositionStayAsTheyAre()
    {
        TrainingSet set = profileSet(200);
        for (float& target : set.targets)
            target *= 0.5f; // half of each pixel is something else
        const auto trained = trainNetwork(set, profileDescription(), memberOptions(1), {}, {}, {});
        QVERIFY(trained && !trained->model->description().profile->composition);
        double sum = 0;
        const auto outputs = outputsOf(*trained->model);
        for (const float output : outputs)
            sum += double(output);
        QVERIFY2(std::abs(sum / 200 - 0.5) < 0.05, qPrintable(QString::number(sum / 200)));
    }

    void aStopKeepsWhatIsFitted()
    {
        std::stop_source stop;
        const auto trained = trainNetwork(m_set, profileDescription(), memberOptions(3),
                                          [&](const EpochReport& report) {
                                              if (report.record.epoch == 2)
                                                  stop.request_stop();
                                          },
                                          {}, stop.get_token());
        QVERIFY(trained && trained->stoppedByUser);
        QVERIFY(trained->history.size() >= 2);
        const std::size_t regressors = trained->model->description().profile->regressors.size();
        QVERIFY(regressors == 2 || trained->history.size() > 2); // a network may have been ready
        QVERIFY(saveModel(*trained->model, path("stopped.safetensors")));
        const auto loaded = loadModel(path("stopped.safetensors"));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QVERIFY(outputsOf(**loaded) == outputsOf(*trained->model));
        const auto none = trainNetwork(m_set, profileDescription(), memberOptions(3), {}, {}, stop.get_token());
        QVERIFY(!none && none.error().code == ErrorCode::Cancelled);
        const auto prediction = predictPatterns(*m_model, *m_set.patterns, {}, {}, {}, stop.get_token());
        QVERIFY(!prediction && prediction.error().code == ErrorCode::Cancelled);
    }

    void whatCannotBeTrained()
    {
        ModelDescription noNetworks = profileDescription();
        noNetworks.profile->regressors.pop_back();
        TrainOptions options = memberOptions(1);
        options.regressor = RegressorChoice::Mlp;
        const auto without = trainNetwork(m_set, noNetworks, options, {}, {}, {});
        QVERIFY(!without && without.error().code == ErrorCode::InvalidArgument);
        QCOMPARE(without.error().arguments, std::vector<std::string>{"recipe.regressor"});
        options = memberOptions(1);
        options.startFrom = m_model;
        const auto tuned = trainNetwork(m_set, profileDescription(), options, {}, {}, {});
        QVERIFY(!tuned && tuned.error().code == ErrorCode::InvalidArgument);
        options = memberOptions(1);
        options.resumeFrom = path("last.safetensors");
        const auto resumed = trainNetwork(m_set, profileDescription(), options, {}, {}, {});
        QVERIFY(!resumed && resumed.error().code == ErrorCode::InvalidArgument);
    }

    void wrongTensors_data()
    {
        QTest::addColumn<ChangeTensors>("change");
        const auto row = [](const char* name, ChangeTensors change) { QTest::newRow(name) << change; };
        const auto shape = [&row](const char* name, const char* tensor, std::vector<std::int64_t> wrong) {
            row(name, [tensor, wrong](Tensors& tensors) {
                for (auto& [key, dimensions] : tensors)
                    if (key == tensor)
                        dimensions = wrong;
            });
        };
        const auto without = [&row](const char* name, const char* part) {
            row(name, [part](Tensors& tensors) {
                std::erase_if(tensors, [part](const auto& tensor) { return tensor.first.starts_with(part); });
            });
        };
        const auto with = [&row](const char* name, const char* tensor, std::vector<std::int64_t> extra) {
            row(name, [tensor, extra](Tensors& tensors) { tensors.emplace_back(tensor, extra); });
        };
        without("no tensor at all", "");
        without("a regression is missing", "regressor1.");
        without("a weight is missing", "regressor0.0.weight");
        without("a mean is missing", "regressor0.0.mean");
        without("the last member is cut", "regressor2.2.output.bias");
        without("a member in the middle is missing", "regressor2.1.");
        with("a tensor that no regression has", "regressor0.0.variance", {5});
        with("one regression more", "regressor3.0.mean", {5});
        with("a tensor of a network", "conv1.bias", {32});
        with("a training's", "training.optimizer", {1});
        shape("ridge, transposed", "regressor0.0.weight", {3, 5});
        shape("ridge of more targets", "regressor0.0.bias", {4});
        shape("features of another profile", "regressor0.0.mean", {9});
        shape("a scale of two dimensions", "regressor1.0.scale", {9, 1});
        shape("gamma is a list", "regressor1.0.gamma", {1});
        shape("points without dimensions", "regressor1.0.points", {});
        shape("points of other profiles", "regressor1.0.points", {160, 8});
        shape("more weights than points", "regressor1.0.weights", {161, 3});
        shape("a hidden layer too wide", "regressor2.0.layer2.weight", {65, 64});
        shape("an output too few", "regressor2.1.output.weight", {2, 64});
        const auto points = [&row](const char* name, std::int64_t count) {
            row(name, [count](Tensors& tensors) {
                for (auto& [key, dimensions] : tensors)
                    if (key == "regressor1.0.points" || key == "regressor1.0.weights")
                        dimensions[0] = count;
            });
        };
        points("no kernel points", 0);
        points("too many kernel points", mostKernelPoints + 1);
        row("too many members", [](Tensors& tensors) {
            Tensors more;
            for (const auto& [key, dimensions] : tensors)
                if (key.starts_with("regressor2.0."))
                    for (std::size_t m = 3; m < 21; ++m)
                        more.emplace_back(regressorPrefix(2, m) + key.substr(regressorPrefix(2, 0).size()), dimensions);
            tensors.insert(tensors.end(), more.begin(), more.end());
        });
    }

    void wrongTensors()
    {
        QFETCH(ChangeTensors, change);
        Tensors tensors = modelTensors();
        QVERIFY(loadsWith(tensors, describeAsJson(m_model->description())).has_value()); // so far they are right
        change(tensors);
        QVERIFY(tensors != modelTensors());
        const auto model = loadsWith(tensors, describeAsJson(m_model->description()));
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::ModelInvalid);
        QVERIFY(model.error().message.find("do not fit its description") != std::string::npos);
    }

    void asManyAsAllowed()
    {
        Tensors tensors = modelTensors();
        for (auto& [key, dimensions] : tensors)
            if (key == "regressor1.0.points" || key == "regressor1.0.weights")
                dimensions[0] = mostKernelPoints;
        QVERIFY(loadsWith(tensors, describeAsJson(m_model->description())).has_value());
    }

    void wrongDescriptions_data()
    {
        QTest::addColumn<ChangeJson>("change");
        const auto row = [](const char* name, ChangeJson change) { QTest::newRow(name) << change; };
        row("profile is null", [](json& p) { p = nullptr; });
        row("profile is a list", [](json& p) { p = json::array({1}); });
        row("no composition", [](json& p) { p.erase("composition"); });
        row("composition is a number", [](json& p) { p["composition"] = 1; });
        row("rings without width", [](json& p) { p["ring_width_invA"] = 0; });
        row("no features", [](json& p) { p["features"] = json::array(); });
        row("features are no list", [](json& p) { p["features"] = 3; });
        row("65 features", [](json& p) { p["features"] = json::array_t(65, p["features"][0]); });
        row("a feature is a number", [](json& p) { p["features"][0] = 3; });
        row("unknown feature", [](json& p) { p["features"][0]["kind"] = "median"; });
        row("even neighbourhood", [](json& p) { p["features"][0]["neighbourhood"] = 4; });
        row("no neighbourhood", [](json& p) { p["features"][0]["neighbourhood"] = 0; });
        row("monstrous neighbourhood", [](json& p) { p["features"][0]["neighbourhood"] = 101; });
        row("negative ring", [](json& p) { p["features"][0]["first_ring"] = -1; });
        row("ring beyond the last", [](json& p) { p["features"][1]["last_ring"] = 64; });
        row("ring beyond int", [](json& p) { p["features"][1]["last_ring"] = 1ull << 40; });
        row("rings backwards", [](json& p) { p["features"][0]["last_ring"] = 3; });
        row("a dose of another kind", [](json& p) { p["dose"] = "high"; });
        row("no dose", [](json& p) { p["dose_counts"] = 0; });
        row("dose beyond double", [](json& p) { p["dose_counts"] = nullptr; });
        row("no regressors", [](json& p) { p["regressors"] = json::array(); });
        row("65 regressors", [](json& p) { p["regressors"] = json::array_t(65, p["regressors"][0]); });
        row("unknown regression", [](json& p) { p["regressors"][0]["kind"] = "forest"; });
        row("another regression", [](json& p) { p["regressors"][0]["kind"] = "kernel"; });
        row("reads nothing", [](json& p) { p["regressors"][0]["features"] = json::array(); });
        row("reads a profile there is not", [](json& p) { p["regressors"][0]["features"] = {2}; });
        row("reads profile -1", [](json& p) { p["regressors"][0]["features"] = {-1}; });
        row("reads half a profile", [](json& p) { p["regressors"][0]["features"] = {0.5}; });
        row("reads more than there are", [](json& p) { p["regressors"][0]["features"] = {0, 1, 0}; });
        row("reads another profile", [](json& p) { p["regressors"][0]["features"] = {1}; });
        row("penalty is a text", [](json& p) { p["regressors"][0]["penalty"] = "1"; });
        row("logarithm is a number", [](json& p) { p["regressors"][0]["logarithm"] = 0; });
        row("epochs are half", [](json& p) { p["regressors"][2]["epochs"] = 1.5; });
        row("no rate", [](json& p) { p["regressors"][2].erase("learning_rate"); });
    }

    void wrongDescriptions()
    {
        QFETCH(ChangeJson, change);
        json description = json::parse(describeAsJson(m_model->description()));
        change(description["profile"]);
        const auto model = loadsWith(modelTensors(), description.dump());
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::ModelInvalid);
        QCOMPARE(model.error().file, path("changed.safetensors"));
    }

  private:
    Tensors modelTensors() const
    {
        Tensors tensors;
        for (const auto& [name, tensor] : dynamic_cast<const StoredModel&>(*m_model).state())
            tensors.emplace_back(name, tensor.sizes().vec());
        return tensors;
    }

    /// A file of such tensors, all zeros.
    Result<ModelPtr> loadsWith(const Tensors& tensors, const std::string& description) const
    {
        safetensors::Contents contents;
        contents.metadata = {{"format", "pt"}, {descriptionKey, description}};
        std::vector<std::vector<std::byte>> bytes;
        for (const auto& [name, shape] : tensors) {
            std::size_t size = sizeof(float);
            for (const std::int64_t edge : shape)
                size *= std::size_t(edge);
            bytes.emplace_back(size);
            contents.entries.push_back({name, "F32", shape, bytes.back()});
        }
        if (auto written = safetensors::write(std::move(contents), path("changed.safetensors")); !written)
            return fail(written.error());
        return loadModel(path("changed.safetensors"));
    }
};

QTEST_APPLESS_MAIN(TestProfileModel)
#include "tst_profile_model.moc"
