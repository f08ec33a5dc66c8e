// SPDX-License-Identifier: GPL-3.0-or-later
// A diffraction scan held in memory, for tests: any number type, optionally stopped early or unreadable from a row on.
#pragma once

#include "core/data/diffraction_scan.h"

#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dispersa {

/// Number type of the C++ type T.
template<class T>
constexpr ElementType elementTypeOf()
{
    if constexpr (std::is_same_v<T, float>)
        return ElementType::Float32;
    else if constexpr (std::is_same_v<T, double>)
        return ElementType::Float64;
    else if constexpr (sizeof(T) == 1)
        return std::is_signed_v<T> ? ElementType::Int8 : ElementType::UInt8;
    else if constexpr (sizeof(T) == 2)
        return std::is_signed_v<T> ? ElementType::Int16 : ElementType::UInt16;
    else if constexpr (sizeof(T) == 4)
        return std::is_signed_v<T> ? ElementType::Int32 : ElementType::UInt32;
    else
        return std::is_signed_v<T> ? ElementType::Int64 : ElementType::UInt64;
}

class MemoryScan : public DiffractionScan {
  public:
    /// `values` are [scan_y, scan_x, det_y, det_x]; missing ones at the end read as zeros.
    template<class T>
    MemoryScan(ScanShape scan, PatternShape pattern, const std::vector<T>& values, std::string name = "memory scan")
        : MemoryScan(scan, pattern, elementTypeOf<T>(), std::as_bytes(std::span(values)), std::move(name))
    {
    }

    /// The same from raw bytes of any type, float16 too.
    MemoryScan(ScanShape scan, PatternShape pattern, ElementType type, std::span<const std::byte> raw,
               std::string name = "memory scan")
        : m_scan(scan), m_pattern(pattern), m_type(type), m_file(std::move(name)), m_raw(raw.begin(), raw.end()),
          m_available(scan.count())
    {
        m_raw.resize(static_cast<std::size_t>(scan.count() * pattern.count()) * elementSize(type));
    }

    /// The acquisition stopped after `patterns` patterns.
    void stopAfter(std::int64_t patterns) { m_available = patterns; }
    /// Reading this row or a later one fails with FileUnreadable.
    void breakAtRow(int row) { m_brokenRow = row; }
    void setCalibration(const Calibration& calibration) { m_calibration = calibration; }
    void setDataset(std::string dataset) { m_dataset = std::move(dataset); }

    ScanShape scanShape() const override { return m_scan; }
    PatternShape patternShape() const override { return m_pattern; }
    ElementType elementType() const override { return m_type; }
    const std::filesystem::path& file() const override { return m_file; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }
    std::int64_t availablePatterns() const override { return m_available; }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        const std::size_t patternBytes = static_cast<std::size_t>(m_pattern.count()) * elementSize(m_type);
        if (!block.fitsInto(m_scan) || out.size() != static_cast<std::size_t>(block.count()) * patternBytes)
            return fail(ErrorCode::InvalidArgument, "The block lies outside the scan in memory.", m_file);
        if (block.y + block.height > m_brokenRow)
            return fail(ErrorCode::FileUnreadable, "The scan in memory is broken on purpose.", m_file);
        std::size_t to = 0;
        for (int y = block.y; y < block.y + block.height; ++y)
            for (int x = block.x; x < block.x + block.width; ++x, to += patternBytes) {
                const std::size_t index = static_cast<std::size_t>(std::int64_t(y) * m_scan.width + x);
                if (isAvailable({y, x}))
                    std::memcpy(out.data() + to, m_raw.data() + index * patternBytes, patternBytes);
                else
                    std::memset(out.data() + to, 0, patternBytes);
            }
        return {};
    }

  protected:
    std::span<const std::byte> raw() const { return m_raw; }

  private:
    ScanShape m_scan;
    PatternShape m_pattern;
    ElementType m_type;
    std::filesystem::path m_file;
    std::string m_dataset = {};
    Calibration m_calibration = {};
    std::vector<std::byte> m_raw;
    std::int64_t m_available;
    int m_brokenRow = std::numeric_limits<int>::max();
};

} // namespace dispersa
