// SPDX-License-Identifier: GPL-3.0-or-later
// Raw X-ray counts per element from the spectrum streams: what is offered, and in which channels each element is
// counted.
#pragma once

#include "core/io/velox_images_p.h"
#include "core/io/velox_stream_p.h"

namespace dispersa::velox {

/// Ids of count maps are this and the element: "/Data/SpectrumStream/O".
inline constexpr const char* countMapPrefix = "/Data/SpectrumStream/";

/// Lists one map of counts per element that has an EDS map or is selected for quantification. Warnings:
/// "spectrum_stream_missing" (pruned), "spectrum_uncalibrated", "counts_overlap" (windows share channels). Reads no
/// data. The lock must be held.
void addCountMaps(hid_t file, const std::filesystem::path& path, const SpectrumGrid& grid,
                  hdf5::FileContents& contents);

/// Streams and channels of an element's line; empty where nothing can be counted. The lock must be held.
std::vector<CountedStream> streamsOf(hid_t file, const std::string& element);

} // namespace dispersa::velox
