// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mapped_scan.h"

#include <algorithm>
#include <cstring>

namespace dispersa {
namespace {

constexpr std::int64_t mostPatterns = std::int64_t(1) << 31;
constexpr std::int64_t largestPattern = std::int64_t(1) << 28; ///< values; 16384 x 16384

template<std::size_t size>
void copyStrided(const std::byte* from, std::size_t count, std::size_t stride, bool swapped, std::byte* to)
{
    for (std::size_t i = 0; i < count; ++i, from += stride, to += size) {
        std::memcpy(to, from, size);
        if (swapped)
            std::reverse(to, to + size);
    }
}

class MappedScan final : public DiffractionScan {
  public:
    MappedScan(std::shared_ptr<const MappedFile> file, const FrameLayout& layout, MappedScanInfo info,
               std::int64_t available)
        : m_file(std::move(file)), m_layout(layout), m_info(std::move(info)), m_available(available)
    {
    }

    ScanShape scanShape() const override { return m_layout.scan; }
    PatternShape patternShape() const override { return m_layout.pattern; }
    ElementType elementType() const override { return m_layout.type; }
    const std::filesystem::path& file() const override { return m_info.path; }
    const std::string& dataset() const override { return m_info.dataset; }
    const Calibration& calibration() const override { return m_info.calibration; }
    std::int64_t availablePatterns() const override { return m_available; }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        return readWindow(block, {0, 0, m_layout.pattern.height, m_layout.pattern.width}, out);
    }

    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override
    {
        if (auto fits = checkWindow(block, window, out.size()); !fits)
            return fits;
        const std::size_t size = elementSize(m_layout.type);
        const std::size_t patternBytes = static_cast<std::size_t>(window.count()) * size;
        std::byte* to = out.data();
        for (int y = block.y; y < block.y + block.height; ++y)
            for (int x = block.x; x < block.x + block.width; ++x, to += patternBytes) {
                if (isAvailable({y, x}))
                    copyPattern(y, x, window, size, to);
                else
                    std::fill(to, to + patternBytes, std::byte{0});
            }
        return {};
    }

    std::span<const std::byte> mappedPattern(ScanPoint point) const override
    {
        const std::size_t size = elementSize(m_layout.type);
        const auto width = static_cast<std::uint64_t>(m_layout.pattern.width);
        const bool plain = m_layout.columnStride == size && m_layout.rowStride == width * size &&
                           (!m_layout.swapped || size == 1);
        if (!plain || !wholeRegion(m_layout.scan).contains(point) || !isAvailable(point))
            return {};
        const auto pattern = m_file->bytes().subspan(
            m_layout.first + static_cast<std::uint64_t>(point.y) * m_layout.scanRowStride +
                static_cast<std::uint64_t>(point.x) * m_layout.scanColumnStride,
            static_cast<std::size_t>(m_layout.pattern.count()) * size);
        return reinterpret_cast<std::uintptr_t>(pattern.data()) % size == 0 ? pattern : std::span<const std::byte>();
    }

  private:
    void copyPattern(int y, int x, const Region& window, std::size_t size, std::byte* to) const
    {
        const std::byte* from = m_file->bytes().data() + m_layout.first +
                                static_cast<std::uint64_t>(y) * m_layout.scanRowStride +
                                static_cast<std::uint64_t>(x) * m_layout.scanColumnStride +
                                static_cast<std::uint64_t>(window.y) * m_layout.rowStride +
                                static_cast<std::uint64_t>(window.x) * m_layout.columnStride;
        const auto rows = static_cast<std::size_t>(window.height);
        const auto columns = static_cast<std::size_t>(window.width);
        // Rows without gaps between them are one long row.
        if (m_layout.columnStride == size && m_layout.rowStride == columns * size) {
            copyValues(from, rows * columns, size, size, m_layout.swapped, to);
            return;
        }
        for (std::size_t row = 0; row < rows; ++row, from += m_layout.rowStride, to += columns * size)
            copyValues(from, columns, size, m_layout.columnStride, m_layout.swapped, to);
    }

