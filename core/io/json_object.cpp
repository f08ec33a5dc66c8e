// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_object.h"

#include <cmath>
#include <limits>

namespace dispersa {
namespace {

std::string escaped(const std::string& key)
{
    std::string result;
    for (const char c : key)
        result += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return result;
}

} // namespace

std::string jsonTypeText(const Json& json)
{
    switch (json.type()) {
    case Json::value_t::null:
        return "null";
    case Json::value_t::boolean:
        return "true or false";
    case Json::value_t::string:
        return "text";
    case Json::value_t::array:
        return "a list";
    case Json::value_t::object:
        return "an object";
    default:
        return "a number";
    }
}

JsonObject::JsonObject(const Json& json, std::string keyPath) : m_json(&json), m_path(std::move(keyPath))
{
    if (!json.is_object())
        throw JsonKeyError(m_path, "must be an object, not " + jsonTypeText(json));
}

std::string JsonObject::path(const std::string& key) const
{
    return m_path.empty() ? key : m_path + "." + key;
}

const Json* JsonObject::find(const std::string& key)
{
    m_asked.insert(key);
    const auto found = m_json->find(key);
    return found == m_json->end() ? nullptr : &*found;
}

const Json& JsonObject::require(const std::string& key)
{
    const Json* value = find(key);
    if (!value)
        throw JsonKeyError(path(key), "is missing");
    return *value;
}

std::optional<std::string> JsonObject::text(const std::string& key)
{
    const Json* value = find(key);
    if (!value)
        return std::nullopt;
    if (!value->is_string())
        throw JsonKeyError(path(key), "must be text, not " + jsonTypeText(*value));
    return value->get<std::string>();
}

std::optional<double> JsonObject::number(const std::string& key)
{
    const Json* value = find(key);
    if (!value)
        return std::nullopt;
    if (!value->is_number() || !std::isfinite(value->get<double>()))
        throw JsonKeyError(path(key), "must be a number, not " + jsonTypeText(*value));
    return value->get<double>();
}

std::optional<std::int64_t> JsonObject::integer(const std::string& key, std::int64_t least, std::int64_t most)
{
    const auto value = number(key);
    if (!value)
        return std::nullopt;
    if (*value != std::floor(*value))
        throw JsonKeyError(path(key), "must be a whole number, not " + Json(*value).dump());
    // Compared as double first: a number beyond int64 must not be cast.
    if (*value < static_cast<double>(least) || *value > static_cast<double>(most))
        throw JsonKeyError(path(key), "must lie between " + std::to_string(least) + " and " + std::to_string(most));
    return static_cast<std::int64_t>(*value);
}

std::optional<std::uint64_t> JsonObject::unsignedInteger(const std::string& key)
{
    const Json* value = find(key);
    if (!value)
        return std::nullopt;
    if (!value->is_number_unsigned())
        throw JsonKeyError(path(key), "must be a whole number from 0 to " +
                                          std::to_string(std::numeric_limits<std::uint64_t>::max()));
    return value->get<std::uint64_t>();
}

std::optional<JsonObject> JsonObject::object(const std::string& key)
{
    const Json* value = find(key);
    if (!value)
        return std::nullopt;
    return JsonObject(*value, path(key));
}

std::optional<std::vector<Json>> JsonObject::array(const std::string& key)
{
    const Json* value = find(key);
    if (!value)
        return std::nullopt;
    if (!value->is_array())
        throw JsonKeyError(path(key), "must be a list, not " + jsonTypeText(*value));
    return value->get<std::vector<Json>>();
}

void JsonObject::readInt(const std::string& key, int& value)
{
    if (const auto found = integer(key, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()))
        value = static_cast<int>(*found);
}

void JsonObject::readNumber(const std::string& key, double& value)
{
    if (const auto found = number(key))
        value = *found;
}

void JsonObject::readFlag(const std::string& key, bool& value)
{
    const Json* found = find(key);
    if (!found)
        return;
    if (!found->is_boolean())
        throw JsonKeyError(path(key), "must be true or false, not " + jsonTypeText(*found));
    value = found->get<bool>();
}

void JsonObject::collectUnknown(UnknownKeys& unknown, const std::string& prefix) const
{
    for (const auto& [key, value] : m_json->items())
        if (!m_asked.contains(key))
            unknown[prefix + escaped(key)] = value.dump();
}

void restoreUnknown(Json& json, const UnknownKeys& unknown)
{
    for (const auto& [key, text] : unknown) {
        const Json value = Json::parse(text, nullptr, false);
        if (value.is_discarded())
            continue;
        try {
            const Json::json_pointer pointer("/" + key);
            const auto parent = pointer.parent_pointer();
            if (json.contains(parent) && json[parent].is_object() && !json.contains(pointer))
                json[pointer] = value;
        } catch (const Json::exception&) { // a key that somebody put in without escaping it
            if (!json.contains(key))
                json[key] = value;
        }
    }
}

} // namespace dispersa
