// SPDX-License-Identifier: GPL-3.0-or-later
// The chunks of a dataset: where they are, how they are fetched and decoded, how blocks are put together from them.
#pragma once

#include "core/io/hdf5_blocks_p.h"

namespace dispersa::hdf5 {

/// What the file says about the chunks of a dataset.
struct ChunkLayout {
    Extents shape;   ///< of the dataset
    Extents chunk;   ///< of each chunk, those at the edges included
    FilterPipeline filters;
    ElementType type = ElementType::UInt16;
    bool swapped = false;               ///< not in this machine's byte order
    bool edgesUnfiltered = false;       ///< chunks that reach beyond the dataset are stored as they are
    std::vector<std::byte> fill = {};   ///< one value, in this machine's byte order
    std::uint64_t fileSize = 0;         ///< bytes of the file the dataset is in

    std::size_t chunkBytes() const;
    /// Room for the chunks that a walk along the first dimension needs at a time.
    std::size_t cacheBudget() const;
};

/// nullopt unless the dataset is chunked and all of it can be decoded here. The lock must be held.
std::optional<ChunkLayout> chunkLayout(hid_t dataset, ElementType type);

/// A reader whose threads decode at the same time; only fetching stored bytes takes the lock.
BlocksPtr chunkedBlocks(OpenDataset dataset, ChunkLayout layout, std::shared_ptr<ChunkCache> cache);

} // namespace dispersa::hdf5
