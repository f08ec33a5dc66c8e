// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/model_tensors_p.h"

#include "core/learn/model_description_p.h"
#include "core/learn/model_file_p.h"

#include <ATen/Functions.h>

#include <cstring>

namespace dispersa {

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
    contents.metadata = {{"format", "pt"}, {descriptionKey, describeAsJson(description)}};
    for (const auto& [name, tensor] : state)
        contents.entries.push_back(tensorEntry(name, tensor));
    return contents;
}

} // namespace dispersa
