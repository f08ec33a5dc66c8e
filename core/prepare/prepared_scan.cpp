// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/prepared_scan.h"

#include "core/prepare/parallel_blocks.h"
#include "core/prepare/pattern_preparation.h"
#include "core/prepare/preparation_plan.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dispersa {
namespace {

/// True if the count steps leave every value where and as it is.
bool changesNothing(const DiffractionOptions& options)
{
    return !options.repairsPixels() && options.centre == CentreKind::None && !options.resamples() &&
           !options.masksBeam() && options.bin == 1;
}

/// Largest value of an unsigned type up to 16 bits; 0 for the others.
std::int64_t largestNarrow(ElementType type)
{
    return type == ElementType::UInt8 ? 255 : type == ElementType::UInt16 ? 65535 : 0;
}

template<class T>
void storeWhole(std::span<const float> values, std::span<std::byte> out)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto whole = static_cast<T>(std::llround(values[i]));
        std::memcpy(out.data() + i * sizeof(T), &whole, sizeof(T));
    }
}

void store(ElementType type, std::span<const float> values, std::span<std::byte> out)
{
    switch (type) {
    case ElementType::UInt8:
        return storeWhole<std::uint8_t>(values, out);
    case ElementType::UInt16:
        return storeWhole<std::uint16_t>(values, out);
    case ElementType::UInt32:
        return storeWhole<std::uint32_t>(values, out);
    default:
        std::memcpy(out.data(), values.data(), values.size_bytes());
    }
}

class PreparedScan final : public DiffractionScan {
  public:
    PreparedScan(ScanPtr raw, PreparationPlan plan)
        : m_raw(std::move(raw)), m_plan(std::move(plan)),
          m_shape(preparedShape(m_raw->patternShape(), m_plan.options.bin)),
          m_type(preparedType(m_raw->elementType(), m_plan.options)), m_calibration(m_raw->calibration())
    {
        if (m_calibration.qPixel_invA)
            *m_calibration.qPixel_invA *= m_plan.options.bin;
    }

    ScanShape scanShape() const override { return m_raw->scanShape(); }
    PatternShape patternShape() const override { return m_shape; }
    ElementType elementType() const override { return m_type; }
    const std::filesystem::path& file() const override { return m_raw->file(); }
    const std::string& dataset() const override { return m_raw->dataset(); }
    const Calibration& calibration() const override { return m_calibration; }
    std::int64_t availablePatterns() const override { return m_raw->availablePatterns(); }
    bool isAvailable(ScanPoint point) const override { return m_raw->isAvailable(point); }
    ScanShape readGrain() const override { return m_raw->readGrain(); }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        if (auto fits = checkBlock(block, out.size()); !fits)
            return fits;
        // Row by row, so that the raw patterns stay few beside the result; all cores share the row.
        const auto rowBytes = out.size() / static_cast<std::size_t>(block.height);
        for (int row = 0; row < block.height; ++row)
            if (auto done = readRow({block.y + row, block.x, 1, block.width},
                                    out.subspan(static_cast<std::size_t>(row) * rowBytes, rowBytes));
                !done)
                return done;
        return {};
    }

  private:
    Result<void> readRow(const Region& row, std::span<std::byte> out) const
    {
        constexpr std::size_t pieceBytes = 4u << 20;
        const std::vector<Region> pieces = scanBlocks(*m_raw, row, pieceBytes);
        const auto preparedBytes = static_cast<std::size_t>(m_shape.count()) * elementSize(m_type);
        const auto step = [&](std::int64_t index, int) -> Result<void> {
            const Region& piece = pieces[static_cast<std::size_t>(index)];
            const auto first = static_cast<std::size_t>(piece.x - row.x) * preparedBytes;
            return prepare(piece, out.subspan(first, static_cast<std::size_t>(piece.width) * preparedBytes));
        };
        return forEachParallel(static_cast<std::int64_t>(pieces.size()), step, {});
    }

    /// One piece of one row.
    Result<void> prepare(const Region& piece, std::span<std::byte> out) const
    {
        const PatternShape rawShape = m_raw->patternShape();
        const auto pixels = static_cast<std::size_t>(rawShape.count());
        std::vector<float> values(static_cast<std::size_t>(piece.count()) * pixels);
        if (auto read = m_raw->read(piece, values); !read)
            return read;
        std::vector<float> counts(static_cast<std::size_t>(m_shape.count()));
        const std::size_t bytes = counts.size() * elementSize(m_type);
        for (int i = 0; i < piece.width; ++i) {
            const auto target = out.subspan(static_cast<std::size_t>(i) * bytes, bytes);
            if (!isAvailable({piece.y, piece.x + i})) { // zeros, whatever a step would make of them
                std::fill(target.begin(), target.end(), std::byte{0});
                continue;
            }
            prepareCounts(std::span<const float>(values).subspan(static_cast<std::size_t>(i) * pixels, pixels),
                          {piece.y, piece.x + i}, m_plan, counts);
            store(m_type, counts, target);
        }
        return {};
    }

    ScanPtr m_raw;
    PreparationPlan m_plan;
    PatternShape m_shape;
    ElementType m_type;
    Calibration m_calibration;
};

} // namespace

ElementType preparedType(ElementType raw, const DiffractionOptions& options)
{
    if (changesNothing(options))
        return raw;
    // Moving whole pixels, zeroing and adding keep whole numbers whole; a float holds them exactly up to 2^24. What is
    // interpolated, repaired by the median of neighbours or faded out is no whole number.
    if (options.resamples() || options.repairsPixels() || options.beamMaskEdge_px > 0)
        return ElementType::Float32;
    const std::int64_t largest = largestNarrow(raw) * options.bin * options.bin;
    if (largest == 0 || largest > std::int64_t(1) << 24)
        return ElementType::Float32;
    return largest <= 255 ? ElementType::UInt8 : largest <= 65535 ? ElementType::UInt16 : ElementType::UInt32;
}

Result<ScanPtr> preparedScan(ScanPtr scan, const DiffractionOptions& options, const Region& region,
                             const ProgressSink& progress, std::stop_token stop)
{
    if (auto checked = options.check(); !checked)
        return fail(checked.error());
    if (changesNothing(options))
        return scan;
    const PatternShape shape = scan->patternShape();
    if (std::min(shape.height, shape.width) < options.bin)
        return fail(ErrorCode::PatternTooSmall,
                    "Patterns of " + toText(shape) + " pixels ('" + scan->file().string() + "') cannot be binned by " +
                        std::to_string(options.bin) + ". Choose a smaller bin.",
                    scan->file(), {toText(shape), std::to_string(options.bin), std::to_string(options.bin)});
    auto plan = makePreparationPlan(*scan, region, options, progress, stop);
    if (!plan)
        return fail(plan.error());
    return ScanPtr(std::make_shared<PreparedScan>(std::move(scan), std::move(*plan)));
}

} // namespace dispersa
