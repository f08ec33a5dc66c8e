// SPDX-License-Identifier: GPL-3.0-or-later
// Reads and writes safetensors files; every size is checked against the file before it is used.
#include "core/learn/safetensors_p.h"

#include "core/base/os_file.h"
#include "core/learn/json_depth_p.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

static_assert(std::endian::native == std::endian::little, "tensors are written in the machine's byte order");

namespace dispersa::safetensors {

namespace {

using nlohmann::json;

constexpr std::uint64_t largestHeader = 16u << 20;
constexpr int deepestHeader = 3; // header, tensor, list: anything deeper is hostile
constexpr std::size_t mostDimensions = 8;

/// Bytes per number, 0 for types that do not exist.
std::uint64_t sizeOf(const std::string& dtype)
{
    if (dtype == "F64" || dtype == "I64" || dtype == "U64")
        return 8;
    if (dtype == "F32" || dtype == "I32" || dtype == "U32")
        return 4;
    if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16")
        return 2;
    if (dtype == "I8" || dtype == "U8" || dtype == "BOOL")
        return 1;
    return 0;
}

tl::unexpected<Error> invalid(const std::filesystem::path& path, const std::string& why)
{
    return fail(ErrorCode::ModelInvalid,
                "The model file " + path.string() + " is damaged or not a model: " + why +
                    ". Use a file that Dispersa or the safetensors library wrote.",
                path, {}, why);
}

/// Product of shape and type size; nothing if it overflows or the shape is not a list of sizes.
std::optional<std::uint64_t> byteCount(const json& shape, std::uint64_t itemSize, std::vector<std::int64_t>& sizes)
{
    if (!shape.is_array() || shape.size() > mostDimensions)
        return {};
    std::uint64_t bytes = itemSize;
    for (const json& edge : shape) {
        if (!edge.is_number_unsigned())
            return {};
        const auto size = edge.get<std::uint64_t>();
        constexpr auto most = std::uint64_t(std::numeric_limits<std::int64_t>::max());
        if (size > most || (size != 0 && bytes > most / size))
            return {};
        bytes *= size;
        sizes.push_back(std::int64_t(size));
    }
    return bytes;
}

struct Placed {
    Entry entry;
    std::uint64_t begin = 0;
};

/// Empty string if the description of one tensor is sound, else what is wrong.
std::string readEntry(const std::string& name, const json& value, std::span<const std::byte> data, Placed& placed)
{
    placed.entry.name = name;
    if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets"))
        return "the entry \"" + name + "\" lacks dtype, shape or data_offsets";
    const json& dtype = value["dtype"];
    const std::uint64_t itemSize = dtype.is_string() ? sizeOf(dtype.get<std::string>()) : 0;
    if (itemSize == 0)
        return "the tensor \"" + name + "\" has an unknown type";
    placed.entry.dtype = dtype.get<std::string>();
    const auto bytes = byteCount(value["shape"], itemSize, placed.entry.shape);
    if (!bytes)
        return "the tensor \"" + name + "\" has an impossible shape";
    const json& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned())
        return "the tensor \"" + name + "\" has no pair of data offsets";
    const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
    if (begin > end || end > data.size())
        return "the tensor \"" + name + "\" ends at byte " + std::to_string(end) + " of " + std::to_string(data.size());
    if (end - begin != *bytes)
        return "the tensor \"" + name + "\" has " + std::to_string(end - begin) + " bytes where its shape needs " +
               std::to_string(*bytes);
    placed.begin = begin;
    placed.entry.bytes = data.subspan(begin, end - begin);
    return {};
}

} // namespace

Result<Contents> parse(std::span<const std::byte> file, const std::filesystem::path& path)
{
    std::uint64_t headerSize = 0;
    if (file.size() < sizeof headerSize)
        return invalid(path, "it has only " + std::to_string(file.size()) + " bytes");
    std::memcpy(&headerSize, file.data(), sizeof headerSize);
    if (headerSize > largestHeader || headerSize > file.size() - sizeof headerSize)
        return invalid(path, "its header claims " + std::to_string(headerSize) + " bytes and the file has " +
                                 std::to_string(file.size()));
    const auto* text = reinterpret_cast<const char*>(file.data()) + sizeof headerSize;
    const json header = nestsDeeper({text, headerSize}, deepestHeader)
                            ? json(json::value_t::discarded)
                            : json::parse(text, text + headerSize, nullptr, false);
    if (!header.is_object())
        return invalid(path, "its header is not a JSON object of tensors");

    const std::span<const std::byte> data = file.subspan(sizeof headerSize + headerSize);
    Contents contents;
    std::vector<Placed> placed;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") {
            if (!value.is_object())
                return invalid(path, "its __metadata__ is not an object");
            for (const auto& [key, item] : value.items()) {
                if (!item.is_string())
                    return invalid(path, "its metadata \"" + key + "\" is not a string");
                contents.metadata[key] = item.get<std::string>();
            }
        } else if (const std::string wrong = readEntry(name, value, data, placed.emplace_back()); !wrong.empty()) {
            return invalid(path, wrong);
        }
    }
    std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
        return std::pair(a.begin, a.entry.bytes.size()) < std::pair(b.begin, b.entry.bytes.size());
    });
    std::uint64_t reached = 0;
    for (Placed& tensor : placed) {
        if (tensor.begin != reached)
            return invalid(path, "the tensor \"" + tensor.entry.name + "\" overlaps another or leaves a gap before it");
        reached += tensor.entry.bytes.size();
        contents.entries.push_back(std::move(tensor.entry));
    }
    if (reached != data.size())
        return invalid(path, std::to_string(data.size() - reached) + " bytes at its end belong to no tensor");
    return contents;
}

Result<void> write(Contents contents, const std::filesystem::path& path)
{
    std::stable_sort(contents.entries.begin(), contents.entries.end(),
                     [](const Entry& a, const Entry& b) { return sizeOf(a.dtype) > sizeOf(b.dtype); });
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!contents.metadata.empty())
        header["__metadata__"] = contents.metadata;
    std::uint64_t offset = 0;
    for (const Entry& entry : contents.entries) {
        header[entry.name] = {
            {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {offset, offset + entry.bytes.size()}}};
        offset += entry.bytes.size();
    }
    // Invalid UTF-8 (a file name in the provenance) is replaced: a model is worth more than one letter of a path.
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t headerSize = text.size();

    auto file = AtomicFile::create(path);
    if (!file)
        return fail(file.error());
    Result<void> done = file->write(std::as_bytes(std::span(&headerSize, 1)));
    if (done)
        done = file->write(text);
    for (const Entry& entry : contents.entries)
        if (done)
            done = file->write(entry.bytes);
    return done ? file->commit() : done;
}

} // namespace dispersa::safetensors
