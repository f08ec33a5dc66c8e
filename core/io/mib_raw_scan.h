// SPDX-License-Identifier: GPL-3.0-or-later
// Raw Merlin frames: pixels in the order in which the chips send them, unpacked while they are read.
#pragma once

#include "core/base/os_file.h"
#include "core/io/mib_header.h"

#include <memory>

namespace dispersa {

/// Unpacks `out.size() / elementSize` pixels of one row of one chip: pixels come in groups of 8 bytes whose last byte
/// is first. `bits` 1 and 6 give uint8, 12 gives uint16 in this machine's byte order.
void unpackMerlinRow(int bits, std::span<const std::byte> packed, std::span<std::byte> out);

/// The scan over frames that `header` (with rawBits > 0) describes, one after the other from the start of the file; the
/// first `available` are there, which the caller has checked.
ScanPtr mibRawScan(std::shared_ptr<const MappedFile> file, const MibHeader& header, std::filesystem::path path,
                   ScanShape scan, std::int64_t available);

} // namespace dispersa
