// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and loads models as safetensors files.
#include "core/learn/model.h"

#include "core/base/os_file.h"
#include "core/learn/model_file_p.h"
#include "core/learn/model_tensors_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/profile_model_p.h"
#include "core/learn/torch_errors_p.h"

namespace dispersa {

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
        auto parsed = parseModelFile((*file)->bytes(), path);
        if (!parsed)
            return fail(parsed.error());
        NetworkState state;
        for (const safetensors::Entry& entry : parsed->weights)
            state.emplace_back(entry.name, *tensorFrom(entry));
        if (parsed->description.profile)
            return makeProfileModel(std::move(parsed->description), state, parsed->profileMembers);
        return makeModel(std::move(parsed->description), state);
    });
}

} // namespace dispersa
