// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/saturation.h"

#include "core/prepare/pass_kernels_p.h"

#include <algorithm>

namespace dispersa {
namespace {

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

template<class T>
void addValues(const T* values, std::size_t count, SaturationCounter& counter)
{
    pass::ValueCounts counts;
    for (std::size_t first = 0; first < count; first += pass::bandValues)
        pass::Kernels<T>::count(values + first, std::min(pass::bandValues, count - first), counts);
    counter.add(counts.max, counts.atCeiling);
}

} // namespace

void SaturationCounter::add(ElementType type, std::span<const std::byte> raw)
{
    withIntegerType(type, [&]<class T>(T) {
        addValues(reinterpret_cast<const T*>(raw.data()), raw.size() / sizeof(T), *this);
    });
}

void SaturationCounter::add(std::span<const float> values)
{
    addValues(values.data(), values.size(), *this);
}

void SaturationCounter::add(double largest, std::int64_t values)
{
    if (largest > m_largest)
        m_values = 0;
    if (largest >= m_largest)
        m_values += values;
    m_largest = std::max(m_largest, largest);
}

std::optional<Saturation> SaturationCounter::found(ElementType type) const
{
    std::optional<double> typeLargest;
    withIntegerType(type, [&]<class T>(T) { typeLargest = static_cast<double>(std::numeric_limits<T>::max()); });
    if (!typeLargest || m_values == 0)
        return std::nullopt;
    if (m_largest != *typeLargest && (m_largest < 255 || m_values < 3))
        return std::nullopt;
    return Saturation{m_largest, m_values};
}

} // namespace dispersa
