// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mib_raw_scan.h"

#include <algorithm>
#include <cstring>

namespace dispersa {
namespace {

constexpr std::size_t groupBytes = 8;

/// The value of one byte order: most significant byte first.
std::uint16_t bigEndian(const std::byte* from)
{
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(from[0]) << 8 | std::to_integer<unsigned>(from[1]));
}

class MibRawScan final : public DiffractionScan {
  public:
    MibRawScan(std::shared_ptr<const MappedFile> file, const MibHeader& header, std::filesystem::path path,
               ScanShape scan, std::int64_t available)
        : m_file(std::move(file)), m_header(header), m_path(std::move(path)), m_scan(scan),
          m_available(std::min(available, scan.count()))
    {
    }

    ScanShape scanShape() const override { return m_scan; }
    PatternShape patternShape() const override { return m_header.pattern; }
    ElementType elementType() const override { return m_header.type; }
    const std::filesystem::path& file() const override { return m_path; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }
    std::int64_t availablePatterns() const override { return m_available; }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        if (auto fits = checkBlock(block, out.size()); !fits)
            return fits;
        const std::size_t bytes = static_cast<std::size_t>(m_header.pattern.count()) * elementSize(m_header.type);
        for (int y = block.y; y < block.y + block.height; ++y)
            for (int x = block.x; x < block.x + block.width; ++x, out = out.subspan(bytes)) {
                const std::int64_t frame = std::int64_t(y) * m_scan.width + x;
                if (frame < m_available)
                    unpack(dataOf(frame), out.first(bytes));
                else
                    std::fill_n(out.begin(), bytes, std::byte{0});
            }
        return {};
    }

  private:
    std::span<const std::byte> dataOf(std::int64_t frame) const
    {
        return m_file->bytes().subspan(static_cast<std::uint64_t>(frame) * m_header.frameBytes() + m_header.headerBytes,
                                       m_header.dataBytes);
    }

    void unpack(std::span<const std::byte> data, std::span<std::byte> out) const
    {
        if (m_header.quad)
            unpackQuad(data, out);
        else if (m_header.rawBits == 24)
            unpackTwoCounters(data, out);
        else // rows without gaps between them are one long row
            unpackMerlinRow(m_header.rawBits, data, out);
    }

    /// The high and the low 12 bits are images of their own, the high ones first.
    void unpackTwoCounters(std::span<const std::byte> data, std::span<std::byte> out) const
    {
        const auto pixels = static_cast<std::size_t>(m_header.pattern.count());
        std::vector<std::uint16_t> high(pixels), low(pixels);
        unpackMerlinRow(12, data.first(data.size() / 2), std::as_writable_bytes(std::span(high)));
        unpackMerlinRow(12, data.last(data.size() / 2), std::as_writable_bytes(std::span(low)));
        for (std::size_t i = 0; i < pixels; ++i) {
            const std::uint32_t value = (std::uint32_t(high[i]) << 12) + low[i];
            std::memcpy(out.data() + i * sizeof(value), &value, sizeof(value));
        }
    }

    /// Each row of the data holds a row of the chips bottom right, bottom left, top right, top left; the bottom chips
    /// stand upside down.
    void unpackQuad(std::span<const std::byte> data, std::span<std::byte> out) const
    {
        const std::size_t size = elementSize(m_header.type);
        const auto half = static_cast<std::size_t>(m_header.pattern.width) / 2 * size; // bytes of a chip's row
        const auto rows = static_cast<std::size_t>(m_header.pattern.height) / 2;
        const std::size_t packedHalf = data.size() / rows / 4;
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t chip = 0; chip < 4; ++chip, data = data.subspan(packedHalf)) {
                const bool bottom = chip < 2;
                const bool right = chip % 2 == 0;
                const std::size_t line = bottom ? 2 * rows - 1 - row : row;
                const auto to = out.subspan((2 * line + (right ? 1 : 0)) * half, half);
                unpackMerlinRow(m_header.rawBits, data.first(packedHalf), to);
                if (bottom)
                    reversePixels(to, size);
            }
        }
    }

    static void reversePixels(std::span<std::byte> row, std::size_t size)
    {
        std::reverse(row.begin(), row.end());
        for (std::size_t i = 0; size > 1 && i < row.size(); i += size) // bytes of each pixel back in their order
            std::reverse(row.begin() + static_cast<std::ptrdiff_t>(i),
                         row.begin() + static_cast<std::ptrdiff_t>(i + size));
    }

    std::shared_ptr<const MappedFile> m_file;
    MibHeader m_header;
    std::filesystem::path m_path;
    std::string m_dataset;
    Calibration m_calibration; ///< Merlin knows nothing of the microscope
    ScanShape m_scan;
    std::int64_t m_available;
};

} // namespace

void unpackMerlinRow(int bits, std::span<const std::byte> packed, std::span<std::byte> out)
{
    std::byte* to = out.data();
    for (std::size_t group = 0; group + groupBytes <= packed.size(); group += groupBytes) {
        const std::byte* from = packed.data() + group;
        if (bits == 12) {
            for (std::size_t i = 0; i < groupBytes / 2; ++i, to += 2) {
                const std::uint16_t value = bigEndian(from + groupBytes - 2 - 2 * i);
                std::memcpy(to, &value, sizeof(value));
            }
            continue;
        }
        for (std::size_t i = 0; i < groupBytes; ++i) {
            const std::byte value = from[groupBytes - 1 - i];
            if (bits == 6)
                *to++ = value;
            else
                for (int bit = 0; bit < 8; ++bit)
                    *to++ = (value >> bit) & std::byte{1};
        }
    }
}

ScanPtr mibRawScan(std::shared_ptr<const MappedFile> file, const MibHeader& header, std::filesystem::path path,
                   ScanShape scan, std::int64_t available)
{
    return std::make_shared<MibRawScan>(std::move(file), header, std::move(path), scan, available);
}

} // namespace dispersa
