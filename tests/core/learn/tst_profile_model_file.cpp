// SPDX-License-Identifier: GPL-3.0-or-later
// The file of a profile recipe's model: it repeats the predictions, and files that do not fit their description are
// none.
#include "core/learn/model_description_p.h"
#include "core/learn/model_file_p.h"
#include "core/learn/profile_model_p.h"
#include "tests/core/learn/synthetic_profiles.h"

#include <ATen/Functions.h>

#include <QTemporaryDir>
#include <QtTest>

#include <functional>
#include <nlohmann/json.hpp>

using namespace dispersa;
using nlohmann::json;

namespace {

using Tensors = std::vector<std::pair<std::string, std::vector<std::int64_t>>>;
using ChangeTensors = std::function<void(Tensors&)>;
using ChangeJson = std::function<void(json&)>;

} // namespace

class TestProfileModelFile : public QObject {
    Q_OBJECT

    std::filesystem::path path(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    QTemporaryDir m_folder;
    TrainingSet m_set = synthetic::profileSet(200);
    ModelPtr m_model;

  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        const auto trained =
            trainNetwork(m_set, synthetic::profileDescription(), synthetic::memberOptions(3), {}, {}, {});
        QVERIFY2(trained, trained ? "" : trained.error().message.c_str());
        m_model = trained->model;
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

QTEST_APPLESS_MAIN(TestProfileModelFile)
#include "tst_profile_model_file.moc"
