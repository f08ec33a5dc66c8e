// SPDX-License-Identifier: GPL-3.0-or-later
// PatternStore kept as a file: patterns, then their places, the description, and a footer that tells where these lie.
// Numbers are in the byte order of the machine that wrote them; another machine's do not pass the checks.
#include "core/prepare/parallel_blocks.h"
#include "core/prepare/pattern_store.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace dispersa {
namespace {

constexpr std::array<char, 8> magic = {'D', 'S', 'P', 'P', 'A', 'T', '0', '1'};

struct Footer {
    std::uint64_t placesAt = 0; ///< also the bytes of patterns
    std::uint64_t count = 0;
    std::uint64_t descriptionBytes = 0;
    std::uint64_t patternChecksum = 0;
    std::uint64_t tailChecksum = 0; ///< of places and description
    std::array<char, 8> magic = {};
};
static_assert(sizeof(Footer) == 48);

/// FNV-1a over words of eight bytes: as fast as memory, and any flipped bit shows.
std::uint64_t hashOf(std::span<const std::byte> bytes, std::uint64_t start)
{
    constexpr std::uint64_t prime = 1099511628211ull;
    std::uint64_t hash = 14695981039346656037ull ^ start;
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i, 8);
        hash = (hash ^ word) * prime;
        hash ^= hash >> 32; // words differ in high bits too
    }
    for (; i < bytes.size(); ++i)
        hash = (hash ^ static_cast<std::uint64_t>(bytes[i])) * prime;
    return hash;
}

} // namespace

std::uint64_t PatternStore::checksum(std::int64_t index, const std::byte* bytes, bool whole) const
{
    const auto pixels = static_cast<std::size_t>(m_shape.count());
    return hashOf({bytes, pixels * (whole ? sizeof(std::uint16_t) : sizeof(float))}, static_cast<std::uint64_t>(index));
}

Result<void> PatternStore::keep(const std::filesystem::path& path, const std::string& description)
{
    std::vector<std::uint64_t> places;
    places.reserve(m_places.size());
    for (const EncodedPatterns::Place& place : m_places)
        places.push_back(place.offset << 1 | (place.whole ? 1 : 0));
    std::vector<std::byte> tail(places.size() * sizeof(std::uint64_t) + description.size() + sizeof(Footer));
    std::memcpy(tail.data(), places.data(), places.size() * sizeof(std::uint64_t));
    std::memcpy(tail.data() + places.size() * sizeof(std::uint64_t), description.data(), description.size());
    Footer footer;
    footer.placesAt = m_end;
    footer.count = places.size();
    footer.descriptionBytes = description.size();
    footer.patternChecksum = m_checksum;
    footer.tailChecksum = hashOf(std::span(tail).first(tail.size() - sizeof(Footer)), footer.placesAt);
    footer.magic = magic;
    std::memcpy(tail.data() + tail.size() - sizeof(Footer), &footer, sizeof(Footer));
    if (auto written = m_file->write(footer.placesAt, tail); !written)
        return written;
    return m_file->keepAs(path);
}

std::unique_ptr<PatternStore> PatternStore::openKept(const std::filesystem::path& path, std::int64_t count,
                                                     PatternShape shape, std::string& description)
{
    const auto mapped = MappedFile::open(path);
    if (!mapped || (*mapped)->bytes().size() < sizeof(Footer))
        return nullptr;
    const auto bytes = (*mapped)->bytes();
    const std::uint64_t size = bytes.size() - sizeof(Footer);
    Footer footer;
    std::memcpy(&footer, bytes.data() + size, sizeof(Footer));
    const auto expected = static_cast<std::uint64_t>(count);
    if (footer.magic != magic || footer.count != expected || footer.placesAt > size ||
        footer.descriptionBytes > size - footer.placesAt ||
        (size - footer.placesAt - footer.descriptionBytes) / sizeof(std::uint64_t) != expected ||
        (size - footer.placesAt - footer.descriptionBytes) % sizeof(std::uint64_t) != 0)
        return nullptr;
    const auto tail = bytes.subspan(footer.placesAt, size - footer.placesAt);
    if (hashOf(tail, footer.placesAt) != footer.tailChecksum)
        return nullptr;
    std::unique_ptr<PatternStore> store(new PatternStore(std::nullopt, count, shape));
    store->m_mapped = *mapped;
    const auto pixels = static_cast<std::uint64_t>(shape.count());
    for (std::uint64_t i = 0; i < footer.count; ++i) {
        std::uint64_t word;
        std::memcpy(&word, tail.data() + i * sizeof(word), sizeof(word));
        const EncodedPatterns::Place place{word >> 1, (word & 1) != 0};
        const std::uint64_t length = pixels * (place.whole ? sizeof(std::uint16_t) : sizeof(float));
        if (place.offset % sizeof(float) != 0 || length > footer.placesAt || place.offset > footer.placesAt - length)
            return nullptr;
        store->m_places[i] = place;
    }
    store->m_allWhole = std::ranges::all_of(store->m_places, &EncodedPatterns::Place::whole);
    // Reading all of it is what the first pass over the patterns would do anyway.
    std::atomic<std::uint64_t> sum = 0;
    constexpr std::int64_t patternsPerStep = 64;
    const auto checked = forEachParallel(
        (count + patternsPerStep - 1) / patternsPerStep,
        [&](std::int64_t step, int) -> Result<void> {
            for (std::int64_t i = step * patternsPerStep; i < std::min(count, (step + 1) * patternsPerStep); ++i) {
                const EncodedPatterns::Place place = store->m_places[static_cast<std::size_t>(i)];
                sum += store->checksum(i, bytes.data() + place.offset, place.whole);
            }
            return {};
        },
        {});
    if (!checked || sum != footer.patternChecksum)
        return nullptr;
    const auto text = tail.subspan(footer.count * sizeof(std::uint64_t));
    description.assign(reinterpret_cast<const char*>(text.data()), text.size());
    return store;
}

} // namespace dispersa
