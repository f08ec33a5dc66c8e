// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/reordered_scan.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace dispersa {

ReorderedScan::ReorderedScan(ScanPtr frames, ScanShape shape, std::vector<std::int64_t> frameOf,
                             const Calibration& calibration)
    : m_frames(std::move(frames)), m_shape(shape), m_frameOf(std::move(frameOf)), m_calibration(calibration)
{
    const int width = m_frames->scanShape().width;
    for (std::int64_t& frame : m_frameOf) {
        if (frame >= 0 && !m_frames->isAvailable({static_cast<int>(frame / width), static_cast<int>(frame % width)}))
            frame = -1;
        m_available += frame >= 0 ? 1 : 0;
    }
    m_grain = findGrain();
}

/// The frames' grain, as it lies or on its side, whichever has tiles that show frames of few grains: then the order moves
/// neighbours together. Flipped rows cut grains, so that a tile has parts of up to four.
ScanShape ReorderedScan::findGrain() const
{
    const ScanShape grain = m_frames->readGrain();
    if (grain.count() <= 1)
        return {1, 1};
    const int frameWidth = m_frames->scanShape().width;
    const auto grainsIn = [&](const Region& tile) {
        std::set<std::pair<std::int64_t, std::int64_t>> grains;
        for (int y = tile.y; y < tile.y + tile.height; ++y)
            for (int x = tile.x; x < tile.x + tile.width; ++x)
                if (const std::int64_t frame = frameAt(y, x); frame >= 0)
                    grains.insert({frame / frameWidth / grain.height, frame % frameWidth / grain.width});
        return grains.size();
    };
    ScanShape best{1, 1};
    std::size_t fewest = 5;
    for (const ScanShape way : {grain, ScanShape{grain.width, grain.height}}) {
        const ScanShape tile{std::min(way.height, m_shape.height), std::min(way.width, m_shape.width)};
        // In the corner, where it is whole, and in the middle.
        const int y = m_shape.height / 2 / tile.height * tile.height, x = m_shape.width / 2 / tile.width * tile.width;
        const std::size_t corner = grainsIn({0, 0, tile.height, tile.width});
        const std::size_t middle = grainsIn({y, x, std::min(tile.height, m_shape.height - y),
                                             std::min(tile.width, m_shape.width - x)});
        if (tile.count() > 4 && std::max(corner, middle) < fewest) {
            best = tile;
            fewest = std::max(corner, middle);
        }
    }
    return best;
}

/// Calls read(source, target) for every run of frames that follow each other in one row of the file.
template<class Read>
Result<void> ReorderedScan::readFrames(const Region& block, std::size_t patternBytes, std::span<std::byte> out,
                                       Read read) const
{
    const int frameWidth = m_frames->scanShape().width;
    for (int y = block.y; y < block.y + block.height; ++y)
        for (int x = block.x; x < block.x + block.width;) {
            const std::int64_t first = frameAt(y, x);
            int count = 1;
            while (first >= 0 && x + count < block.x + block.width && frameAt(y, x + count) == first + count &&
                   first % frameWidth + count < frameWidth)
                ++count;
            const auto target = out.first(static_cast<std::size_t>(count) * patternBytes);
            out = out.subspan(target.size());
            x += count;
            if (first < 0) {
                std::fill(target.begin(), target.end(), std::byte{0});
                continue;
            }
            const Region source{static_cast<int>(first / frameWidth), static_cast<int>(first % frameWidth), 1, count};
            if (auto done = read(source, target); !done)
                return done;
        }
    return {};
}

Result<void> ReorderedScan::readRaw(const Region& block, std::span<std::byte> out) const
{
    if (auto fits = checkBlock(block, out.size()); !fits)
        return fits;
    return readFrames(
        block, static_cast<std::size_t>(patternShape().count()) * elementSize(elementType()), out,
        [this](const Region& source, std::span<std::byte> target) { return m_frames->readRaw(source, target); });
}

Result<void> ReorderedScan::readWindow(const Region& block, const Region& window, std::span<std::byte> out) const
{
    if (auto fits = checkWindow(block, window, out.size()); !fits)
        return fits;
    return readFrames(block, static_cast<std::size_t>(window.count()) * elementSize(elementType()), out,
                      [this, &window](const Region& source, std::span<std::byte> target) {
                          return m_frames->readWindow(source, window, target);
                      });
}

std::span<const std::byte> ReorderedScan::mappedPattern(ScanPoint point) const
{
    const std::int64_t frame = wholeRegion(m_shape).contains(point) ? frameAt(point.y, point.x) : -1;
    const int width = m_frames->scanShape().width;
    return frame < 0 ? std::span<const std::byte>()
                     : m_frames->mappedPattern({static_cast<int>(frame / width), static_cast<int>(frame % width)});
}

