// SPDX-License-Identifier: GPL-3.0-or-later
// Typed access to the keys of a JSON object with errors that name the key, for the study file.
#pragma once

#include "core/data/study.h"

#include <cstdint>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace dispersa {

using Json = nlohmann::ordered_json;

/// A key with a wrong type or value. Thrown while a study is parsed and caught by parseStudy.
struct JsonKeyError : std::exception {
    JsonKeyError(std::string keyPath, std::string problem) : key(std::move(keyPath)), m_problem(std::move(problem)) {}
    const char* what() const noexcept override { return m_problem.c_str(); }
    std::string key;       ///< "scans[1].role"
    std::string m_problem; ///< "must be one of train, predict, ignore, not \"foo\""
};

/// One object of the document; remembers which keys were asked for, the others are unknown.
class JsonObject {
  public:
    /// `keyPath` is empty for the document itself. Throws JsonKeyError if `json` is no object.
    JsonObject(const Json& json, std::string keyPath);

    /// "scans[1].role" for key "role".
    std::string path(const std::string& key) const;
    /// The value, or nullptr when the key is missing.
    const Json* find(const std::string& key);
    /// The same; throws when it is missing.
    const Json& require(const std::string& key);

    // Each throws JsonKeyError on a wrong type; nullopt when the key is missing.
    std::optional<std::string> text(const std::string& key);
    std::optional<double> number(const std::string& key);
    std::optional<std::int64_t> integer(const std::string& key, std::int64_t least, std::int64_t most);
    std::optional<std::uint64_t> unsignedInteger(const std::string& key);
    std::optional<JsonObject> object(const std::string& key);
    std::optional<std::vector<Json>> array(const std::string& key);

    /// Assigns the int `key` if it is there.
    void readInt(const std::string& key, int& value);
    void readNumber(const std::string& key, double& value);
    void readFlag(const std::string& key, bool& value);
    /// Assigns the value whose word stands at `key`; throws with the list of words when none fits.
    template<class T>
    void readWord(const std::string& key, T& value, const std::vector<T>& choices, const char* (*name)(T))
    {
        const auto word = text(key);
        if (!word)
            return;
        std::string words;
        for (const T choice : choices) {
            if (*word == name(choice)) {
                value = choice;
                return;
            }
            words += (words.empty() ? "" : ", ") + std::string(name(choice));
        }
        throw JsonKeyError(path(key), "must be one of " + words + ", not \"" + *word + "\"");
    }

    /// Adds the keys nobody asked for to `unknown`, under `prefix` + the key, escaped as in a JSON pointer: keys of
    /// objects without UnknownKeys of their own are kept by the next object up, e.g. "crop/comment".
    void collectUnknown(UnknownKeys& unknown, const std::string& prefix = {}) const;

  private:
    const Json* m_json;
    std::string m_path;
    std::set<std::string> m_asked;
};

/// The inverse of collectUnknown: puts the keys back where they came from, where that object still exists and has no
/// such key of its own.
void restoreUnknown(Json& json, const UnknownKeys& unknown);

/// "a number", "text", ... for messages.
std::string jsonTypeText(const Json& json);

} // namespace dispersa
