// SPDX-License-Identifier: GPL-3.0-or-later
// The header of NumPy's .npy files (numpy.lib.format, versions 1.0 to 3.0), checked against the file size.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace dispersa {

struct NpyHeader {
    ElementType type = ElementType::Float64; ///< bool is read as uint8
    bool swapped = false;                    ///< the file's byte order is not this machine's
    bool fortranOrder = false;               ///< the first index varies fastest
    std::vector<std::int64_t> shape = {};    ///< two to four extents, each 1..2^31 - 1
    std::uint64_t dataOffset = 0;

    std::int64_t count() const; ///< values the shape announces; does not overflow
};

/// Errors: FormatInvalid (damaged header, extents that overflow), FormatUnsupported (complex, structured, object and
/// text types; fewer than two or more than four dimensions).
Result<NpyHeader> readNpyHeader(const std::filesystem::path& path, std::span<const std::byte> file);

} // namespace dispersa
