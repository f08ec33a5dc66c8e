// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and loads models as safetensors files.
#include "core/learn/model.h"

#include "core/base/os_file.h"
#include "core/learn/model_description_p.h"
#include "core/learn/model_tensors_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/profile_model_p.h"
#include "core/learn/profile_tensors_p.h"
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

PatternShape inputShape(const ModelDescription& description)
{
    if (description.profile)
        return {1, description.profile->values()};
    return {description.network.patternHeight, description.network.patternWidth};
}

ModelPtr withDescription(const Model& model, ModelDescription description)
{
    return dynamic_cast<const StoredModel&>(model).described(std::move(description));
}

Result<void> saveModel(const Model& model, const std::filesystem::path& path)
{
    return translated("saving the model", [&]() -> Result<void> {
        return writeModel(model.description(), dynamic_cast<const StoredModel&>(model).state(), path);
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
        std::string wrong;
        std::vector<std::size_t> members;
        if (description->profile)
            members = profileMembers(contents->entries, *description->profile, description->network.outputs, wrong);
        else
            wrong = wrongInTensors(contents->entries, description->network);
        if (!wrong.empty())
            return fail(ErrorCode::ModelInvalid,
                        "The weights in the model file " + path.string() + " do not fit its description: " + wrong +
                            ".",
                        path, {}, wrong);
        NetworkState state;
        for (const safetensors::Entry& entry : contents->entries)
            if (!entry.name.starts_with(trainingPrefix))
                state.emplace_back(entry.name, *tensorFrom(entry));
        if (description->profile)
            return makeProfileModel(std::move(*description), state, members);
        return makeModel(std::move(*description), state);
    });
}

} // namespace dispersa
