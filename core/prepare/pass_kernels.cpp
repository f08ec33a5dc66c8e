// SPDX-License-Identifier: GPL-3.0-or-later
// Loops written so that the compiler turns them into vectors, for each processor the best it has. This file is compiled
// with leave to reorder sums (see CMakeLists.txt): partial sums need not wait for each other.
#include "core/prepare/pass_kernels_p.h"

#include "core/base/vector_clones.h"

#include <algorithm>
#include <cmath>

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

/// Asks for memory some way ahead of values first..end: the processor does not see by itself that rows read side by side
/// follow each other.
template<class T>
DISPERSA_INLINE void fetchAhead(std::size_t first, std::size_t end, const T* pattern)
{
#if defined(__GNUC__)
    constexpr std::size_t ahead = 4096 / sizeof(T), line = 64 / sizeof(T);
    for (std::size_t i = first; i < end; i += line)
        __builtin_prefetch(pattern + i + ahead);
#endif
}

/// Adds values to their columns; their sum.
template<class T>
DISPERSA_INLINE SumOf<T> addToColumns(const T* __restrict values, std::size_t count, SumOf<T>* __restrict columns)
{
    SumOf<T> row = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const SumOf<T> value = counted(values[i]);
        columns[i] += value;
        row += value;
    }
    return row;
}

