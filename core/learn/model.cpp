// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and loads models as safetensors files.
#include "core/learn/model.h"

#include "core/base/os_file.h"
#include "core/learn/model_file_p.h"
#include "core/learn/model_tensors_p.h"
#include "core/learn/network_state_p.h"
#include "core/learn/torch_errors_p.h"

namespace dispersa {

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
        auto parsed = parseModelFile((*file)->bytes(), path);
        if (!parsed)
            return fail(parsed.error());
        NetworkState state;
        for (const safetensors::Entry& entry : parsed->weights)
            state.emplace_back(entry.name, *tensorFrom(entry));
        return makeModel(std::move(parsed->description), state);
    });
}

} // namespace dispersa
