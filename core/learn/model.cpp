// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and loads models as safetensors files.
#include "core/learn/model.h"

#include "core/base/os_file.h"
#include "core/learn/model_description_p.h"
#include "core/learn/model_tensors_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/safetensors_p.h"
#include "core/learn/torch_errors_p.h"

#include <ATen/Functions.h>

#include <cstring>
#include <map>

namespace dispersa {

namespace {

constexpr const char* descriptionKey = "dispersa";

} // namespace

Result<void> writeModel(const ModelDescription& description, const NetworkState& state,
                        const std::filesystem::path& path)
{
    return safetensors::write(modelContents(description, state), path);
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
        if (const std::string wrong = wrongInTensors(contents->entries, description->network);
            !wrong.empty())
            return fail(ErrorCode::ModelInvalid,
                        "The weights in the model file " + path.string() + " do not fit its description: " + wrong +
                            ".",
                        path, {}, wrong);
        NetworkState state;
        for (const safetensors::Entry& entry : contents->entries)
            if (!entry.name.starts_with(trainingPrefix))
                state.emplace_back(entry.name, *tensorFrom(entry));
        return makeModel(std::move(*description), state);
    });
}

} // namespace dispersa
