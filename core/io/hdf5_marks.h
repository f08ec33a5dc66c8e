// SPDX-License-Identifier: GPL-3.0-or-later
// What tells the dialects of HDF5 apart, without showing HDF5.
#pragma once

#include "core/io/format.h"

#include <filesystem>
#include <optional>
#include <span>

namespace dispersa::hdf5 {

/// True if HDF5's signature stands at the start of `bytes` or at 512, 1024, 2048, ... (a user block).
bool hasSignature(std::span<const std::byte> bytes);

/// Names of the root's links and its text attributes; nullopt unless `bytes`, the file's content, has the signature and
/// the file opens.
std::optional<Hdf5Marks> rootMarks(const std::filesystem::path& path, std::span<const std::byte> bytes);

} // namespace dispersa::hdf5
