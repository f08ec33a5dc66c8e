// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dectris_scan_p.h"

#include "core/io/hdf5_blocks_p.h"

#include <algorithm>
#include <cstring>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

/// The frames of all parts in their order, as they are stored.
class Frames {
  public:
    static Result<Frames> open(const DectrisMaster& master)
    {
        Frames frames;
        const auto cache = std::make_shared<ChunkCache>(); // for all parts
        for (const DectrisPart& part : master.parts) {
            auto dataset = OpenDataset::open(part.file, part.dataset);
            if (!dataset)
                return fail(dataset.error());
            auto blocks = blocksOf(std::move(*dataset), master.type,
                                   {part.frames, master.pattern.height, master.pattern.width}, cache);
            if (!blocks)
                return fail(blocks.error());
            frames.m_parts.push_back({std::move(*blocks), frames.m_count});
            frames.m_count += part.frames;
        }
        return frames;
    }

    /// `count` frames from `first` on, which must exist, inside `window`.
    Result<void> read(std::int64_t first, std::int64_t count, const Region& window, std::span<std::byte> out) const
    {
        const std::size_t frameBytes = out.size() / static_cast<std::size_t>(count);
        while (count > 0) {
            const auto after =
                std::upper_bound(m_parts.begin(), m_parts.end(), first,
                                 [](std::int64_t frame, const Part& part) { return frame < part.first; });
            const std::int64_t end = after == m_parts.end() ? m_count : after->first;
            const std::int64_t here = std::min(count, end - first);
            const Part& part = *(after - 1);
            const std::size_t bytes = static_cast<std::size_t>(here) * frameBytes;
            if (auto done = part.blocks->read({first - part.first, window.y, window.x},
                                              {here, window.height, window.width}, out.first(bytes));
                !done)
                return done;
            out = out.subspan(bytes);
            first += here;
            count -= here;
        }
        return {};
    }

    std::int64_t count() const { return m_count; }
    /// Frames that are decoded together.
    std::int64_t together() const
    {
        const Extents chunk = m_parts.empty() ? Extents() : m_parts.front().blocks->chunk();
        return chunk.empty() ? 1 : chunk.front();
    }

  private:
    struct Part {
        BlocksPtr blocks;
        std::int64_t first = 0; ///< number of its first frame
    };
    std::vector<Part> m_parts;
    std::int64_t m_count = 0;
};

template<class Value>
void limitValues(std::span<std::byte> values, std::int64_t largest)
{
    const auto limit = static_cast<Value>(largest);
    for (std::size_t at = 0; at + sizeof(Value) <= values.size(); at += sizeof(Value)) {
        Value value;
        std::memcpy(&value, values.data() + at, sizeof(Value));
        value = std::min(value, limit);
        std::memcpy(values.data() + at, &value, sizeof(Value));
    }
}

class DectrisScan final : public DiffractionScan {
  public:
    DectrisScan(const DectrisMaster& master, std::string id, ScanShape scan, Frames frames)
        : m_master(master), m_id(std::move(id)), m_scan(scan), m_frames(std::move(frames))
    {
    }
    ScanShape scanShape() const override { return m_scan; }
    PatternShape patternShape() const override { return m_master.pattern; }
    ElementType elementType() const override { return m_master.type; }
    const fs::path& file() const override { return m_master.path; }
    const std::string& dataset() const override { return m_id; }
    const Calibration& calibration() const override { return m_master.calibration; }
    std::int64_t availablePatterns() const override { return std::min(m_scan.count(), m_frames.count()); }
    ScanShape readGrain() const override { return grainOfFrames(m_frames.together(), m_scan); }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        return readWindow(block, {0, 0, m_master.pattern.height, m_master.pattern.width}, out);
    }

    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override
    {
        if (auto fits = checkWindow(block, window, out.size()); !fits)
            return fits;
        const std::size_t patternBytes = static_cast<std::size_t>(window.count()) * elementSize(m_master.type);
        for (int y = block.y; y < block.y + block.height; ++y) {
            const std::int64_t first = std::int64_t(y) * m_scan.width + block.x;
            const std::int64_t count = std::clamp<std::int64_t>(availablePatterns() - first, 0, block.width);
            const auto there = out.first(static_cast<std::size_t>(count) * patternBytes);
            if (count > 0)
                if (auto done = m_frames.read(first, count, window, there); !done)
                    return done;
            correct(window, patternBytes, there);
            const auto row = out.first(static_cast<std::size_t>(block.width) * patternBytes);
            std::fill(row.begin() + static_cast<std::ptrdiff_t>(there.size()), row.end(), std::byte{0});
            out = out.subspan(row.size());
        }
        return {};
    }

  private:
    void correct(const Region& window, std::size_t patternBytes, std::span<std::byte> patterns) const
    {
        const std::size_t size = elementSize(m_master.type);
        if (m_master.saturation) {
            if (size == 1)
                limitValues<std::uint8_t>(patterns, *m_master.saturation);
            else if (size == 2)
                limitValues<std::uint16_t>(patterns, *m_master.saturation);
            else
                limitValues<std::uint32_t>(patterns, *m_master.saturation);
        }
        for (const std::int64_t pixel : m_master.masked) {
            const ScanPoint place{static_cast<int>(pixel / m_master.pattern.width),
                                  static_cast<int>(pixel % m_master.pattern.width)};
            if (!window.contains(place))
                continue;
            const std::size_t index =
                static_cast<std::size_t>(std::int64_t(place.y - window.y) * window.width + place.x - window.x);
            for (std::size_t at = index * size; at < patterns.size(); at += patternBytes)
                std::memset(patterns.data() + at, 0, size);
        }
    }

    DectrisMaster m_master;
    std::string m_id;
    ScanShape m_scan;
    Frames m_frames;
};

} // namespace

Result<ScanPtr> dectrisScan(const DectrisMaster& master, const std::string& id, ScanShape scan)
{
    auto frames = Frames::open(master);
    if (!frames)
        return fail(frames.error());
    return ScanPtr(std::make_shared<DectrisScan>(master, id, scan, std::move(*frames)));
}

Result<SaturationSample> sampleSaturation(const DectrisMaster& master, std::int64_t most)
{
    SaturationSample sample;
    if (!master.saturation)
        return sample;
    const auto frames = Frames::open(master);
    if (!frames)
        return fail(frames.error());
    const std::size_t count = static_cast<std::size_t>(master.pattern.count());
    std::vector<std::byte> raw(count * elementSize(master.type));
    std::vector<double> values(count);
    sample.patterns = std::min(most, master.frames);
    for (std::int64_t i = 0; i < sample.patterns; ++i) {
        if (auto done = frames->read(i * master.frames / sample.patterns, 1,
                                     {0, 0, master.pattern.height, master.pattern.width}, raw);
            !done)
            return fail(done.error());
        convertToDouble(master.type, raw, values);
        for (const std::int64_t pixel : master.masked)
            values[static_cast<std::size_t>(pixel)] = 0;
        sample.pixels += std::count_if(values.begin(), values.end(),
                                       [&](double value) { return value > static_cast<double>(*master.saturation); });
    }
    return sample;
}

} // namespace dispersa::hdf5
