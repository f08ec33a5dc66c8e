// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mrc_scan.h"

#include <algorithm>
#include <cstring>

namespace dispersa {

void copyMrcValues(const MrcHeader& header, std::span<const std::byte> file, std::int64_t offset,
                   std::span<std::byte> out)
{
    std::memcpy(out.data(), file.data() + offset, out.size());
    const std::size_t size = elementSize(header.type);
    if (!header.swapped || size == 1)
        return;
    for (auto value = out.begin(); value != out.end(); value += static_cast<std::ptrdiff_t>(size))
        std::reverse(value, value + static_cast<std::ptrdiff_t>(size));
}

Calibration mrcDiffractionCalibration(const MrcHeader& header)
{
    Calibration calibration;
    if (header.fei && header.fei->pixelSize_invM)
        calibration.qPixel_invA = *header.fei->pixelSize_invM * 1e-10;
    if (header.fei && header.fei->convergence_rad)
        calibration.convergence_mrad = *header.fei->convergence_rad * 1e3;
    return calibration;
}

MrcScan::MrcScan(std::filesystem::path path, std::shared_ptr<const MappedFile> file, MrcHeader header, ScanShape shape)
    : m_path(std::move(path)), m_file(std::move(file)), m_header(std::move(header)), m_shape(shape),
      m_calibration(mrcDiffractionCalibration(m_header)), m_serpentine(m_header.fei && m_header.fei->serpentine),
      m_available(m_header.availableFrames)
{
    // A backward row that was interrupted has its patterns at the row's end: count whole rows only.
    if (m_serpentine && (m_available / m_shape.width) % 2 == 1)
        m_available -= m_available % m_shape.width;
}

Result<void> MrcScan::readRaw(const Region& block, std::span<std::byte> out) const
{
    const std::int64_t frame = m_header.frameBytes();
    if (!block.fitsInto(m_shape) || static_cast<std::int64_t>(out.size()) != block.count() * frame)
        return fail(ErrorCode::InvalidArgument,
                    "The block " + toText(block) + " does not lie inside the scan of " + toText(m_shape) + " in '" +
                        m_path.string() + "'.",
                    m_path, {toText(block), toText(m_shape)});
    const auto file = m_file->bytes();
    for (int y = block.y; y < block.y + block.height; ++y) {
        const std::int64_t rowStart = std::int64_t(y) * m_shape.width;
        const bool backwards = m_serpentine && y % 2 == 1;
        for (int x = block.x; x < block.x + block.width; ++x) {
            const auto target = out.first(static_cast<std::size_t>(frame));
            out = out.subspan(target.size());
            if (rowStart + x >= m_available) {
                std::fill(target.begin(), target.end(), std::byte{0});
                continue;
            }
            const std::int64_t index = rowStart + (backwards ? m_shape.width - 1 - x : x);
            copyMrcValues(m_header, file, m_header.dataOffset + index * frame, target);
        }
    }
    return {};
}

} // namespace dispersa
