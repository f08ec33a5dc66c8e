// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pattern_store.h"

#include "core/prepare/parallel_blocks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace dispersa {
namespace {

constexpr std::size_t bins = 65536;

/// Float32 patterns may follow uint16 ones of odd length.
std::size_t aligned(std::size_t bytes)
{
    return (bytes + 3) / 4 * 4;
}

/// Converts if every value is a whole number in 0..65535; tells whether it did. Two plain loops, which compilers turn
/// into vector instructions.
bool convertWhole(std::span<const float> counts, std::uint16_t* out)
{
    int inRange = 1;
    for (const float value : counts)
        inRange &= static_cast<int>(value >= 0.0f) & static_cast<int>(value <= 65535.0f);
    if (inRange == 0)
        return false;
    int whole = 1;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto integer = static_cast<std::int32_t>(counts[i]);
        whole &= static_cast<int>(static_cast<float>(integer) == counts[i]);
        out[i] = static_cast<std::uint16_t>(integer);
    }
    return whole != 0;
}

/// Unsigned number with the order of the floats.
std::uint32_t orderedBits(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value + 0.0f); // -0 becomes 0
    return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

float floatOfOrderedBits(std::uint32_t bits)
{
    return std::bit_cast<float>((bits & 0x80000000u) != 0 ? bits & 0x7fffffffu : ~bits);
}

/// Bin in which the running sum reaches `rank`, which becomes the rank inside that bin.
std::uint32_t binOfRank(const std::vector<std::uint64_t>& histogram, std::uint64_t& rank)
{
    for (std::uint32_t bin = 0; bin < bins; ++bin) {
        if (rank <= histogram[bin])
            return bin;
        rank -= histogram[bin];
    }
    return bins - 1;
}

} // namespace

void EncodedPatterns::clear()
{
    m_bytes.clear();
    m_places.clear();
}

std::byte* EncodedPatterns::grow(std::size_t bytes, bool whole)
{
    const std::size_t offset = m_bytes.size();
    m_places.push_back({offset, whole});
    m_bytes.resize(offset + aligned(bytes));
    return m_bytes.data() + offset;
}

void EncodedPatterns::add(std::span<const float> counts)
{
    const std::size_t offset = m_bytes.size();
    if (convertWhole(counts, reinterpret_cast<std::uint16_t*>(grow(counts.size() * sizeof(std::uint16_t), true))))
        return;
    m_bytes.resize(offset);
    m_places.pop_back();
    std::memcpy(grow(counts.size_bytes(), false), counts.data(), counts.size_bytes());
}

void EncodedPatterns::addWhole(std::span<const std::uint16_t> counts, std::size_t perPattern)
{
    for (std::size_t first = 0; first < counts.size(); first += perPattern)
        std::memcpy(grow(perPattern * sizeof(std::uint16_t), true), counts.data() + first,
                    perPattern * sizeof(std::uint16_t));
}

Result<std::unique_ptr<PatternStore>> PatternStore::create(const std::filesystem::path& folder, std::int64_t count,
                                                           PatternShape shape, std::uint64_t expectedBytes,
                                                           ScratchFile::Name name)
{
    auto file = ScratchFile::create(folder, expectedBytes, name);
    if (!file)
        return fail(std::move(file.error()));
    std::unique_ptr<PatternStore> store(new PatternStore(std::move(*file), count, shape));
    store->m_keepable = name == ScratchFile::Name::With;
    return store;
}

PatternStore::PatternStore(std::optional<ScratchFile> file, std::int64_t count, PatternShape shape)
    : m_file(std::move(file)), m_shape(shape), m_places(static_cast<std::size_t>(count))
{
}

Result<void> PatternStore::write(std::span<const std::int64_t> numbers, const EncodedPatterns& patterns)
{
    const std::uint64_t start = m_end.fetch_add(patterns.m_bytes.size());
    for (std::size_t i = 0; i < patterns.m_places.size(); ++i) {
        EncodedPatterns::Place place = patterns.m_places[i];
        if (m_keepable)
            m_checksum += checksum(numbers[i], patterns.m_bytes.data() + place.offset, place.whole);
        place.offset += start;
        m_places[static_cast<std::size_t>(numbers[i])] = place;
    }
    return m_file->write(start, patterns.m_bytes);
}

Result<void> PatternStore::finish()
{
    auto mapped = m_file->map();
    if (!mapped)
        return fail(std::move(mapped.error()));
    m_mapped = std::move(*mapped);
    m_file.reset();
    m_allWhole = std::ranges::all_of(m_places, &EncodedPatterns::Place::whole);
    return {};
}

std::span<const std::uint16_t> PatternStore::whole(std::int64_t index) const
{
    const EncodedPatterns::Place place = m_places[static_cast<std::size_t>(index)];
    if (!place.whole)
        return {};
    return {reinterpret_cast<const std::uint16_t*>(m_mapped->bytes().data() + place.offset),
            static_cast<std::size_t>(m_shape.count())};
}

