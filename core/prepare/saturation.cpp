// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/saturation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace dispersa {
namespace {

template<class T>
Saturation largestOf(std::span<const std::byte> raw)
{
    constexpr std::size_t step = 4096;
    std::vector<T> values(step);
    T largest = 0;
    std::int64_t count = 0;
    for (std::size_t first = 0; first < raw.size(); first += step * sizeof(T)) {
        const std::size_t bytes = std::min(step * sizeof(T), raw.size() - first);
        std::memcpy(values.data(), raw.data() + first, bytes);
        const auto end = values.begin() + static_cast<std::ptrdiff_t>(bytes / sizeof(T));
        T here = 0;
        for (auto value = values.begin(); value != end; ++value)
            here = here < *value ? *value : here;
        if (here < largest || here == 0)
            continue;
        if (here > largest)
            count = 0;
        largest = here;
        count += std::count(values.begin(), end, largest);
    }
    return {static_cast<double>(largest), count};
}

template<class Use>
void withIntegerType(ElementType type, Use use)
{
    switch (type) {
    case ElementType::Int8: return use(std::int8_t());
    case ElementType::UInt8: return use(std::uint8_t());
    case ElementType::Int16: return use(std::int16_t());
    case ElementType::UInt16: return use(std::uint16_t());
    case ElementType::Int32: return use(std::int32_t());
    case ElementType::UInt32: return use(std::uint32_t());
    case ElementType::Int64: return use(std::int64_t());
    case ElementType::UInt64: return use(std::uint64_t());
    case ElementType::Float16:
    case ElementType::Float32:
    case ElementType::Float64: return;
    }
}

} // namespace

void SaturationCounter::add(ElementType type, std::span<const std::byte> raw)
{
    withIntegerType(type, [&]<class T>(T) {
        const Saturation part = largestOf<T>(raw);
        SaturationCounter other;
        other.m_largest = part.ceiling;
        other.m_count = part.values;
        add(other);
    });
}

void SaturationCounter::add(const SaturationCounter& other)
{
    if (other.m_largest > m_largest)
        m_count = 0;
    if (other.m_largest >= m_largest)
        m_count += other.m_count;
    m_largest = std::max(m_largest, other.m_largest);
}

void SaturationCounter::add(ElementType type, std::span<const float> values)
{
    withIntegerType(type, [&](auto) {
        SaturationCounter other;
        for (const float value : values) {
            if (static_cast<double>(value) > other.m_largest) {
                other.m_largest = static_cast<double>(value);
                other.m_count = 0;
            }
            other.m_count += static_cast<double>(value) == other.m_largest ? 1 : 0;
        }
        if (other.m_largest > 0)
            add(other);
    });
}

std::optional<Saturation> SaturationCounter::found(ElementType type) const
{
    double typeLargest = std::numeric_limits<double>::infinity();
    withIntegerType(type, [&]<class T>(T) { typeLargest = static_cast<double>(std::numeric_limits<T>::max()); });
    const double bits = std::log2(m_largest + 1);
    const bool roundCeiling = m_largest >= 255 && bits == std::floor(bits) && m_count >= 3;
    if (m_count == 0 || (m_largest != typeLargest && !roundCeiling))
        return std::nullopt;
    return Saturation{m_largest, m_count};
}

} // namespace dispersa
