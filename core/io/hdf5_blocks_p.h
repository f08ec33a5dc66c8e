// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of a dataset of any rank: through our own decoding of its chunks where we can, else through HDF5.
#pragma once

#include "core/data/chunk_cache.h"
#include "core/io/hdf5_p.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa::hdf5 {

/// A dataset held open; closes under the lock.
struct OpenDataset {
    std::filesystem::path path;
    std::string id;
    Handle file = {};
    Handle dataset = {};

    OpenDataset() = default;
    OpenDataset(OpenDataset&&) = default;
    OpenDataset& operator=(OpenDataset&&) = delete;
    ~OpenDataset();

    /// Errors: those of opening a file, DatasetMissing (naming the file that a dangling external link expects).
    static Result<OpenDataset> open(const std::filesystem::path& path, const std::string& id);
};

/// Place of a dataset's values in its file when they lie there in one piece and unfiltered.
struct ContiguousData {
    std::filesystem::path file; ///< another one than was opened where an external link leads there
    std::uint64_t offset = 0;
    bool swapped = false; ///< not in this machine's byte order
};

/// nullopt if the values lie otherwise, or are not plain numbers of `type`. The lock must be held.
std::optional<ContiguousData> contiguousData(hid_t dataset, ElementType type);

/// FileTruncated with both sizes if `data` reaches beyond the end of its file. `bytes` are those of all values.
Result<void> checkSize(const ContiguousData& data, const std::string& id, std::uint64_t bytes);

/// First value and number of values in each dimension.
using Extents = std::vector<std::int64_t>;

/// Immutable; may be used by several threads.
class BlockReader {
  public:
    virtual ~BlockReader() = default;
    /// Reads the values from `start` on, `extent` of them in each dimension, in this machine's byte order. The block
    /// must lie in the dataset and `out` have exactly its size. Errors: FileUnreadable, FormatInvalid (a damaged chunk),
    /// OutOfMemory.
    virtual Result<void> read(const Extents& start, const Extents& extent, std::span<std::byte> out) const = 0;
    /// Extents of a chunk, which is decoded as a whole; empty where values can be read one by one.
    virtual Extents chunk() const { return {}; }
};

using BlocksPtr = std::shared_ptr<const BlockReader>;

/// A reader for values of `type`. Chunks that are decoded here are kept in `cache`, empty: in one of its own. Errors:
/// FormatUnsupported (a filter that nobody here can undo), FormatInvalid (`shape` is not what the file says),
/// FileTruncated.
Result<BlocksPtr> blocksOf(OpenDataset dataset, ElementType type, const Extents& shape,
                           std::shared_ptr<ChunkCache> cache = {});

} // namespace dispersa::hdf5
