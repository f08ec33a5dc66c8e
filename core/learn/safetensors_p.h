// SPDX-License-Identifier: GPL-3.0-or-later
// The safetensors layout: 8 bytes of header length, a JSON header, then the tensors' bytes. No torch here.
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace dispersa::safetensors {

/// One tensor of a file, little endian, row-major. `bytes` points into the memory that was parsed or will be written.
struct Entry {
    std::string name;
    std::string dtype; ///< "F32", "I64", ...
    std::vector<std::int64_t> shape = {};
    std::span<const std::byte> bytes = {};
};

struct Contents {
    std::vector<Entry> entries;                  ///< in the order of their bytes
    std::map<std::string, std::string> metadata; ///< "__metadata__"
};

/// Reads a file that lies in memory; nothing is copied but the header. The header may not exceed the file or 16 MiB,
/// and the tensors must tile the rest of the file exactly, each as large as dtype and shape say. Error: ModelInvalid
/// with `path` in it.
Result<Contents> parse(std::span<const std::byte> file, const std::filesystem::path& path);

/// Writes atomically. Entries with wider types come first, so that every tensor is aligned. Error: WriteFailed.
Result<void> write(Contents contents, const std::filesystem::path& path);

} // namespace dispersa::safetensors
