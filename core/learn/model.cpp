// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and loads models as safetensors files.
#include "core/learn/model.h"

#include "core/base/os_file.h"
#include "core/learn/model_description_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/safetensors_p.h"
#include "core/learn/torch_errors_p.h"

#include <ATen/Functions.h>

#include <cstring>
#include <map>

namespace dispersa {

namespace {

constexpr const char* descriptionKey = "dispersa";

using Shapes = std::map<std::string, std::pair<std::string, std::vector<std::int64_t>>>;

/// Type and shape of every tensor of a network, without making one: a hostile file must not cause its allocation.
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

/// Empty string if the tensors are those of the network, else what is wrong.
std::string wrongInTensors(const std::vector<safetensors::Entry>& entries, Shapes expected)
{
    for (const safetensors::Entry& entry : entries) {
        const auto found = expected.find(entry.name);
        if (found == expected.end())
            return "the network has no tensor \"" + entry.name + "\"";
        if (entry.dtype != found->second.first || entry.shape != found->second.second)
            return "the tensor \"" + entry.name + "\" has another type or shape than the network";
        expected.erase(found);
    }
    return expected.empty() ? std::string() : "the tensor \"" + expected.begin()->first + "\" is missing";
}

torch::Tensor toTensor(const safetensors::Entry& entry)
{
    torch::Tensor tensor = at::empty(entry.shape, entry.dtype == "I64" ? at::kLong : at::kFloat);
    std::memcpy(tensor.data_ptr(), entry.bytes.data(), entry.bytes.size());
    return tensor;
}

} // namespace

Result<void> writeModel(const ModelDescription& description, const NetworkState& state,
                        const std::filesystem::path& path)
{
    safetensors::Contents contents;
    contents.metadata = {{"format", "pt"}, {descriptionKey, describeAsJson(description)}};
    for (const auto& [name, tensor] : state)
        contents.entries.push_back({name,
                                    tensor.scalar_type() == at::kLong ? "I64" : "F32",
                                    tensor.sizes().vec(),
                                    {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}});
    return safetensors::write(std::move(contents), path);
}

ModelPtr withDescription(const Model& model, ModelDescription description)
{
    const auto& trained = dynamic_cast<const TrainedModel&>(model);
    return std::make_shared<const TrainedModel>(std::move(description), trained.network());
}

Result<void> saveModel(const Model& model, const std::filesystem::path& path)
{
    return translated("saving the model", [&]() -> Result<void> {
        const auto& trained = dynamic_cast<const TrainedModel&>(model);
        return writeModel(model.description(), copyState(trained.network()), path);
    });
}

Result<ModelPtr> loadModel(const std::filesystem::path& path)
{
    return translated("loading the model", [&]() -> Result<ModelPtr> {
        const auto file = MappedFile::open(path);
        if (!file)
            return fail(file.error());
        const auto contents = safetensors::parse((*file)->bytes(), path);
        if (!contents)
            return fail(contents.error());
        const auto text = contents->metadata.find(descriptionKey);
        if (text == contents->metadata.end())
            return fail(
                ErrorCode::ModelInvalid,
                "The file " + path.string() +
                    " has no description of a Dispersa model in its metadata: use a model that Dispersa trained.",
                path, {}, "no metadata \"dispersa\"");
        auto description = describedByJson(text->second, path);
        if (!description)
            return fail(description.error());
        if (const std::string wrong = wrongInTensors(contents->entries, expectedTensors(description->network));
            !wrong.empty())
            return fail(ErrorCode::ModelInvalid,
                        "The weights in the model file " + path.string() + " do not fit its description: " + wrong +
                            ".",
                        path, {}, wrong);
        NetworkState state;
        for (const safetensors::Entry& entry : contents->entries)
            state.emplace_back(entry.name, toTensor(entry));
        return makeModel(std::move(*description), state);
    });
}

} // namespace dispersa