std::span<const float> PatternStore::real(std::int64_t index) const
{
    const EncodedPatterns::Place place = m_places[static_cast<std::size_t>(index)];
    if (place.whole)
        return {};
    return {reinterpret_cast<const float*>(m_mapped->bytes().data() + place.offset),
            static_cast<std::size_t>(m_shape.count())};
}

std::vector<std::span<const std::byte>> PatternStore::pieces(std::span<const std::int64_t> indices, std::size_t gap) const
{
    std::vector<std::span<const std::byte>> parts;
    for (const std::int64_t index : indices) {
        const EncodedPatterns::Place place = m_places[static_cast<std::size_t>(index)];
        const auto bytes = static_cast<std::size_t>(m_shape.count()) * (place.whole ? sizeof(std::uint16_t) : sizeof(float));
        parts.push_back(m_mapped->bytes().subspan(place.offset, bytes));
    }
    std::ranges::sort(parts, {}, [](const auto& part) { return part.data(); });
    std::vector<std::span<const std::byte>> merged;
    for (const auto& part : parts) {
        if (!merged.empty() && part.data() <= merged.back().data() + merged.back().size() + gap)
            merged.back() = {merged.back().data(), std::max(merged.back().data() + merged.back().size(), part.data() + part.size())};
        else
            merged.push_back(part);
    }
    return merged;
}

void PatternStore::willNeed(std::span<const std::int64_t> indices) const
{
    // A disk reads on over a short gap sooner than it begins anew.
    constexpr std::size_t gap = 64 << 10;
    for (const auto& part : pieces(indices, gap))
        m_mapped->willNeed(part);
}

void PatternStore::doneWith(std::span<const std::int64_t> indices) const
{
    // Over the room that aligns one pattern to the next, not over a pattern.
    constexpr std::size_t gap = sizeof(float) - 1;
    for (const auto& part : pieces(indices, gap))
        m_mapped->doneWith(part);
}

template<class Key>
Result<std::vector<std::uint64_t>> PatternStore::histogram(std::span<const std::int64_t> indices, Key key) const
{
    constexpr std::size_t patternsPerStep = 16;
    const auto steps = static_cast<std::int64_t>((indices.size() + patternsPerStep - 1) / patternsPerStep);
    // Two histograms per worker: most counts are zeros, and adding to one bin again and again would wait for itself.
    std::vector<std::vector<std::uint64_t>> parts(static_cast<std::size_t>(workerCount(steps)),
                                                  std::vector<std::uint64_t>(2 * bins, 0));
    const auto step = [&](std::int64_t index, int worker) -> Result<void> {
        std::uint64_t* even = parts[static_cast<std::size_t>(worker)].data();
        std::uint64_t* odd = even + bins;
        const auto add = [&](const auto& counts) {
            for (std::size_t i = 0; i < counts.size(); ++i) {
                const std::uint32_t bin = key(counts[i]);
                if (bin < bins)
                    ++(i % 2 == 0 ? even : odd)[bin];
            }
        };
        const std::size_t first = static_cast<std::size_t>(index) * patternsPerStep;
        for (const std::int64_t pattern : indices.subspan(first, std::min(patternsPerStep, indices.size() - first))) {
            add(whole(pattern));
            add(real(pattern));
        }
        return {};
    };
    if (auto done = forEachParallel(steps, step, {}); !done)
        return fail(std::move(done.error()));
    std::vector<std::uint64_t> sum(bins, 0);
    for (const auto& part : parts)
        for (std::size_t bin = 0; bin < bins; ++bin)
            sum[bin] += part[bin] + part[bins + bin];
    return sum;
}

Result<double> PatternStore::quantile(std::span<const std::int64_t> indices, double fraction) const
{
    const double values = static_cast<double>(indices.size()) * static_cast<double>(m_shape.count());
    // The tiny step back keeps 0.999 x 1000 = 999 from becoming 1000 by rounding.
    auto rank = static_cast<std::uint64_t>(std::max(1.0, std::ceil(fraction * values * (1 - 1e-15))));
    const bool allWhole = std::all_of(indices.begin(), indices.end(), [this](std::int64_t index) {
        return m_places[static_cast<std::size_t>(index)].whole;
    });
    if (allWhole) {
        const auto counts = histogram(indices, [](auto count) { return static_cast<std::uint32_t>(count); });
        if (!counts)
            return fail(counts.error());
        return binOfRank(*counts, rank);
    }
    // The upper half of the bits first, then the lower half among the values that share the upper one: exact.
    const auto upper = histogram(indices, [](auto count) { return orderedBits(static_cast<float>(count)) >> 16; });
    if (!upper)
        return fail(upper.error());
    const std::uint32_t high = binOfRank(*upper, rank);
    const auto lower = histogram(indices, [high](auto count) {
        const std::uint32_t bits = orderedBits(static_cast<float>(count));
        return bits >> 16 == high ? bits & 0xffffu : static_cast<std::uint32_t>(bins);
    });
    if (!lower)
        return fail(lower.error());
    return floatOfOrderedBits(high << 16 | binOfRank(*lower, rank));
}

} // namespace dispersa
