// SPDX-License-Identifier: GPL-3.0-or-later
// Prepared counts in a memory-mapped file, as training reads them, without the library that prepares them.
#pragma once

#include "core/base/os_file.h"
#include "core/base/random.h"
#include "core/learn/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <vector>

namespace dispersa::bench {

/// Rings whose radius differs from pattern to pattern, with noise; about 20 counts per pixel.
inline Result<void> writeCounts(const std::filesystem::path& path, PatternShape shape, int count)
{
    std::ofstream file(path, std::ios::binary);
    Random random(1);
    std::vector<std::uint16_t> counts(std::size_t(shape.count()));
    for (int i = 0; i < count; ++i) {
        const double radius = shape.width * (0.15 + 0.2 * double(random.below(1000)) / 1000);
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const double r = std::hypot(y - 0.5 * shape.height, x - 0.5 * shape.width) - radius;
                counts[std::size_t(y) * std::size_t(shape.width) + std::size_t(x)] =
                    std::uint16_t(30 * std::exp(-r * r / 50) + double(random.below(20)));
            }
        file.write(reinterpret_cast<const char*>(counts.data()), std::streamsize(counts.size() * 2));
    }
    file.close();
    if (!file)
        return fail(ErrorCode::WriteFailed, "The counts could not be written to '" + path.string() + "'.", path);
    return {};
}

class MappedCounts : public PatternSource {
  public:
    static Result<std::shared_ptr<const MappedCounts>> open(const std::filesystem::path& path, PatternShape shape)
    {
        auto file = MappedFile::open(path);
        if (!file)
            return fail(file.error());
        return std::make_shared<const MappedCounts>(std::move(*file), shape);
    }
    MappedCounts(std::shared_ptr<const MappedFile> file, PatternShape shape) : m_file(std::move(file)), m_shape(shape) {}

    std::int64_t count() const override { return std::int64_t(m_file->bytes().size() / bytesEach()); }
    PatternShape patternShape() const override { return m_shape; }
    CountType countType() const override { return CountType::UInt16; }
    CountScaling countScaling() const override { return {Scaling::Linear, 65536}; }
    Result<void> gatherCounts(std::span<const std::int64_t> indices, std::span<std::byte> out) const override
    {
        for (std::size_t i = 0; i < indices.size(); ++i)
            std::memcpy(out.data() + i * bytesEach(), m_file->bytes().data() + std::size_t(indices[i]) * bytesEach(),
                        bytesEach());
        return {};
    }
    void willNeed(std::span<const std::int64_t> indices) const override
    {
        for (const auto& run : runs(indices))
            m_file->willNeed(run);
    }
    void doneWith(std::span<const std::int64_t> indices) const override
    {
        for (const auto& run : runs(indices))
            m_file->doneWith(run);
    }
    Result<void> gather(std::span<const std::int64_t> indices, std::span<float> out) const override
    {
        const auto* counts = reinterpret_cast<const std::uint16_t*>(m_file->bytes().data());
        const auto pixels = std::size_t(m_shape.count());
        for (std::size_t i = 0; i < indices.size(); ++i)
            std::transform(counts + std::size_t(indices[i]) * pixels, counts + (std::size_t(indices[i]) + 1) * pixels,
                           out.data() + i * pixels, [](std::uint16_t value) { return float(value) / 65536; });
        return {};
    }

  private:
    /// Neighbours as one piece.
    std::vector<std::span<const std::byte>> runs(std::span<const std::int64_t> indices) const
    {
        std::vector<std::int64_t> sorted(indices.begin(), indices.end());
        std::sort(sorted.begin(), sorted.end());
        std::vector<std::span<const std::byte>> result;
        for (std::size_t i = 0, length = 1; i < sorted.size(); i += length, length = 1) {
            while (i + length < sorted.size() && sorted[i + length] == sorted[i] + std::int64_t(length))
                ++length;
            result.push_back(m_file->bytes().subspan(std::size_t(sorted[i]) * bytesEach(), length * bytesEach()));
        }
        return result;
    }
    std::size_t bytesEach() const { return std::size_t(m_shape.count()) * 2; }
    std::shared_ptr<const MappedFile> m_file;
    PatternShape m_shape;
};

/// All patterns train; the targets are drawn at random, which costs as much as real ones.
inline TrainingSet trainingSet(const std::shared_ptr<const MappedCounts>& patterns)
{
    TrainingSet set;
    set.patterns = patterns;
    Random random(2);
    for (std::int64_t i = 0; i < patterns->count(); ++i) {
        const float a = float(random.below(100)) / 200, b = float(random.below(100)) / 200;
        set.targets.insert(set.targets.end(), {a, b, 1 - a - b});
    }
    set.train.resize(std::size_t(patterns->count()));
    std::iota(set.train.begin(), set.train.end(), std::int64_t(0));
    return set;
}

inline ModelDescription paperDescription(PatternShape shape)
{
    ModelDescription description;
    description.recipe = "paper";
    description.network.patternHeight = shape.height;
    description.network.patternWidth = shape.width;
    description.network.outputs = 3;
    description.targets = {"O", "Si", "Te"};
    return description;
}

} // namespace dispersa::bench
