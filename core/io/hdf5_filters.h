// SPDX-License-Identifier: GPL-3.0-or-later
// The filters of an HDF5 dataset undone by ourselves: without the library's lock, so that threads decode at the same
// time, and without its plugins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace dispersa::hdf5 {

/// One filter as the file states it, by the number it is registered under.
struct ChunkFilter {
    int id = 0;
    std::vector<unsigned> parameters = {};
};

/// "32008 (bitshuffle)"; the bare number when the filter is unknown.
std::string filterName(int id);

/// Filters in the order in which they were applied. Immutable; may be used by several threads.
class FilterPipeline {
  public:
    /// nullopt if one of them is none of deflate, shuffle, fletcher32, LZF, LZ4, bitshuffle (with LZ4, Zstandard or
    /// nothing) and Zstandard.
    static std::optional<FilterPipeline> of(std::vector<ChunkFilter> filters);

    /// The most bytes that `stored` bytes can stand for. Bit i of `skipped` says that filter i was left out.
    std::uint64_t mostBytes(std::uint64_t stored, std::uint32_t skipped) const;

    /// Decodes a stored chunk into `chunk`, which has exactly its size. The error says what is wrong with the chunk, as
    /// the end of a sentence: a checksum, a damaged stream, a wrong size.
    tl::expected<void, std::string> decode(std::span<const std::byte> stored, std::uint32_t skipped,
                                           std::span<std::byte> chunk) const;

  private:
    explicit FilterPipeline(std::vector<ChunkFilter> filters) : m_filters(std::move(filters)) {}
    std::vector<ChunkFilter> m_filters;
};

} // namespace dispersa::hdf5
