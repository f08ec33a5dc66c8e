// SPDX-License-Identifier: GPL-3.0-or-later
// A scan whose patterns or axes are taken from another one in a different order; nothing is copied.
#pragma once

#include "core/data/chunk_cache.h"
#include "core/data/diffraction_scan.h"
#include "core/data/scan_order.h"

#include <optional>
#include <vector>

namespace dispersa {

/// Probe position k (row-major over `shape`) shows frame `frameOf[k]` of `frames`, counted in its scan order; -1 has no
/// data. `frameOf` has shape.count() entries. `calibration` is that of the new grid: a turned one has other directions.
class ReorderedScan final : public DiffractionScan {
  public:
    ReorderedScan(ScanPtr frames, ScanShape shape, std::vector<std::int64_t> frameOf, const Calibration& calibration);

    ScanShape scanShape() const override { return m_shape; }
    PatternShape patternShape() const override { return m_frames->patternShape(); }
    ElementType elementType() const override { return m_frames->elementType(); }
    const std::filesystem::path& file() const override { return m_frames->file(); }
    const std::string& dataset() const override { return m_frames->dataset(); }
    const Calibration& calibration() const override { return m_calibration; }
    std::int64_t availablePatterns() const override { return m_available; }
    bool isAvailable(ScanPoint point) const override { return frameAt(point.y, point.x) >= 0; }
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override;
    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override;
    std::span<const std::byte> mappedPattern(ScanPoint point) const override;
    ScanShape readGrain() const override { return m_grain; }

  private:
    ScanShape findGrain() const;
    template<class Read>
    Result<void> readFrames(const Region& block, std::size_t patternBytes, std::span<std::byte> out, Read read) const;
    std::int64_t frameAt(int y, int x) const
    {
        return m_frameOf[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_shape.width) +
                         static_cast<std::size_t>(x)];
    }

    ScanPtr m_frames;
    ScanShape m_shape;
    std::vector<std::int64_t> m_frameOf;
    Calibration m_calibration;
    std::int64_t m_available = 0;
    ScanShape m_grain = {1, 1};
};

/// Scan and detector axes exchanged: the base keeps [det_y, det_x, scan_y, scan_x]. A pattern is gathered from the whole
/// base, so convert such a file before working with it. Where the base lies in memory each read picks its values there;
/// else many patterns are gathered in one walk and the last of these tiles is kept.
class SwappedScan final : public DiffractionScan {
  public:
    explicit SwappedScan(ScanPtr base);

    ScanShape scanShape() const override { return {m_base->patternShape().height, m_base->patternShape().width}; }
    PatternShape patternShape() const override { return {m_base->scanShape().height, m_base->scanShape().width}; }
    ElementType elementType() const override { return m_base->elementType(); }
    const std::filesystem::path& file() const override { return m_base->file(); }
    const std::string& dataset() const override { return m_base->dataset(); }
    const Calibration& calibration() const override { return m_calibration; }
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override;
    ScanShape readGrain() const override { return m_tile; }

  private:
    Result<void> gather(const Region& block, std::span<std::byte> out) const;

    ScanPtr m_base;
    Calibration m_calibration; ///< that of the base belongs to the other axes: nothing is known
    ScanShape m_tile = {1, 1}; ///< positions gathered in one walk
    mutable ChunkCache m_tiles; ///< without a budget: it keeps one
};

/// `scan` (as the reader gives it) with `order` applied; `acquired` is the grid of its frames as scanned, empty: the
/// scan's own. Errors: StudyInvalid (order out of range), ShapeMismatch (more probe positions than 2^31, or none).
Result<ScanPtr> inOrder(ScanPtr scan, std::optional<ScanShape> acquired, const ScanOrder& order);

} // namespace dispersa