template<class T>
DISPERSA_INLINE void momentRuns(const T* pattern, const Run* runs, std::size_t count, SumOf<T>* columns,
                                Moments& moments)
{
    constexpr std::size_t together = 4;
    const auto addRow = [&moments](SumOf<T> row, int y) {
        moments.sum += static_cast<double>(row);
        moments.sumY += static_cast<double>(row) * y;
    };
    const auto end = [](const Run& run) { return run.x + static_cast<int>(run.count); };
    for (std::size_t r = 0; r < count;) {
        // Four rows at a time where they overlap, so that the columns are touched once.
        int left = runs[r].x, right = end(runs[r]);
        const std::size_t many = std::min(together, count - r);
        for (std::size_t k = 1; k < many; ++k) {
            left = std::max(left, runs[r + k].x);
            right = std::min(right, end(runs[r + k]));
        }
        if (many < together || right - left < 16) {
            addRow(addToColumns(pattern + runs[r].first, runs[r].count, columns + runs[r].x), runs[r].y);
            ++r;
            continue;
        }
        const T* rows[together] = {};
        SumOf<T> edges[together] = {};
        for (std::size_t k = 0; k < together; ++k) {
            const Run& run = runs[r + k];
            const auto before = static_cast<std::size_t>(left - run.x);
            const auto after = static_cast<std::size_t>(end(run) - right);
            const T* values = pattern + run.first;
            rows[k] = values + before;
            edges[k] = addToColumns(values, before, columns + run.x) +
                       addToColumns(values + run.count - after, after, columns + right);
        }
        fetchAhead(runs[r].first, runs[r + together - 1].first + runs[r + together - 1].count, pattern);
        const T *__restrict a = rows[0], *__restrict b = rows[1], *__restrict c = rows[2], *__restrict d = rows[3];
        SumOf<T>* __restrict column = columns + left;
        SumOf<T> sumA = 0, sumB = 0, sumC = 0, sumD = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(right - left); ++i) {
            const SumOf<T> va = counted(a[i]), vb = counted(b[i]), vc = counted(c[i]), vd = counted(d[i]);
            column[i] += (va + vb) + (vc + vd);
            sumA += va;
            sumB += vb;
            sumC += vc;
            sumD += vd;
        }
        addRow(sumA + edges[0], runs[r].y);
        addRow(sumB + edges[1], runs[r + 1].y);
        addRow(sumC + edges[2], runs[r + 2].y);
        addRow(sumD + edges[3], runs[r + 3].y);
        r += together;
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
DISPERSA_INLINE void addAndMaximumLoop(const T* const* patterns, std::size_t many, std::size_t first, std::size_t count,
                                       SumOf<T>* sums, T* maxima)
{
    if (many != groupPatterns) {
        addLoop(patterns, many, first, count, sums);
        maximumLoop(patterns, many, first, count, maxima);
        return;
    }
    const T *__restrict a = patterns[0] + first, *__restrict b = patterns[1] + first,
            *__restrict c = patterns[2] + first, *__restrict d = patterns[3] + first;
    SumOf<T>* __restrict sum = sums + first;
    T* __restrict most = maxima + first;
    for (std::size_t i = 0; i < count; ++i) {
        sum[i] += (counted(a[i]) + counted(b[i])) + (counted(c[i]) + counted(d[i]));
        most[i] = larger(a[i], larger(b[i], larger(c[i], larger(d[i], most[i]))));
    }
}

template<class T, class Is>
DISPERSA_INLINE std::int64_t howMany(const T* values, std::size_t count, Is is)
{
    // Counted in numbers no wider than the values, of which a vector holds as many.
    static_assert(bandValues <= std::numeric_limits<std::uint16_t>::max());
    std::conditional_t<sizeof(T) <= 2, std::uint16_t, std::uint32_t> many = 0;
    for (std::size_t i = 0; i < count; ++i)
        many = static_cast<decltype(many)>(many + (is(values[i]) ? 1 : 0));
    return many;
}

template<class T>
DISPERSA_INLINE void countLoop(const T* values, std::size_t count, ValueCounts& counts)
{
    // What is rare is only counted where the smallest and the largest value say that there is any.
    SumOf<T> sum = 0;
    T most = Kernels<T>::nothing();
    if constexpr (std::is_floating_point_v<T>) {
        T least = std::numeric_limits<T>::infinity();
        std::uint32_t notFinite = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const T value = values[i];
            const bool finite = std::abs(value) <= std::numeric_limits<T>::max();
            sum += finite ? static_cast<double>(value) : 0.0;
            most = finite && value > most ? value : most;
            least = finite && value < least ? value : least;
            notFinite += !finite;
        }
        counts.min = std::min(counts.min, static_cast<double>(least));
        counts.notFinite += notFinite;
        if (least < 0)
            counts.negative +=
                howMany(values, count, [](T value) { return value < 0 && value >= std::numeric_limits<T>::lowest(); });
    } else {
        T least = std::numeric_limits<T>::max();
        for (std::size_t i = 0; i < count; ++i) {
            const T value = values[i];
            sum += static_cast<SumOf<T>>(value);
            most = std::max(most, value);
            least = std::min(least, value);
        }
        counts.min = std::min(counts.min, static_cast<double>(least));
        if constexpr (std::is_signed_v<T>)
            if (least < 0)
                counts.negative += howMany(values, count, [](T value) { return value < 0; });
    }
    counts.sum += static_cast<double>(sum);
    const auto largest = static_cast<double>(most);
    if (largest > counts.max)
        counts.atCeiling = 0;
    if (largest >= counts.max && mayBeCeiling(largest))
        counts.atCeiling += howMany(values, count, [most](T value) { return value == most; });
    counts.max = std::max(counts.max, largest);
}

} // namespace

bool mayBeCeiling(double value)
{
    const double bits = std::log2(value + 1);
    return value >= 127 && bits == std::floor(bits);
}

void ValueCounts::add(const ValueCounts& other)
{
    if (other.max > max)
        atCeiling = 0;
    if (other.max >= max)
        atCeiling += other.atCeiling;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
    sum += other.sum;
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
    DISPERSA_CLONES void Kernels<T>::addAndMaximum(const T* const* patterns, std::size_t many, std::size_t first,      \
                                                   std::size_t count, SumOf<T>* sums, T* maxima)                       \
    {                                                                                                                  \
        addAndMaximumLoop(patterns, many, first, count, sums, maxima);                                                 \
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
