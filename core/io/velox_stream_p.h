// SPDX-License-Identifier: GPL-3.0-or-later
// The spectrum stream of Velox: which X-ray came when, as a list of channels with a mark between pixels.
#pragma once

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace dispersa::velox {

/// One detector segment's stream, and the channels (both inside) that are counted of it.
struct CountedStream {
    std::string dataset;
    int firstChannel = 0;
    int lastChannel = 0;
};

/// Adds up a stream that comes in pieces. A value is a channel in which one X-ray was counted; 65535 ends a pixel.
/// Pixels follow each other row by row, frame after frame; the last mark may be missing.
class StreamCounter {
  public:
    StreamCounter(std::int64_t pixels, int firstChannel, int lastChannel, std::span<float> counts)
        : m_pixels(pixels), m_first(firstChannel), m_last(lastChannel), m_counts(counts)
    {
    }
    void add(std::span<const std::uint16_t> values);
    /// Pixels that the stream went through, over all frames.
    std::int64_t visited() const { return m_total + (m_open ? 1 : 0); }

  private:
    std::int64_t m_pixels;
    int m_first;
    int m_last;
    std::span<float> m_counts;
    std::int64_t m_pixel = 0;
    std::int64_t m_total = 0;
    bool m_open = false; ///< values came since the last mark
};

/// Counts per pixel of `shape`, summed over streams and frames. Pixels that an aborted acquisition never reached are
/// NaN. Takes the lock per block. Errors: those of opening, DatasetMissing, FileUnreadable, FormatInvalid (an empty
/// stream, not uint16, an absurd shape).
Result<std::vector<float>> countStreams(const std::filesystem::path& path, const std::vector<CountedStream>& streams,
                                        ScanShape shape);

} // namespace dispersa::velox
