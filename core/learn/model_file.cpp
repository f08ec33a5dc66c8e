// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/model_file_p.h"

#include "core/learn/model_description_p.h"
#include "core/learn/profile_tensors_p.h"

#include <map>
#include <utility>

namespace dispersa {

namespace {

using Shapes = std::map<std::string, std::pair<std::string, std::vector<std::int64_t>>>;

/// Type and shape of every tensor of a network.
Shapes expectedTensors(const NetworkOptions& options)
{
    Shapes shapes;
    const auto layer = [&shapes](const std::string& name, std::vector<std::int64_t> kernel) {
        shapes[name + ".bias"] = {"F32", {kernel.front()}};
        shapes[name + ".weight"] = {"F32", std::move(kernel)};
    };
    const PatternShape last = lastConvolutionShape({options.patternHeight, options.patternWidth});
    layer("conv1", {32, 1, 3, 3});
    layer("bn1", {32});
    for (const char* statistic : {"bn1.running_mean", "bn1.running_var"})
        shapes[statistic] = {"F32", {32}};
    shapes["bn1.num_batches_tracked"] = {"I64", {}};
    layer("conv2", {64, 32, 3, 3});
    layer("conv3", {128, 64, 3, 3});
    layer("conv4", {256, 128, 3, 3});
    layer("conv5", {512, 256, 3, 3});
    layer("fc1", {512, 512 * last.count()});
    layer("fc2", {256, 512});
    layer("fc3", {128, 256});
    layer("output", {options.outputs, 128});
    return shapes;
}

} // namespace

std::string memberPrefix(int member, int members)
{
    return members > 1 ? "member" + std::to_string(member) + "." : std::string();
}

std::string wrongInTensors(const std::vector<safetensors::Entry>& entries, const NetworkOptions& options, int members)
{
    Shapes expected;
    const Shapes ofOne = expectedTensors(options);
    for (int member = 0; member < members; ++member)
        for (const auto& [name, tensor] : ofOne)
            expected[memberPrefix(member, members) + name] = tensor;
    for (const safetensors::Entry& entry : entries) {
        if (entry.name.starts_with(trainingPrefix))
            continue;
        const auto found = expected.find(entry.name);
        if (found == expected.end())
            return "the network has no tensor \"" + entry.name + "\"";
        if (entry.dtype != found->second.first || entry.shape != found->second.second)
            return "the tensor \"" + entry.name + "\" has another type or shape than the network";
        expected.erase(found);
    }
    return expected.empty() ? std::string() : "the tensor \"" + expected.begin()->first + "\" is missing";
}

Result<ModelFile> parseModelFile(std::span<const std::byte> file, const std::filesystem::path& path)
{
    auto contents = safetensors::parse(file, path);
    if (!contents)
        return fail(contents.error());
    const auto text = contents->metadata.find(descriptionKey);
    if (text == contents->metadata.end())
        return fail(ErrorCode::ModelInvalid,
                    "The file " + path.string() +
                        " has no description of a Dispersa model in its metadata: use a model that Dispersa trained.",
                    path, {}, "no metadata \"dispersa\"");
    auto description = describedByJson(text->second, path);
    if (!description)
        return fail(description.error());
    std::string wrong;
    std::vector<std::size_t> members;
    if (description->profile)
        members = profileMembers(contents->entries, *description->profile, description->network.outputs, wrong);
    else
        wrong = wrongInTensors(contents->entries, description->network, description->members);
    if (!wrong.empty())
        return fail(ErrorCode::ModelInvalid,
                    "The weights in the model file " + path.string() + " do not fit its description: " + wrong + ".",
                    path, {}, wrong);
    std::erase_if(contents->entries,
                  [](const safetensors::Entry& entry) { return entry.name.starts_with(trainingPrefix); });
    return ModelFile{std::move(*description), std::move(contents->entries), std::move(members)};
}

} // namespace dispersa
