// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_json_p.h"

#include "core/io/hdf5_tree_p.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dispersa::velox {
namespace {

constexpr std::size_t longestText = 8u << 20;
constexpr int deepest = 64;

/// Nesting of brackets outside of texts.
bool isTooDeep(const std::string& text)
{
    int depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inText && c == '\\')
            ++i;
        else if (c == '"')
            inText = !inText;
        else if (!inText && (c == '{' || c == '['))
            ++depth;
        else if (!inText && (c == '}' || c == ']'))
            --depth;
        if (depth > deepest)
            return true;
    }
    return false;
}

std::string withoutPercents(const std::string& text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            result += static_cast<char>(value);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

} // namespace

Json parse(const std::string& text)
{
    if (text.size() > longestText || isTooDeep(text))
        return {};
    Json json = Json::parse(text, nullptr, false);
    return json.is_structured() ? json : Json();
}

Json jsonAt(hid_t file, const std::string& path)
{
    const auto text = hdf5::isDataset(file, path) ? hdf5::textDataset(file, path) : std::nullopt;
    return text ? parse(*text) : Json();
}

Json metadataOf(hid_t file, const std::string& group)
{
    const std::string path = hdf5::joined(group, "Metadata");
    if (!hdf5::isDataset(file, path))
        return {};
    const hdf5::Handle dataset = hdf5::ownDataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT));
    const hdf5::Handle type = hdf5::ownType(H5Dget_type(dataset.get()));
    const auto shape = hdf5::shapeOf(dataset.get());
    if (hdf5::elementTypeOf(type.get()) != ElementType::UInt8 || shape.size() != 2 || shape[0] < 1 || shape[1] < 1 ||
        shape[0] > static_cast<std::int64_t>(longestText))
        return {};
    std::string text(static_cast<std::size_t>(shape[0]), '\0');
    if (!hdf5::readBlock(dataset.get(), ElementType::UInt8, {0, 0}, {text.size(), 1},
                         std::as_writable_bytes(std::span(text))))
        return {};
    text.resize(std::min(text.size(), text.find('\0')));
    return parse(text);
}

const Json* at(const Json& json, std::initializer_list<const char*> keys)
{
    const Json* value = &json;
    for (const char* key : keys) {
        if (!value->is_object())
            return nullptr;
        const auto found = value->find(key);
        if (found == value->end())
            return nullptr;
        value = &*found;
    }
    return value;
}

std::string textAt(const Json& json, std::initializer_list<const char*> keys)
{
    const Json* value = at(json, keys);
    return value && value->is_string() ? withoutPercents(value->get_ref<const std::string&>()) : "";
}

std::optional<double> numberAt(const Json& json, std::initializer_list<const char*> keys)
{
    const Json* value = at(json, keys);
    double number = 0;
    if (value && value->is_number()) {
        number = value->get<double>();
    } else if (value && value->is_string()) {
        const std::string& text = value->get_ref<const std::string&>();
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (code != std::errc() || end != text.data() + text.size())
            return std::nullopt;
    } else {
        return std::nullopt;
    }
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

bool isTrue(const Json& json, std::initializer_list<const char*> keys)
{
    const Json* value = at(json, keys);
    return value && ((value->is_boolean() && value->get<bool>()) ||
                     (value->is_string() && value->get_ref<const std::string&>() == "true"));
}

std::string pathAt(const Json& json, std::initializer_list<const char*> keys)
{
    const Json* value = at(json, keys);
    if (!value || !value->is_string())
        return {};
    const std::string& text = value->get_ref<const std::string&>();
    const bool isPath = text.size() > 1 && text.size() < 4096 && text.front() == '/' && text.back() != '/' &&
                        text.find('\0') == std::string::npos && text.find("//") == std::string::npos;
    return isPath ? text : "";
}

} // namespace dispersa::velox
