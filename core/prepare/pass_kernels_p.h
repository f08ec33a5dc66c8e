// SPDX-License-Identifier: GPL-3.0-or-later
// The loops of a pass over patterns: sums, maxima, moments and statistics of raw values, each for every number type.
// NaN and Inf count as nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace dispersa::pass {

/// Detector pixels that follow each other in memory. A run that is weighed by place lies in one detector row.
struct Run {
    std::size_t first; ///< in the pattern, or in the window of it that was read
    std::size_t count; ///< at most bandValues
    int y;             ///< detector row and column of the first one
    int x;
};

/// Values of a pattern that are worked on together: with those of groupPatterns patterns they stay in the cache.
inline constexpr std::size_t bandValues = 16384;
/// Patterns whose equal pixels are added up before the running sum is touched.
inline constexpr std::size_t groupPatterns = 4;

/// Sums of up to narrowSummands numbers of at most 16 bits are exact in 32; all others are added up as double.
template<class T>
inline constexpr bool isNarrow = std::is_integral_v<T> && sizeof(T) <= 2;
inline constexpr std::int64_t narrowSummands = 32768;
template<class T>
using SumOf = std::conditional_t<isNarrow<T>, std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>, double>;

/// What a detector collects of one pattern.
struct Moments {
    double sum = 0;
    double sumY = 0; ///< of value x detector row
    double sumX = 0;
    double largest = -std::numeric_limits<double>::infinity();
};

/// True of 2^n - 1 with n >= 7: what a counter of n bits stops at, the largest numbers of all integer types among them.
bool mayBeCeiling(double value);

/// What is counted of values.
struct ValueCounts {
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();
    double sum = 0;
    std::int64_t atCeiling = 0; ///< values equal to max, if mayBeCeiling(max)
    std::int64_t negative = 0;
    std::int64_t notFinite = 0;

    void add(const ValueCounts& other);
};

template<class T>
struct Kernels {
    static double sum(const T* pattern, const Run* runs, std::size_t count);
    static double largest(const T* pattern, const Run* runs, std::size_t count);
    /// Adds to sum, sumY and to `columns` (by detector column), whose moment is taken when the pattern is over.
    static void moments(const T* pattern, const Run* runs, std::size_t count, SumOf<T>* columns, Moments& moments);
    /// sums[i] += patterns[..][i] for `count` values from `first`; up to groupPatterns patterns.
    static void add(const T* const* patterns, std::size_t many, std::size_t first, std::size_t count, SumOf<T>* sums);
    static void maximum(const T* const* patterns, std::size_t many, std::size_t first, std::size_t count, T* maxima);
    static void addAndMaximum(const T* const* patterns, std::size_t many, std::size_t first, std::size_t count,
                              SumOf<T>* sums, T* maxima);
    static void count(const T* values, std::size_t count, ValueCounts& counts);
    /// What maxima begin with: smaller than any value that counts.
    static constexpr T nothing()
    {
        if constexpr (std::is_floating_point_v<T>)
            return -std::numeric_limits<T>::infinity();
        else
            return std::numeric_limits<T>::lowest();
    }
};

} // namespace dispersa::pass
