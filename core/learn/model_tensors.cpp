// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/model_tensors_p.h"

#include "core/learn/model_description_p.h"

#include <ATen/Functions.h>

#include <cstring>
#include <map>

namespace dispersa {

namespace {

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

} // namespace

std::string wrongInTensors(const std::vector<safetensors::Entry>& entries, const NetworkOptions& options)
{
    Shapes expected = expectedTensors(options);
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

safetensors::Entry tensorEntry(std::string name, const torch::Tensor& tensor)
{
    return {std::move(name),
            tensor.scalar_type() == at::kLong ? "I64" : "F32",
            tensor.sizes().vec(),
            {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}};
}

std::optional<torch::Tensor> tensorFrom(const safetensors::Entry& entry)
{
    if (entry.dtype != "F32" && entry.dtype != "I64")
        return std::nullopt;
    torch::Tensor tensor = at::empty(entry.shape, entry.dtype == "I64" ? at::kLong : at::kFloat);
    if (!entry.bytes.empty())
        std::memcpy(tensor.data_ptr(), entry.bytes.data(), entry.bytes.size());
    return tensor;
}

safetensors::Contents modelContents(const ModelDescription& description, const NetworkState& state)
{
    safetensors::Contents contents;
    contents.metadata = {{"format", "pt"}, {"dispersa", describeAsJson(description)}};
    for (const auto& [name, tensor] : state)
        contents.entries.push_back(tensorEntry(name, tensor));
    return contents;
}

} // namespace dispersa
