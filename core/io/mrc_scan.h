// SPDX-License-Identifier: GPL-3.0-or-later
// 4D-STEM patterns in an MRC file, read through a memory map.
#pragma once

#include "core/base/os_file.h"
#include "core/data/diffraction_scan.h"
#include "core/io/mrc_header.h"

namespace dispersa {

/// Copies `out.size()` bytes of values from `offset` of the file and turns them into this machine's byte order.
void copyMrcValues(const MrcHeader& header, std::span<const std::byte> file, std::int64_t offset,
                   std::span<std::byte> out);

/// A stack of frames as a scan; frame k is position k in scan order (odd rows backwards in a serpentine scan).
class MrcScan final : public DiffractionScan {
  public:
    /// `shape.count()` must be header.nz.
    MrcScan(std::filesystem::path path, std::shared_ptr<const MappedFile> file, MrcHeader header, ScanShape shape);

    ScanShape scanShape() const override { return m_shape; }
    PatternShape patternShape() const override { return {m_header.ny, m_header.nx}; }
    ElementType elementType() const override { return m_header.type; }
    const std::filesystem::path& file() const override { return m_path; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }
    std::int64_t availablePatterns() const override { return m_available; }
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override;

  private:
    std::filesystem::path m_path;
    std::shared_ptr<const MappedFile> m_file;
    MrcHeader m_header;
    ScanShape m_shape;
    Calibration m_calibration;
    std::string m_dataset;
    bool m_serpentine = false;
    std::int64_t m_available = 0;
};

/// What the header tells about a diffraction stack.
Calibration mrcDiffractionCalibration(const MrcHeader& header);

} // namespace dispersa
