// SPDX-License-Identifier: GPL-3.0-or-later
// The model file: exact round trip, and damaged or hostile files.
#include "core/base/os_file.h"
#include "core/learn/network_state_p.h"
#include "core/learn/safetensors_p.h"
#include "core/learn/trainer.h"
#include "tests/core/learn/network_formulas.h"
#include "tests/core/learn/synthetic_patterns.h"

#include <QtTest>

#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

using namespace dispersa;
using nlohmann::json;

namespace {

ModelDescription unusualDescription()
{
    ModelDescription d;
    d.recipe = "paper-haadf";
    d.network.patternHeight = 94;
    d.network.patternWidth = 100;
    d.network.outputs = 2;
    d.network.activation = OutputActivation::ReLU;
    d.network.batchNormMomentum = 0.123456789012345;
    d.network.dropout = 0.25;
    d.targets = {"Te", "HAADF"};
    d.diffraction = {CentreKind::SubPixel, 7.5, 2, Scaling::Log, BadPixels::Repair, 12.5, DescanModel::Rows, 1.025,
                     -33.5, 2.5};
    d.scalingQuantile = 1234.56789;
    d.mapFilter = {MapFilterKind::Bilateral, 9, 60.5, 70.25};
    d.normalise = Normalise::Sum;
    d.calibration.qPixel_invA = 0.02309;
    d.calibration.convergence_mrad = 0.55;
    d.calibration.qrRotation_deg = -12.5;
    d.haadfLow = 1.0 / 3;
    d.haadfHigh = 65000.125;
    d.trainingMean = {0.25, 0.1};
    d.provenanceJson = "{\"study\":\"GST \\\"0033\\\".dispersa\",\"seed\":42,\"inputs\":[\"a\",\"b\"]}";
    return d;
}

/// The file as header and data, to be damaged.
struct Parts {
    json header;
    std::string data;

    static Parts of(const std::string& file)
    {
        std::uint64_t size = 0;
        std::memcpy(&size, file.data(), 8);
        return {json::parse(file.substr(8, size)), file.substr(8 + size)};
    }
    std::string file() const
    {
        const std::string text = header.dump();
        const std::uint64_t size = text.size();
        return std::string(reinterpret_cast<const char*>(&size), 8) + text + data;
    }
};

std::string withHeaderSize(std::string file, std::uint64_t size)
{
    std::memcpy(file.data(), &size, 8);
    return file;
}

} // namespace

class TestModelFile : public QObject {
    Q_OBJECT
    using Damage = std::function<std::string(std::string)>;

