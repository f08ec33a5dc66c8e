// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/polar_regressor_p.h"

#include "core/learn/network_fitting_p.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include <algorithm>
#include <string>

namespace dispersa {
namespace {

constexpr std::int64_t ringAxis = 2, sectorAxis = 3;
/// Of the sectors of a ring, for the robust mean: Bragg spots stand in the others.
constexpr std::int64_t keptSectors = sectorCount * 3 / 4;

/// Rows of features as [n, channels, rings, sectors].
torch::Tensor asImages(const torch::Tensor& features, std::int64_t channels)
{
    return features.reshape({features.size(0), channels, features.size(1) / channels / sectorCount, sectorCount});
}

/// [channels, rings, 1]: a scale per sector would tell directions apart.
Standardiser perRing(const Standardiser& standard, std::int64_t channels)
{
    return {standard.mean.reshape({channels, -1, 1}), standard.scale.reshape({channels, -1, 1})};
}

/// One ring and sector more at each edge: round in the angle, repeated in q.
torch::Tensor padded(const torch::Tensor& image)
{
    const std::int64_t rings = image.size(ringAxis);
    const torch::Tensor round =
        at::cat({image.slice(sectorAxis, sectorCount - 1), image, image.slice(sectorAxis, 0, 1)}, sectorAxis);
    return at::cat({round.slice(ringAxis, 0, 1), round, round.slice(ringAxis, rings - 1)}, ringAxis);
}

/// 3 x 3 kernels from their middle and side columns [out, in, 3, 2].
torch::Tensor mirrored(const torch::Tensor& half)
{
    return at::cat({half.slice(3, 1), half}, 3);
}

torch::Tensor robustMean(const torch::Tensor& image)
{
    return std::get<0>(image.sort(sectorAxis)).slice(sectorAxis, 0, keptSectors).mean(sectorAxis);
}

/// Per convolution: weight, bias, scale and shift of the GroupNorm; then three dense layers.
constexpr std::size_t perConvolution = 4, denseAt = perConvolution * polarChannels.size();

std::vector<std::string> layerNames()
{
    std::vector<std::string> names;
    for (std::size_t c = 1; c <= polarChannels.size(); ++c)
        for (const char* part : {"conv%.weight", "conv%.bias", "norm%.weight", "norm%.bias"})
            names.push_back(std::string(part).replace(4, 1, std::to_string(c)));
    for (const char* name :
         {"dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias", "output.weight", "output.bias"})
        names.emplace_back(name);
    return names;
}

Layers freshLayers(std::int64_t channels, std::int64_t rings, std::int64_t targets, const at::Generator& generator)
{
    Layers layers;
    std::int64_t depth = channels;
    for (const std::int64_t width : polarChannels) {
        addFreshLayer(layers, {width, depth, 3, 3}, generator);
        torch::Tensor& weight = layers[layers.size() - 2];
        weight = weight.slice(3, 1).contiguous();
        layers.push_back(at::ones({width}));
        layers.push_back(at::zeros({width}));
        depth = width;
    }
    addFreshLayer(layers, {denseWidth, polarDenseInputs(channels, rings)}, generator);
    addFreshLayer(layers, {denseWidth, denseWidth}, generator);
    addFreshLayer(layers, {targets, denseWidth}, generator);
    return layers;
}

torch::Tensor forward(const torch::Tensor& input, const Layers& layers, bool softmax, const HiddenChange& change)
{
    torch::Tensor image = input;
    for (std::size_t c = 0; c < polarChannels.size(); ++c) {
        const torch::Tensor* layer = &layers[c * perConvolution];
        image = at::conv2d(padded(image), mirrored(layer[0]), layer[1]);
        // One group: the mean over all channels leaves how they differ, and with it the counts, in the image.
        image = at::relu(at::group_norm(image, 1, layer[2], layer[3]));
        image = at::avg_pool2d(image, {2, 1});
    }
    // Levels transfer between films better than what convolutions find: so these rest more often, lest all rely on
    // them.
    const torch::Tensor found = at::cat({change(robustMean(image).flatten(1), 4), robustMean(input).flatten(1)}, 1);
    const torch::Tensor* dense = &layers[denseAt];
    const torch::Tensor first = change(at::relu(at::addmm(dense[1], found, dense[0].t())), 1);
    const torch::Tensor second = change(at::relu(at::addmm(dense[3], first, dense[2].t())), 1);
    const torch::Tensor out = at::addmm(dense[5], second, dense[4].t());
    return softmax ? at::softmax(out, 1) : out;
}

/// By a whole number of sectors, one half of the times mirrored, the same for the batch. To the network alone that is
/// nothing new; but a point is mixed with others in every direction to each other.
torch::Tensor turned(torch::Tensor image, const at::Generator& generator)
{
    const std::int64_t step =
        at::randint(2 * sectorCount, {1}, generator, at::TensorOptions().dtype(at::kLong)).item<std::int64_t>();
    image = image.roll(step / 2, sectorAxis);
    return step % 2 == 0 ? image : image.flip(sectorAxis);
}

class Polar : public Regressor {
  public:
    Polar(Standardiser standard, Layers layers, bool softmax)
        : m_standard(std::move(standard)), m_layers(std::move(layers)), m_softmax(softmax)
    {
    }
    torch::Tensor predict(const torch::Tensor& features) const override
    {
        // In blocks: what convolutions keep of a whole scan would be larger than its patterns.
        constexpr std::int64_t block = 512;
        std::vector<torch::Tensor> parts;
        for (std::int64_t first = 0; first < std::max<std::int64_t>(1, features.size(0)); first += block) {
            const torch::Tensor rows = features.slice(0, first, std::min(features.size(0), first + block));
            parts.push_back(
                forward(m_standard(asImages(rows, m_standard.mean.size(0))), m_layers, m_softmax, unchangedHidden));
        }
        return at::cat(parts);
    }
    NetworkState state() const override
    {
        NetworkState state = {{"mean", m_standard.mean.flatten()}, {"scale", m_standard.scale.flatten()}};
        const std::vector<std::string> names = layerNames();
        for (std::size_t i = 0; i < names.size(); ++i)
            state.emplace_back(names[i], m_layers[i]);
        return state;
    }

