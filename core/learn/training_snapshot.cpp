// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_snapshot_p.h"

#include "core/base/os_file.h"
#include "core/learn/json_depth_p.h"
#include "core/learn/model_description_p.h"
#include "core/learn/model_file_p.h"
#include "core/learn/model_tensors_p.h"
#include "core/learn/safetensors_p.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace dispersa {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* trainingKey = "dispersa-training";
constexpr int deepestTraining = 32; // the identity holds a model's description
constexpr const char* bestPrefix = "training.best.";
constexpr const char* momentPrefix = "training.optimizer.";

/// FNV-1a over the bytes of numbers.
class Hash {
  public:
    template<class T>
    void add(const T& value)
    {
        unsigned char bytes[sizeof(T)];
        std::memcpy(bytes, &value, sizeof(T));
        for (const unsigned char byte : bytes)
            m_value = (m_value ^ byte) * 0x100000001b3ull;
    }
    std::string text() const
    {
        char text[20];
        std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(m_value));
        return text;
    }

  private:
    std::uint64_t m_value = 0xcbf29ce484222325ull;
};

std::string hashOf(const TrainingSet& set)
{
    Hash hash;
    const std::size_t outputs = set.targets.size() / std::size_t(std::max<std::int64_t>(1, set.patterns->count()));
    for (const std::vector<std::int64_t>* part : {&set.train, &set.validation}) {
        hash.add(part->size());
        for (const std::int64_t index : *part) {
            hash.add(index);
            for (std::size_t i = 0; i < outputs; ++i)
                hash.add(set.targets[std::size_t(index) * outputs + i]);
        }
    }
    return hash.text();
}

Json numberOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}
double numberFrom(const Json& json)
{
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Json historyJson(const std::vector<EpochRecord>& history)
{
    Json list = Json::array();
    for (const EpochRecord& record : history)
        list.push_back({numberOrNull(record.loss), record.valLoss.has_value(), numberOrNull(record.valLoss.value_or(0)),
                        record.seconds, record.patternsPerSecond});
    return list;
}

std::vector<EpochRecord> historyFrom(const Json& list)
{
    std::vector<EpochRecord> history;
    for (const Json& item : list) {
        EpochRecord record;
        record.epoch = int(history.size()) + 1;
        record.loss = numberFrom(item.at(0));
        if (item.at(1).get<bool>())
            record.valLoss = numberFrom(item.at(2));
        record.seconds = item.at(3).get<double>();
        record.patternsPerSecond = item.at(4).get<double>();
        history.push_back(record);
    }
    return history;
}

/// The first key whose value differs, searched in depth; empty if none does.
std::string difference(const Json& a, const Json& b, const std::string& path)
{
    if (a == b)
        return {};
    if (a.is_object() && b.is_object())
        for (const auto& [key, value] : a.items())
            if (!b.contains(key) || b[key] != value)
                return difference(value, b.value(key, Json()), path.empty() ? key : path + "." + key);
    return path.empty() ? "version" : path; // only the other one has more to say
}

tl::unexpected<Error> notATraining(const std::filesystem::path& path, const std::string& why)
{
    return fail(ErrorCode::ModelInvalid,
                "No training can go on from '" + path.string() + "': " + why +
                    ". Use the checkpoints/last.safetensors of a run, or train anew.",
                path, {}, why);
}

} // namespace

std::string trainingIdentity(const TrainingSet& set, const ModelDescription& description, const TrainOptions& options)
{
    Json settings = Json::object();
    for (const TrainingOption& option : trainingOptions())
        if (option.group != TrainingOption::Group::Length)
            std::visit([&](const auto& value) { settings[option.key] = value; }, option.get(options));
    ModelDescription alike = description;
    alike.provenanceJson = "{}";
    const Json json = {{"settings", std::move(settings)},
                       {"seed", options.seed},
                       {"patterns_and_targets", hashOf(set)},
                       {"model", Json::parse(describeAsJson(alike))}};
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Result<void> writeSnapshot(const TrainingSnapshot& snapshot, const ModelDescription& description,
                           const std::string& identity, const std::filesystem::path& path)
{
    const Json training = {{"version", 1}, {"identity", Json::parse(identity)}, {"history", historyJson(snapshot.history)}};
    safetensors::Contents contents = modelContents(description, snapshot.last);
    contents.metadata[trainingKey] = training.dump(-1, ' ', true, Json::error_handler_t::replace);
    for (const auto& [name, tensor] : snapshot.moments)
        contents.entries.push_back(tensorEntry(momentPrefix + name, tensor));
    for (const auto& [name, tensor] : snapshot.best)
        contents.entries.push_back(tensorEntry(bestPrefix + name, tensor));
    return safetensors::write(std::move(contents), path);
}

Result<TrainingSnapshot> readSnapshot(const std::filesystem::path& path, const std::string& identity,
                                      const NetworkOptions& network)
{
    const auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    const auto contents = safetensors::parse((*file)->bytes(), path);
    if (!contents)
        return fail(contents.error());
    const auto text = contents->metadata.find(trainingKey);
    if (text == contents->metadata.end())
        return notATraining(path, "it is a model without the state of its training");
    if (nestsDeeper(text->second, deepestTraining))
        return notATraining(path, "its description nests too deep");
    TrainingSnapshot snapshot;
    try {
        const Json training = Json::parse(text->second);
        if (training.at("version").get<int>() != 1)
            return notATraining(path, "another version of Dispersa wrote it");
        if (const std::string key = difference(Json::parse(identity), training.at("identity"), {}); !key.empty())
            return fail(ErrorCode::ModelMismatch,
                        "The training in '" + path.string() + "' cannot go on: '" + key +
                            "' was different when it began. Undo that change, or train anew.",
                        path, {key});
        snapshot.history = historyFrom(training.at("history"));
    } catch (const Json::exception& e) {
        return notATraining(path, std::string("its description is damaged (") + e.what() + ")");
    }
    std::vector<safetensors::Entry> best;
    for (safetensors::Entry entry : contents->entries)
        if (entry.name.starts_with(bestPrefix)) {
            entry.name.erase(0, std::strlen(bestPrefix));
            best.push_back(std::move(entry));
        }
    for (const auto* entries : {&contents->entries, std::as_const(best).empty() ? &contents->entries : &best})
        if (const std::string wrong = wrongInTensors(*entries, network); !wrong.empty())
            return notATraining(path, wrong);
    for (const safetensors::Entry& entry : contents->entries) {
        auto tensor = tensorFrom(entry);
        if (!tensor)
            return notATraining(path, "the tensor \"" + entry.name + "\" has an unknown type");
        if (entry.name.starts_with(momentPrefix))
            snapshot.moments.emplace_back(entry.name.substr(std::strlen(momentPrefix)), std::move(*tensor));
        else if (entry.name.starts_with(bestPrefix))
            snapshot.best.emplace_back(entry.name.substr(std::strlen(bestPrefix)), std::move(*tensor));
        else
            snapshot.last.emplace_back(entry.name, std::move(*tensor));
    }
    return snapshot;
}

} // namespace dispersa