  private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        const ModelDescription description = unusualDescription();
        m_model = makeModel(description, formulas::state(description.network));
        QVERIFY(saveModel(*m_model, path("good.safetensors")));
        m_good = readTextFile(path("good.safetensors")).value();
    }

    void modelsOfEarlierVersionsKeepTheirPreparation()
    {
        // What a file says that knew neither bad pixels, descan, ellipse nor soft masks.
        Parts parts = Parts::of(m_good);
        json description = json::parse(parts.header["__metadata__"]["dispersa"].get<std::string>());
        json& diffraction = description["diffraction"];
        for (const char* key : {"bad_pixels", "bad_pixel_sigmas", "descan", "ellipse_ratio", "ellipse_angle_deg",
                                "beam_mask_edge_px"})
            QCOMPARE(diffraction.erase(key), std::size_t(1));
        diffraction["centre"] = "com";
        parts.header["__metadata__"]["dispersa"] = description.dump();
        QVERIFY(writeFileAtomically(path("earlier.safetensors"), parts.file()));
        const auto loaded = loadModel(path("earlier.safetensors"));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        QVERIFY(((*loaded)->description().diffraction ==
                 DiffractionOptions{CentreKind::CentreOfMass, 7.5, 2, Scaling::Log}));
    }

    void roundTripIsExact()
    {
        const auto loaded = loadModel(path("good.safetensors"));
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const ModelDescription &a = m_model->description(), &b = (*loaded)->description();
        QCOMPARE(b.recipe, a.recipe);
        QVERIFY(b.network == a.network && b.targets == a.targets && b.diffraction == a.diffraction);
        QVERIFY(b.mapFilter == a.mapFilter && b.normalise == a.normalise && b.calibration == a.calibration);
        QVERIFY(b.scalingQuantile == a.scalingQuantile && b.haadfLow == a.haadfLow && b.haadfHigh == a.haadfHigh);
        QVERIFY(b.trainingMean == a.trainingMean);
        QCOMPARE(b.provenanceJson, a.provenanceJson);
        const NetworkState before = copyState(dynamic_cast<const TrainedModel&>(*m_model).network());
        const NetworkState after = copyState(dynamic_cast<const TrainedModel&>(**loaded).network());
        QCOMPARE(before.size(), std::size_t(23));
        for (std::size_t i = 0; i < before.size(); ++i)
            QVERIFY2(before[i].first == after[i].first && before[i].second.equal(after[i].second),
                     before[i].first.c_str());
    }

    void theLayoutIsSafetensors()
    {
        const Parts parts = Parts::of(m_good);
        QCOMPARE(parts.header["__metadata__"]["format"], json("pt"));
        QCOMPARE(parts.header["conv2.weight"]["shape"], json::array({64, 32, 3, 3}));
        QCOMPARE(parts.header["bn1.num_batches_tracked"]["dtype"], json("I64"));
        QCOMPARE((m_good.size() - parts.data.size()) % 8, std::size_t(0));
        // The first weight of the formula, found through the offsets as any other reader would.
        const std::size_t begin = parts.header["fc3.weight"]["data_offsets"][0];
        float first = 0;
        std::memcpy(&first, parts.data.data() + begin, sizeof first);
        QCOMPARE(first, formulas::noise(1, 14, std::sqrt(6.0 / 256))[0]);
        const json described = json::parse(parts.header["__metadata__"]["dispersa"].get<std::string>());
        QCOMPARE(described["diffraction"]["scaling"], json("log"));
        QCOMPARE(described["provenance"]["seed"], json(42));
    }

    void anotherDescriptionKeepsTheWeights()
    {
        ModelDescription description = m_model->description();
        description.scalingQuantile = 7;
        const ModelPtr other = withDescription(*m_model, description);
        QCOMPARE(other->description().scalingQuantile, 7.0);
        const synthetic::Patterns source({94, 100}, formulas::patterns(2, {94, 100}));
        QVERIFY(predictPatterns(*other, source, {}, {}, {}, {}).value().outputs ==
                predictPatterns(*m_model, source, {}, {}, {}, {}).value().outputs);
    }

    void membersStandUnderTheirNumbers()
    {
        const Parts parts = Parts::of(ensembleFile());
        QCOMPARE(parts.header.size(), std::size_t(1 + 2 * 23));
        QCOMPARE(parts.header["member1.conv2.weight"]["shape"], json::array({64, 32, 3, 3}));
        QCOMPARE(json::parse(parts.header["__metadata__"]["dispersa"].get<std::string>())["members"], json(2));
        QVERIFY(loadModel(path("ensemble.safetensors")));
        // The file of one network is as it ever was.
        QVERIFY(!json::parse(Parts::of(m_good).header["__metadata__"]["dispersa"].get<std::string>()).contains("members"));
    }

    void badEnsembles_data()
    {
        QTest::addColumn<Damage>("damage");
        const auto header = [](const char* name, std::function<void(json&)> change) {
            QTest::newRow(name) << Damage([change](std::string file) {
                Parts parts = Parts::of(file);
                change(parts.header);
                return parts.file();
            });
        };
        const auto members = [&header](const char* name, const json& count) {
            header(name, [count](json& h) {
                json described = json::parse(h["__metadata__"]["dispersa"].get<std::string>());
                described["members"] = count;
                h["__metadata__"]["dispersa"] = described.dump();
            });
        };
        const auto renamed = [&header](const char* name, const char* from, const char* to) {
            header(name, [from, to](json& h) {
                h[to] = h[from];
                h.erase(from);
            });
        };
        members("more members than tensors", 3);
        members("one member", 1);
        members("no member", 0);
        members("minus two members", -2);
        members("more than twenty", 21);
        members("members beyond int", 1ull << 40);
        members("members beyond int64", ~0ull);
        members("half a member", 1.5);
        members("members are a text", "2");
        members("members are a list", json::array({2}));
        header("members are not told", [](json& h) {
            json described = json::parse(h["__metadata__"]["dispersa"].get<std::string>());
            described.erase("members");
            h["__metadata__"]["dispersa"] = described.dump();
        });
        renamed("tensor of a third member", "member1.fc3.bias", "member2.fc3.bias");
        renamed("tensor of no member", "member1.fc3.bias", "fc3.bias");
        renamed("unknown tensor", "member0.fc3.bias", "member0.fc9.bias");
        renamed("number with a zero before", "member1.fc3.bias", "member01.fc3.bias");
        header("shape of another layer", [](json& h) { h["member1.fc3.weight"]["shape"] = {256, 128}; });
        header("other type of the same size", [](json& h) { h["member1.fc3.bias"]["dtype"] = "I32"; });
    }

    void badEnsembles()
    {
        QFETCH(Damage, damage);
        const std::filesystem::path bad = path("bad ensemble.safetensors");
        std::ofstream(bad, std::ios::binary) << damage(ensembleFile());
        const auto model = loadModel(bad);
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::ModelInvalid);
    }

    void missingFile()
    {
        const auto model = loadModel(path("nowhere.safetensors"));
        QVERIFY(!model && model.error().code == ErrorCode::FileNotFound);
    }

    void unwritableFolder()
    {
        std::ofstream(path("a file")) << "x";
        const auto saved = saveModel(*m_model, path("a file") / "model.safetensors");
        QVERIFY(!saved && saved.error().code == ErrorCode::WriteFailed);
    }

    void badFiles_data()
    {
        QTest::addColumn<Damage>("damage");
        const auto row = [](const char* name, Damage damage) { QTest::newRow(name) << damage; };
        const auto header = [&row](const char* name, std::function<void(json&)> change) {
            row(name, [change](std::string file) {
                Parts parts = Parts::of(file);
                change(parts.header);
                return parts.file();
            });
        };
        const auto description = [&header](const char* name, std::function<void(json&)> change) {
            header(name, [change](json& h) {
                json described = json::parse(h["__metadata__"]["dispersa"].get<std::string>());
                change(described);
                h["__metadata__"]["dispersa"] = described.dump();
            });
        };
        row("empty", [](std::string) { return std::string(); });
        row("seven bytes", [](std::string file) { return file.substr(0, 7); });
        row("truncated header", [](std::string file) { return file.substr(0, 100); });
        row("truncated data", [](std::string file) { return file.substr(0, file.size() - 1); });
        row("bytes at the end", [](std::string file) { return file + "x"; });
        row("header of 2^64 - 1 bytes", [](std::string file) { return withHeaderSize(file, ~0ull); });
        row("header of 2^63 bytes", [](std::string file) { return withHeaderSize(file, 1ull << 63); });
        row("header one byte beyond the file", [](std::string file) { return withHeaderSize(file, file.size() - 7); });
        row("header of zero bytes", [](std::string file) { return withHeaderSize(file, 0); });
        row("not JSON", [](std::string file) { return file.replace(8, 20, "certainly not JSON!!"); });
        row("deeply nested", [](std::string) {
            const std::string text(100000, '[');
            const std::uint64_t size = text.size();
            return std::string(reinterpret_cast<const char*>(&size), 8) + text;
        });
        row("a picture", [](std::string) { return "\x89PNG\r\n\x1a\n" + std::string(200, 'p'); });

        header("overlapping", [](json& h) { h["fc3.bias"]["data_offsets"] = h["fc2.bias"]["data_offsets"]; });
        header("shifted by one", [](json& h) {
            for (json& offset : h["fc3.bias"]["data_offsets"])
                offset = offset.get<int>() + 4;
        });
        header("offsets beyond the file", [](json& h) {
            h["fc3.bias"]["data_offsets"] = {1ull << 62, (1ull << 62) + 512};
        });
        header("offsets backwards", [](json& h) { h["fc3.bias"]["data_offsets"] = {512, 0}; });
        header("negative offsets", [](json& h) { h["fc3.bias"]["data_offsets"] = {-512, 0}; });
        header("shape that overflows", [](json& h) { h["fc3.bias"]["shape"] = {1ull << 33, 1ull << 33}; });
        header("huge shape", [](json& h) { h["fc3.bias"]["shape"] = {1ull << 40}; });
        header("negative shape", [](json& h) { h["fc3.bias"]["shape"] = {-128}; });
        header("fractional shape", [](json& h) { h["fc3.bias"]["shape"] = {128.5}; });
        header("shape of another layer", [](json& h) { h["fc3.weight"]["shape"] = {256, 128}; });
        header("shape with one dimension more", [](json& h) { h["fc3.bias"]["shape"] = {128, 1}; });
        header("unknown type", [](json& h) { h["fc3.bias"]["dtype"] = "F33"; });
        header("other type of the same size", [](json& h) { h["fc3.bias"]["dtype"] = "I32"; });
        header("type is a number", [](json& h) { h["fc3.bias"]["dtype"] = 32; });
        header("entry is a number", [](json& h) { h["fc3.bias"] = 3; });
        header("no offsets", [](json& h) { h["fc3.bias"].erase("data_offsets"); });
        header("renamed tensor", [](json& h) {
            h["fc9.bias"] = h["fc3.bias"];
            h.erase("fc3.bias");
        });
        header("no metadata", [](json& h) { h.erase("__metadata__"); });
        header("metadata without description", [](json& h) { h["__metadata__"].erase("dispersa"); });
        header("metadata is a list", [](json& h) { h["__metadata__"] = json::array(); });
        header("metadata with a number", [](json& h) { h["__metadata__"]["dispersa"] = 1; });
        header("description is no JSON", [](json& h) { h["__metadata__"]["dispersa"] = "{"; });

        description("description is a list", [](json& d) { d = json::array({1}); });
        description("newer version", [](json& d) { d["version"] = 2; });
        description("other pattern size", [](json& d) { d["network"]["pattern_width"] = 200; });
        description("pattern too small", [](json& d) { d["network"]["pattern_width"] = 60; });
        description("monstrous pattern", [](json& d) { d["network"]["pattern_width"] = 2000000000; });
        description("pattern beyond int", [](json& d) { d["network"]["pattern_width"] = 1ull << 40; });
        description("more outputs", [](json& d) { d["network"]["outputs"] = 3; });
        description("more targets", [](json& d) { d["targets"].push_back("O"); });
        description("target is a number", [](json& d) { d["targets"][0] = 5; });
        description("unknown scaling", [](json& d) { d["diffraction"]["scaling"] = "cubic"; });
        description("bin 0", [](json& d) { d["diffraction"]["bin"] = 0; });
        description("filter size beyond 64 bits", [](json& d) { d["map_filter"]["size"] = ~0ull; });
        description("filter size -1", [](json& d) { d["map_filter"]["size"] = -1; });
        description("target with a path", [](json& d) { d["targets"][0] = "../../Te"; });
        description("target without a name", [](json& d) { d["targets"][0] = ""; });
        description("target twice", [](json& d) { d["targets"][0] = "HAADF"; });
        // Deep enough to overflow the stack of whoever copies or writes it.
        const std::string deep = std::string(200000, '[') + std::string(200000, ']');
        header("deep provenance", [deep](json& h) {
            std::string text = h["__metadata__"]["dispersa"].get<std::string>();
            text.pop_back();
            h["__metadata__"]["dispersa"] = text + ",\"provenance\":" + deep + "}";
        });
        description("deep provenance in a text", [deep](json& d) { d["provenance"] = deep; });
        description("quantile is a text", [](json& d) { d["diffraction"]["scaling_quantile"] = "1"; });
        description("recipe missing", [](json& d) { d.erase("recipe"); });
    }

    void badFiles()
    {
        QFETCH(Damage, damage);
        const std::filesystem::path bad = path("bad.safetensors");
        std::ofstream(bad, std::ios::binary) << damage(m_good);
        const auto model = loadModel(bad);
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::ModelInvalid);
        QCOMPARE(model.error().file, bad);
        QVERIFY(model.error().message.find("bad.safetensors") != std::string::npos);
    }

  private:
    std::filesystem::path path(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    /// Of two members with the same weights.
    std::string ensembleFile()
    {
        if (m_ensemble.empty()) {
            if (!saveModel(*joinedModel(m_model->description(), {m_model, m_model}), path("ensemble.safetensors")))
                return {};
            m_ensemble = readTextFile(path("ensemble.safetensors")).value();
        }
        return m_ensemble;
    }

    QTemporaryDir m_folder;
    ModelPtr m_model;
    std::string m_good;
    std::string m_ensemble;
};

QTEST_APPLESS_MAIN(TestModelFile)
#include "tst_model_file.moc"
