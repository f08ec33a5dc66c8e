// SPDX-License-Identifier: GPL-3.0-or-later
// One row of patterns from several files, one after the other; nothing is copied.
#pragma once

#include "core/data/diffraction_scan.h"

#include <vector>

namespace dispersa {

/// Scans of one row each, of the same patterns, as one long row. It goes by the file of the first of them. A pattern has
/// data where its part has.
class JoinedScan final : public DiffractionScan {
  public:
    /// `parts` is not empty; all have a height of 1, one pattern shape and one type, and together at most 2^31 - 1 patterns.
    explicit JoinedScan(std::vector<ScanPtr> parts);

    ScanShape scanShape() const override { return {1, m_ends.back()}; }
    PatternShape patternShape() const override { return m_parts.front()->patternShape(); }
    ElementType elementType() const override { return m_parts.front()->elementType(); }
    const std::filesystem::path& file() const override { return m_parts.front()->file(); }
    const std::string& dataset() const override { return m_parts.front()->dataset(); }
    const Calibration& calibration() const override { return m_parts.front()->calibration(); }
    std::int64_t availablePatterns() const override;
    bool isAvailable(ScanPoint point) const override;
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override;
    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override;
    std::span<const std::byte> mappedPattern(ScanPoint point) const override;

  private:
    /// The part that holds pattern `x`, and its first pattern.
    std::size_t partOf(int x) const;
    int startOf(std::size_t part) const { return part == 0 ? 0 : m_ends[part - 1]; }
    template<class Read>
    Result<void> readParts(const Region& block, std::size_t patternBytes, std::span<std::byte> out, Read read) const;

    std::vector<ScanPtr> m_parts;
    std::vector<int> m_ends; ///< patterns up to the end of each part
};

} // namespace dispersa