SwappedScan::SwappedScan(ScanPtr base) : m_base(std::move(base))
{
    constexpr std::int64_t tileBytes = 192 << 20;
    const ScanShape scan = scanShape();
    if (scan.count() <= 0 || !m_base->mappedPattern({0, 0}).empty())
        return;
    const std::int64_t patterns =
        std::max<std::int64_t>(1, tileBytes / (patternShape().count() * std::int64_t(elementSize(elementType()))));
    m_tile = {static_cast<int>(std::clamp<std::int64_t>(patterns / scan.width, 1, scan.height)),
              static_cast<int>(std::min<std::int64_t>(patterns, scan.width))};
}

Result<void> SwappedScan::readRaw(const Region& block, std::span<std::byte> out) const
{
    if (auto fits = checkBlock(block, out.size()); !fits)
        return fits;
    if (m_tile.count() == 1)
        return gather(block, out);
    const ScanShape scan = scanShape();
    const std::size_t patternBytes = static_cast<std::size_t>(patternShape().count()) * elementSize(elementType());
    for (int row = block.y / m_tile.height; row * m_tile.height < block.y + block.height; ++row)
        for (int column = block.x / m_tile.width; column * m_tile.width < block.x + block.width; ++column) {
            const Region tile{row * m_tile.height, column * m_tile.width,
                              std::min(m_tile.height, scan.height - row * m_tile.height),
                              std::min(m_tile.width, scan.width - column * m_tile.width)};
            const std::size_t bytes = static_cast<std::size_t>(tile.count()) * patternBytes;
            const auto load = [&]() -> Result<ChunkPtr> {
                auto gathered = std::make_shared<Chunk>(bytes);
                if (auto done = gather(tile, gathered->bytes()); !done)
                    return fail(done.error());
                return gathered;
            };
            const int left = std::max(tile.x, block.x), right = std::min(tile.x + tile.width, block.x + block.width);
            const int top = std::max(tile.y, block.y), bottom = std::min(tile.y + tile.height, block.y + block.height);
            const auto place = [patternBytes](const Region& in, int y, int x) {
                return static_cast<std::size_t>(std::int64_t(y - in.y) * in.width + (x - in.x)) * patternBytes;
            };
            const auto copy = [&](const Chunk& gathered) {
                for (int y = top; y < bottom; ++y)
                    std::memcpy(out.data() + place(block, y, left), gathered.bytes().data() + place(tile, y, left),
                                static_cast<std::size_t>(right - left) * patternBytes);
            };
            if (auto done = m_tiles.use({0, std::int64_t(tile.y) * scan.width + tile.x}, bytes, load, copy); !done)
                return done;
        }
    return {};
}

/// Walks over the base once, with a row of its frames in memory.
Result<void> SwappedScan::gather(const Region& block, std::span<std::byte> out) const
{
    const std::size_t size = elementSize(elementType());
    const auto positions = static_cast<std::size_t>(block.count());
    const auto pixels = static_cast<std::size_t>(patternShape().count());
    const ScanShape frames = m_base->scanShape();
    std::vector<std::byte> row(static_cast<std::size_t>(frames.width) * positions * size);
    for (int y = 0; y < frames.height; ++y) {
        if (auto read = m_base->readWindow({y, 0, 1, frames.width}, block, row); !read)
            return read;
        // row is [det_x, position]; out is [position, det_y, det_x].
        for (std::size_t x = 0; x < static_cast<std::size_t>(frames.width); ++x) {
            const std::size_t pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(frames.width) + x;
            for (std::size_t position = 0; position < positions; ++position)
                std::memcpy(out.data() + (position * pixels + pixel) * size,
                            row.data() + (x * positions + position) * size, size);
        }
    }
    return {};
}

Result<ScanPtr> inOrder(ScanPtr scan, std::optional<ScanShape> acquired, const ScanOrder& order)
{
    if (auto checked = order.check(); !checked)
        return fail(checked.error());
    if (order.swapAxes)
        scan = std::make_shared<SwappedScan>(std::move(scan));
    const std::int64_t frames = scan->scanShape().count();
    if (!acquired)
        acquired = scan->scanShape();
    if (acquired->height <= 0 || acquired->width <= 0 || acquired->count() > std::int64_t(1) << 31)
        return fail(ErrorCode::ShapeMismatch,
                    "'" + scan->file().string() + "' holds " + std::to_string(frames) +
                        " patterns, which do not make a scan of " + toText(*acquired) + ".",
                    scan->file(), {std::to_string(frames), toText(*acquired)});
    if (!order.movesFrames() && *acquired == scan->scanShape())
        return scan;
    auto table = frameTable(*acquired, order, frames);
    Calibration calibration = scan->calibration();
    if (order.transpose || order.flipY || order.flipX)
        calibration.qrRotation_deg.reset(); // the file told it for the grid as acquired
    return ScanPtr(std::make_shared<ReorderedScan>(std::move(scan), orderedShape(*acquired, order), std::move(table),
                                                   calibration));
}

} // namespace dispersa
