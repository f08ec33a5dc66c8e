// SPDX-License-Identifier: GPL-3.0-or-later
// The text headers of Quantum Detectors' Merlin: "MQ1" before every frame of a .mib file, and the .hdr file beside it.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"

#include <optional>
#include <span>

namespace dispersa {

/// What the header of the first frame tells; all frames of a file are alike.
struct MibHeader {
    std::uint64_t headerBytes = 0;
    std::uint64_t dataBytes = 0; ///< of one frame, without its header
    PatternShape pattern = {};   ///< as assembled from the chips
    ElementType type = ElementType::UInt8;
    std::int64_t firstFrame = 0; ///< number of the first frame in its acquisition, as the header counts; 0 if it does not
    int rawBits = 0;   ///< counter depth 1, 6, 12 or 24 of raw ("R64") frames; 0 for frames of big-endian integers
    bool quad = false; ///< raw frames of a 2 x 2 chip detector

    std::uint64_t frameBytes() const { return headerBytes + dataBytes; }
    /// True if frames of both lie in their files alike.
    bool hasLayoutOf(const MibHeader& other) const
    {
        return headerBytes == other.headerBytes && dataBytes == other.dataBytes && pattern == other.pattern &&
               type == other.type && rawBits == other.rawBits && quad == other.quad;
    }
};

/// Reads the header at the start of `file` and checks that a second frame, if there is one, begins where it must.
/// Errors: FormatInvalid, FormatUnsupported (raw layouts that cannot be put together), FileTruncated.
Result<MibHeader> readMibHeader(const std::filesystem::path& path, std::span<const std::byte> file);

/// What the .hdr file tells of the acquisition.
struct MibAcquisition {
    std::optional<ScanShape> scan = {};      ///< ScanX and ScanY, else frames per trigger as the scan's columns
    std::optional<std::int64_t> frames = {}; ///< frames of the acquisition, > 0
};

/// Errors: those of reading, FormatInvalid (not a Merlin .hdr file).
Result<MibAcquisition> readMibAcquisition(const std::filesystem::path& path);

} // namespace dispersa
