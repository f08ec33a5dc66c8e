// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/profile_tensors_p.h"

#include <map>
#include <utility>

namespace dispersa {
namespace {

constexpr std::size_t mostMembers = 20;
constexpr std::int64_t anyNumber = -1; ///< of kernel points

using Shape = std::vector<std::int64_t>;

std::vector<std::pair<std::string, Shape>> shapesOf(const ProfileOptions& profile, const RegressorOptions& regressor,
                                                    std::int64_t targets)
{
    const std::int64_t features = featuresOf(profile, regressor);
    const bool polar = regressor.kind == RegressorKind::Polar;
    const Shape scaled = {polar ? features / sectorCount : features};
    std::vector<std::pair<std::string, Shape>> shapes = {{"mean", scaled}, {"scale", scaled}};
    const auto add = [&shapes](const std::string& name, Shape shape) { shapes.emplace_back(name, std::move(shape)); };
    switch (regressor.kind) {
    case RegressorKind::Ridge:
        add("weight", {features, targets});
        add("bias", {targets});
        break;
    case RegressorKind::Kernel:
        add("points", {anyNumber, features});
        add("weights", {anyNumber, targets});
        add("bias", {targets});
        add("gamma", {});
        break;
    case RegressorKind::Mlp:
        add("layer1.weight", {denseWidth, features});
        add("layer1.bias", {denseWidth});
        add("layer2.weight", {denseWidth, denseWidth});
        add("layer2.bias", {denseWidth});
        add("output.weight", {targets, denseWidth});
        add("output.bias", {targets});
        break;
    case RegressorKind::Polar: {
        const auto channels = static_cast<std::int64_t>(regressor.features.size());
        std::int64_t depth = channels;
        for (std::size_t c = 0; c < polarChannels.size(); ++c) {
            const std::string conv = "conv" + std::to_string(c + 1), norm = "norm" + std::to_string(c + 1);
            add(conv + ".weight", {polarChannels[c], depth, 3, 2});
            for (const std::string& name : {conv + ".bias", norm + ".weight", norm + ".bias"})
                add(name, {polarChannels[c]});
            depth = polarChannels[c];
        }
        add("dense1.weight", {denseWidth, polarDenseInputs(channels, features / sectorCount / channels)});
        add("dense1.bias", {denseWidth});
        add("dense2.weight", {denseWidth, denseWidth});
        add("dense2.bias", {denseWidth});
        add("output.weight", {targets, denseWidth});
        add("output.bias", {targets});
        break;
    }
    }
    return shapes;
}

/// True if `shape` is `expected`, whose open first dimension it settles in `points`.
bool fits(const Shape& shape, const Shape& expected, std::int64_t& points)
{
    if (expected.empty() || expected.front() != anyNumber)
        return shape == expected;
    if (shape.size() != 2 || shape[1] != expected[1] || shape[0] < 1 || shape[0] > mostKernelPoints)
        return false;
    if (points == anyNumber)
        points = shape[0];
    return shape[0] == points;
}

} // namespace

std::int64_t featuresOf(const ProfileOptions& profile, const RegressorOptions& regressor)
{
    std::int64_t values = 0;
    for (const std::size_t feature : regressor.features)
        values += profile.features.at(feature).values();
    return values;
}

std::int64_t polarDenseInputs(std::int64_t channels, std::int64_t rings)
{
    std::int64_t pooled = rings;
    for (std::size_t c = 0; c < polarChannels.size(); ++c)
        pooled /= 2;
    return polarChannels.back() * pooled + channels * rings;
}

std::string regressorPrefix(std::size_t regressor, std::size_t member)
{
    return "regressor" + std::to_string(regressor) + "." + std::to_string(member) + ".";
}

std::vector<std::size_t> profileMembers(const std::vector<safetensors::Entry>& entries, const ProfileOptions& profile,
                                        std::int64_t targets, std::string& wrong)
{
    std::map<std::string, const safetensors::Entry*> byName;
    for (const safetensors::Entry& entry : entries)
        byName[entry.name] = &entry;
    std::size_t used = 0;
    std::vector<std::size_t> members;
    for (std::size_t r = 0; r < profile.regressors.size(); ++r) {
        const auto shapes = shapesOf(profile, profile.regressors[r], targets);
        std::size_t found = 0;
        for (; found < mostMembers && byName.contains(regressorPrefix(r, found) + "mean"); ++found) {
            std::int64_t points = anyNumber;
            for (const auto& [name, shape] : shapes) {
                const auto entry = byName.find(regressorPrefix(r, found) + name);
                if (entry == byName.end()) {
                    wrong = "the tensor \"" + regressorPrefix(r, found) + name + "\" is missing";
                    return {};
                }
                if (entry->second->dtype != "F32" || !fits(entry->second->shape, shape, points)) {
                    wrong = "the tensor \"" + entry->first + "\" has another type or shape than the regression";
                    return {};
                }
                ++used;
            }
        }
        if (found == 0) {
            wrong = "the tensor \"" + regressorPrefix(r, 0) + "mean\" is missing";
            return {};
        }
        members.push_back(found);
    }
    if (used != entries.size()) {
        wrong = "it has tensors that no regression has";
        return {};
    }
    return members;
}

} // namespace dispersa
