// SPDX-License-Identifier: GPL-3.0-or-later
// Where prepared counts are kept: one scratch file, each pattern as uint16 if its counts are whole numbers that fit,
// else as float32.
#pragma once

#include "core/base/error.h"
#include "core/base/os_file.h"
#include "core/data/geometry.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// Patterns on their way into the store: several that follow each other, encoded.
class EncodedPatterns {
  public:
    void clear();
    /// Appends one pattern, as uint16 if every count is a whole number in 0..65535.
    void add(std::span<const float> counts);
    /// Appends patterns of `perPattern` counts each, as they are.
    void addWhole(std::span<const std::uint16_t> counts, std::size_t perPattern);

  private:
    friend class PatternStore;
    struct Place {
        std::uint64_t offset; ///< bytes
        bool whole;           ///< uint16, else float32
    };
    std::byte* grow(std::size_t bytes, bool whole);
    std::vector<std::byte> m_bytes;
    std::vector<Place> m_places;
};

/// Filled by write() from several threads, then finish(); from then on immutable and safe to read from any thread.
class PatternStore {
  public:
    /// Room for `count` patterns in a scratch file in `folder` (empty: the system's). Error: WriteFailed.
    static Result<std::unique_ptr<PatternStore>> create(const std::filesystem::path& folder, std::int64_t count,
                                                        PatternShape shape, std::uint64_t expectedBytes,
                                                        ScratchFile::Name name = ScratchFile::Name::Without);

    /// Stores `patterns`, which are numbers `numbers`. Error: WriteFailed.
    Result<void> write(std::span<const std::int64_t> numbers, const EncodedPatterns& patterns);
    /// Before finish(): the file of a store that was created Keepable stays as `path` (in its folder) with a description
    /// of what it holds. Error: WriteFailed.
    Result<void> keep(const std::filesystem::path& path, const std::string& description);
    /// A kept store, if the file is whole: sizes, places and checksums of every pattern are looked at, on all cores. Null
    /// for anything else, whatever it is.
    static std::unique_ptr<PatternStore> openKept(const std::filesystem::path& path, std::int64_t count,
                                                  PatternShape shape, std::string& description);
    /// Ends writing. Error: FileUnreadable.
    Result<void> finish();

    std::int64_t count() const { return static_cast<std::int64_t>(m_places.size()); }
    PatternShape shape() const { return m_shape; }
    /// The counts of a pattern: one of the two spans is filled, the other empty.
    std::span<const std::uint16_t> whole(std::int64_t index) const;
    std::span<const float> real(std::int64_t index) const;
    /// True if every pattern is kept as uint16.
    bool allWhole() const { return m_allWhole; }

    /// Advice on reading (PatternSource): neighbours in the file are told as one piece.
    void willNeed(std::span<const std::int64_t> indices) const;
    void doneWith(std::span<const std::int64_t> indices) const;

    /// Smallest count that at least `fraction` of all counts of `indices` do not exceed (numpy: method "inverted_cdf").
    /// `indices` must be valid and not empty. Uses all cores. Errors: OutOfMemory.
    Result<double> quantile(std::span<const std::int64_t> indices, double fraction) const;

  private:
    PatternStore(std::optional<ScratchFile> file, std::int64_t count, PatternShape shape);
    std::uint64_t checksum(std::int64_t index, const std::byte* bytes, bool whole) const;
    /// Where the patterns lie in the file, in its order; pieces with less than `gap` bytes between them become one.
    std::vector<std::span<const std::byte>> pieces(std::span<const std::int64_t> indices, std::size_t gap) const;
    template<class Key>
    Result<std::vector<std::uint64_t>> histogram(std::span<const std::int64_t> indices, Key key) const;

    std::optional<ScratchFile> m_file;
    std::shared_ptr<const MappedFile> m_mapped;
    PatternShape m_shape;
    std::vector<EncodedPatterns::Place> m_places;
    std::atomic<std::uint64_t> m_end = 0;
    std::atomic<std::uint64_t> m_checksum = 0; ///< sum over the patterns written
    bool m_keepable = false;
    bool m_allWhole = false; ///< known from finish() or openKept() on
};

} // namespace dispersa
