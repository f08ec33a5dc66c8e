// SPDX-License-Identifier: GPL-3.0-or-later
// Loops written so that the compiler turns them into vectors, for each processor the best it has. This file is compiled
// with leave to reorder sums (see CMakeLists.txt): partial sums need not wait for each other.
#include "core/prepare/pass_kernels_p.h"

#include <algorithm>
#include <cmath>

// One version per instruction set, chosen when the program starts. The sanitizers' start-up code forbids that choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DISPERSA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPERSA_CLONES
#endif
#if defined(__GNUC__)
#define DISPERSA_INLINE inline __attribute__((always_inline))
#else
#define DISPERSA_INLINE inline
#endif

namespace dispersa::pass {
namespace {

/// The value as the sums' type; NaN and Inf as zero.
template<class T>
DISPERSA_INLINE SumOf<T> counted(T value)
{
    if constexpr (std::is_floating_point_v<T>)
        return std::abs(value) <= std::numeric_limits<T>::max() ? static_cast<double>(value) : 0.0;
    else
        return static_cast<SumOf<T>>(value);
}

template<class T>
DISPERSA_INLINE T larger(T value, T before)
{
    if constexpr (std::is_floating_point_v<T>) // false for NaN
        return value > before && value <= std::numeric_limits<T>::max() ? value : before;
    else
        return value > before ? value : before;
}

template<class T>
DISPERSA_INLINE SumOf<T> sumLoop(const T* values, std::size_t count)
{
    SumOf<T> sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += counted(values[i]);
    return sum;
}

template<class T>
DISPERSA_INLINE double sumRuns(const T* pattern, const Run* runs, std::size_t count)
{
    double sum = 0;
    for (std::size_t r = 0; r < count; ++r)
        sum += static_cast<double>(sumLoop(pattern + runs[r].first, runs[r].count));
    return sum;
}

template<class T>
DISPERSA_INLINE double largestOfRuns(const T* pattern, const Run* runs, std::size_t count)
{
    T most = Kernels<T>::nothing();
    for (std::size_t r = 0; r < count; ++r) {
        const T* values = pattern + runs[r].first;
        for (std::size_t i = 0; i < runs[r].count; ++i)
            most = larger(values[i], most);
    }
    return static_cast<double>(most);
}

template<class T>
DISPERSA_INLINE void momentRuns(const T* pattern, const Run* runs, std::size_t count, SumOf<T>* columns,
                                Moments& moments)
{
    for (std::size_t r = 0; r < count; ++r) {
        const T* __restrict values = pattern + runs[r].first;
        SumOf<T>* __restrict column = columns + runs[r].x;
        SumOf<T> row = 0;
        for (std::size_t i = 0; i < runs[r].count; ++i) {
            const SumOf<T> value = counted(values[i]);
            column[i] += value;
            row += value;
        }
        moments.sum += static_cast<double>(row);
        moments.sumY += static_cast<double>(row) * runs[r].y;
    }
}

template<class T>
DISPERSA_INLINE void addLoop(const T* const* patterns, std::size_t many, std::size_t first, std::size_t count,
                             SumOf<T>* sums)
{
    SumOf<T>* __restrict to = sums + first;
    if (many == groupPatterns) {
        const T *__restrict a = patterns[0] + first, *__restrict b = patterns[1] + first,
                *__restrict c = patterns[2] + first, *__restrict d = patterns[3] + first;
        for (std::size_t i = 0; i < count; ++i)
            to[i] += (counted(a[i]) + counted(b[i])) + (counted(c[i]) + counted(d[i]));
        return;
    }
    for (std::size_t p = 0; p < many; ++p) {
        const T* __restrict from = patterns[p] + first;
        for (std::size_t i = 0; i < count; ++i)
            to[i] += counted(from[i]);
    }
}

template<class T>
DISPERSA_INLINE void maximumLoop(const T* const* patterns, std::size_t many, std::size_t first, std::size_t count,
                                 T* maxima)
{
    T* __restrict to = maxima + first;
    if (many == groupPatterns) {
        const T *__restrict a = patterns[0] + first, *__restrict b = patterns[1] + first,
                *__restrict c = patterns[2] + first, *__restrict d = patterns[3] + first;
        for (std::size_t i = 0; i < count; ++i)
            to[i] = larger(a[i], larger(b[i], larger(c[i], larger(d[i], to[i]))));
        return;
    }
    for (std::size_t p = 0; p < many; ++p) {
        const T* __restrict from = patterns[p] + first;
        for (std::size_t i = 0; i < count; ++i)
            to[i] = larger(from[i], to[i]);
    }
}

template<class T>
DISPERSA_INLINE void countLoop(const T* values, std::size_t count, ValueCounts& counts)
{
    SumOf<T> sum = 0;
    T most = Kernels<T>::nothing();
    std::uint32_t saturated = 0, negative = 0, notFinite = 0;
    if constexpr (std::is_floating_point_v<T>) {
        T least = std::numeric_limits<T>::infinity();
        for (std::size_t i = 0; i < count; ++i) {
            const T value = values[i];
            const bool finite = std::abs(value) <= std::numeric_limits<T>::max();
            sum += finite ? static_cast<double>(value) : 0.0;
            most = finite && value > most ? value : most;
            least = finite && value < least ? value : least;
            negative += value < 0;
            notFinite += !finite;
        }
        counts.min = std::min(counts.min, static_cast<double>(least));
    } else {
        T least = std::numeric_limits<T>::max();
        for (std::size_t i = 0; i < count; ++i) {
            const T value = values[i];
            sum += static_cast<SumOf<T>>(value);
            most = std::max(most, value);
            least = std::min(least, value);
            saturated += value == std::numeric_limits<T>::max();
            if constexpr (std::is_signed_v<T>)
                negative += value < 0;
        }
        counts.min = std::min(counts.min, static_cast<double>(least));
    }
    counts.max = std::max(counts.max, static_cast<double>(most));
    counts.sum += static_cast<double>(sum);
    counts.saturated += saturated;
    counts.negative += negative;
    counts.notFinite += notFinite;
}

} // namespace

void ValueCounts::add(const ValueCounts& other)
{
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    sum += other.sum;
    saturated += other.saturated;
    negative += other.negative;
    notFinite += other.notFinite;
}

// Clones are made of functions alone, not of templates.
#define DISPERSA_KERNELS(T)                                                                                            \
    template<>                                                                                                         \
    DISPERSA_CLONES double Kernels<T>::sum(const T* pattern, const Run* runs, std::size_t count)                       \
    {                                                                                                                  \
        return sumRuns(pattern, runs, count);                                                                          \
    }                                                                                                                  \
    template<>                                                                                                         \
    DISPERSA_CLONES double Kernels<T>::largest(const T* pattern, const Run* runs, std::size_t count)                   \
    {                                                                                                                  \
        return largestOfRuns(pattern, runs, count);                                                                    \
    }                                                                                                                  \
    template<>                                                                                                         \
    DISPERSA_CLONES void Kernels<T>::moments(const T* pattern, const Run* runs, std::size_t count, SumOf<T>* columns,  \
                                             Moments& moments)                                                         \
    {                                                                                                                  \
        momentRuns(pattern, runs, count, columns, moments);                                                            \
    }                                                                                                                  \
    template<>                                                                                                         \
    DISPERSA_CLONES void Kernels<T>::add(const T* const* patterns, std::size_t many, std::size_t first,                \
                                         std::size_t count, SumOf<T>* sums)                                            \
    {                                                                                                                  \
        addLoop(patterns, many, first, count, sums);                                                                   \
    }                                                                                                                  \
    template<>                                                                                                         \
    DISPERSA_CLONES void Kernels<T>::maximum(const T* const* patterns, std::size_t many, std::size_t first,            \
                                             std::size_t count, T* maxima)                                             \
    {                                                                                                                  \
        maximumLoop(patterns, many, first, count, maxima);                                                             \
    }                                                                                                                  \
    template<>                                                                                                         \
    DISPERSA_CLONES void Kernels<T>::count(const T* values, std::size_t count, ValueCounts& counts)                    \
    {                                                                                                                  \
        countLoop(values, count, counts);                                                                              \
    }

DISPERSA_KERNELS(std::int8_t)
DISPERSA_KERNELS(std::uint8_t)
DISPERSA_KERNELS(std::int16_t)
DISPERSA_KERNELS(std::uint16_t)
DISPERSA_KERNELS(std::int32_t)
DISPERSA_KERNELS(std::uint32_t)
DISPERSA_KERNELS(std::int64_t)
DISPERSA_KERNELS(std::uint64_t)
DISPERSA_KERNELS(float)
DISPERSA_KERNELS(double)

} // namespace dispersa::pass
