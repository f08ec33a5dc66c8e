// SPDX-License-Identifier: GPL-3.0-or-later
// The files of one Merlin acquisition: frames in one .mib file or in numbered parts side by side, and the .hdr file.
#pragma once

#include "core/base/os_file.h"
#include "core/io/mib_header.h"

#include <memory>
#include <vector>

namespace dispersa {

/// A .mib file with its frames.
struct MibPart {
    std::filesystem::path path;
    std::shared_ptr<const MappedFile> file;
    MibHeader header;

    std::int64_t frames() const { return static_cast<std::int64_t>(file->bytes().size() / header.frameBytes()); }
    bool endsInside() const { return file->bytes().size() % header.frameBytes() != 0; }
};

struct MibFiles {
    std::vector<MibPart> parts;                          ///< at least one, in order; alike in their headers
    std::optional<MibAcquisition> acquisition = {};      ///< what the .hdr file tells
    std::vector<Warning> warnings = {};

    std::int64_t frames() const;
};

/// Opens what belongs to `path`, one of the .mib files or the .hdr file. Files whose names differ in a number at the end
/// are parts of one acquisition when frames have the same layout and either their numbers, which each frame has in its
/// header, go on from file to file or nothing speaks against it: neither a .hdr file of a later part nor one that has all
/// its frames already. Errors: FileNotFound (a .hdr file without frames), those of readMibHeader().
Result<MibFiles> openMibFiles(const std::filesystem::path& path);

} // namespace dispersa
