// SPDX-License-Identifier: GPL-3.0-or-later
// The compressed byte streams that HDF5's filters write, decoded into memory of a known size.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <tl/expected.hpp>

namespace dispersa {

/// Bytes written to the front of the output, or what is wrong with the input, as the end of a sentence. Nothing is read
/// or written outside the spans, whatever the input claims. Thread-safe.
using Decoded = tl::expected<std::size_t, std::string>;

/// A zlib stream (RFC 1950): HDF5's filter 1.
Decoded decodeDeflate(std::span<const std::byte> in, std::span<std::byte> out);

/// A Zstandard frame: filter 32015.
Decoded decodeZstd(std::span<const std::byte> in, std::span<std::byte> out);

/// LibLZF, as h5py writes it: filter 32000.
Decoded decodeLzf(std::span<const std::byte> in, std::span<std::byte> out);

/// Filter 32004: total size (u64) and block size (u32), big-endian, then blocks of LZ4 with their size (u32) before them;
/// a block as long as its content is not compressed.
Decoded decodeLz4Blocks(std::span<const std::byte> in, std::span<std::byte> out);

/// What filter 32008 states in its parameters.
struct BitshuffleOptions {
    enum class Compression { None = 0, Lz4 = 2, Zstd = 3 };
    std::size_t valueSize = 1;   ///< bytes
    std::size_t blockValues = 0; ///< values per block where nothing compresses; 0: the format's default
    Compression compression = Compression::None;
};

/// Filter 32008: bit-shuffled blocks, each compressed on its own; up to seven values at the end follow as they are.
Decoded decodeBitshuffle(std::span<const std::byte> in, const BitshuffleOptions& options, std::span<std::byte> out);

} // namespace dispersa