  private:
    Standardiser m_standard;
    Layers m_layers;
    bool m_softmax;
};

} // namespace

RegressorPtr fitPolar(const RegressionPoints& points, const RegressorOptions& options, std::uint64_t seed,
                      const std::stop_token& stop)
{
    const auto channels = static_cast<std::int64_t>(options.features.size());
    const torch::Tensor images = asImages(points.features, channels);
    const Standardiser standard = perRing(
        Standardiser::of(images.permute({0, 3, 1, 2}).reshape({-1, channels * images.size(ringAxis)})), channels);
    const at::Generator generator = at::detail::createCPUGenerator(seed);
    Layers layers = freshLayers(images.size(1), images.size(ringAxis), points.targets.size(1), generator);
    const bool softmax = points.composition;
    const FittedNetwork network{[softmax](const torch::Tensor& input, const Layers& own, const HiddenChange& dropped) {
                                    return forward(input, own, softmax, dropped);
                                },
                                turned, sectorAxis};
    if (!fitLayers(layers, network, standard(images), points, options, generator, stop))
        return nullptr;
    return std::make_shared<Polar>(standard, std::move(layers), softmax);
}

RegressorPtr polarFrom(const RegressorOptions& options, bool composition, const NetworkState& state)
{
    const Standardiser standard = perRing({named(state, "mean"), named(state, "scale")},
                                          static_cast<std::int64_t>(options.features.size()));
    Layers layers;
    for (const std::string& name : layerNames())
        layers.push_back(named(state, name));
    return std::make_shared<Polar>(standard, std::move(layers), composition);
}

} // namespace dispersa