    std::shared_ptr<const MappedFile> m_file;
    FrameLayout m_layout;
    MappedScanInfo m_info;
    std::int64_t m_available;
};

} // namespace

void copyValues(const std::byte* from, std::size_t count, std::size_t size, std::size_t stride, bool swapped,
                std::byte* to)
{
    if (stride == size && (!swapped || size == 1)) {
        std::memcpy(to, from, count * size);
        return;
    }
    switch (size) { // a size the compiler knows makes the loop several times faster
    case 1:
        return copyStrided<1>(from, count, stride, false, to);
    case 2:
        return copyStrided<2>(from, count, stride, swapped, to);
    case 4:
        return copyStrided<4>(from, count, stride, swapped, to);
    default:
        return copyStrided<8>(from, count, stride, swapped, to);
    }
}

FrameLayout FrameLayout::frames(std::uint64_t first, std::uint64_t frameStride, ScanShape scan, PatternShape pattern,
                                ElementType type, bool swapped)
{
    const std::uint64_t size = elementSize(type);
    return {first,
            frameStride * static_cast<std::uint64_t>(scan.width),
            frameStride,
            size * static_cast<std::uint64_t>(pattern.width),
            size,
            scan,
            pattern,
            type,
            swapped};
}

std::int64_t FrameLayout::patternsIn(std::uint64_t size) const
{
    // Adds steps x stride to `end` unless that leaves the file; products that overflow leave it too.
    const auto reach = [size](std::uint64_t& end, std::int64_t steps, std::uint64_t stride) {
        if (stride != 0 && static_cast<std::uint64_t>(steps) > (size - end) / stride)
            return false;
        end += static_cast<std::uint64_t>(steps) * stride;
        return true;
    };
    const auto fits = [&](std::int64_t index) {
        std::uint64_t end = first;
        return first <= size && reach(end, index / scan.width, scanRowStride) &&
               reach(end, index % scan.width, scanColumnStride) && reach(end, pattern.height - 1, rowStride) &&
               reach(end, pattern.width - 1, columnStride) && elementSize(type) <= size - end;
    };
    if (fits(scan.count() - 1))
        return scan.count();
    // In a file with swapped axes the end of the file cuts every pattern.
    if (scanColumnStride < rowStride)
        return 0;
    std::int64_t low = 0; // that many patterns fit
    for (std::int64_t high = scan.count() - 1; low < high;) {
        const std::int64_t middle = low + (high - low) / 2;
        if (fits(middle))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

Result<ScanPtr> mappedScan(std::shared_ptr<const MappedFile> file, const FrameLayout& layout, MappedScanInfo info)
{
    const auto& path = info.path;
    const bool sane = layout.scan.height > 0 && layout.scan.width > 0 && layout.scan.count() <= mostPatterns &&
                      layout.pattern.height > 0 && layout.pattern.width > 0 &&
                      layout.pattern.count() <= largestPattern;
    if (!sane)
        return fail(ErrorCode::FormatInvalid,
                    "'" + path.string() + "' states a scan of " + toText(layout.scan) + " with patterns of " +
                        toText(layout.pattern) + ", which is impossible.",
                    path, {toText(layout.scan), toText(layout.pattern)});
    const std::uint64_t size = file->bytes().size();
    std::int64_t available = layout.patternsIn(size);
    if (info.available)
        available = std::min(available, std::max<std::int64_t>(0, *info.available));
    if (available == 0)
        return fail(ErrorCode::FileTruncated,
                    "'" + path.string() + "' is cut off: its " + std::to_string(size) +
                        " bytes do not hold one whole pattern of " + toText(layout.pattern) + ".",
                    path, {std::to_string(size), toText(layout.pattern)});
    return ScanPtr(std::make_shared<MappedScan>(std::move(file), layout, std::move(info), available));
}

} // namespace dispersa
