// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers of the example study: small, fast, and the same on every machine and with any number of threads.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>

namespace dispersa::simulate {

inline constexpr int largestInverted = 63; ///< beyond any quantile of a mean below 12
inline constexpr std::array<float, largestInverted + 1> reciprocals = [] {
    std::array<float, largestInverted + 1> table = {};
    for (int i = 1; i <= largestInverted; ++i)
        table[static_cast<std::size_t>(i)] = 1.0f / static_cast<float>(i);
    return table;
}();

/// xoshiro256++ (Blackman & Vigna 2019), seeded by splitmix64 over the keys: what is drawn for one pattern depends on
/// its keys alone (study seed, purpose, scan, index), not on what was drawn before.
class Random {
  public:
    explicit Random(std::initializer_list<std::uint64_t> keys)
    {
        std::uint64_t state = 0x243f6a8885a308d3ull;
        for (const std::uint64_t key : keys)
            state = mixed(state ^ mixed(key + 0x9e3779b97f4a7c15ull));
        for (auto& word : m_state)
            word = mixed(state += 0x9e3779b97f4a7c15ull);
    }

    std::uint64_t next()
    {
        const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = std::rotl(m_state[3], 45);
        return result;
    }

    /// [0, 1)
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// (0, 1), 24 bits.
    float uniformFloat() { return (static_cast<float>(next() >> 40) + 0.5f) * 0x1p-24f; }
    /// Mean 0, standard deviation 1 (Box & Muller).
    double normal()
    {
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

    /// Poisson-distributed count: exact inversion for small means, a skew-corrected normal above.
    int poisson(float mean) { return mean < smallMean ? invert(mean, std::exp(-mean)) : roundedNormal(mean); }
    /// The same with exp(-mean) at hand, which the pattern model computes many at a time; mean < smallMean.
    int invert(float mean, float atZero)
    {
        const float u = uniformFloat();
        float probability = atZero;
        float sum = probability;
        int count = 0;
        while (u > sum && count < largestInverted) {
            ++count;
            probability *= mean * reciprocals[static_cast<std::size_t>(count)];
            sum += probability;
        }
        return count;
    }
    int roundedNormal(float mean)
    {
        const double z = normal();
        const double value = double(mean) + std::sqrt(double(mean)) * z + (z * z - 1) / 6;
        return value <= 0 ? 0 : static_cast<int>(value + 0.5);
    }
    static constexpr float smallMean = 12;

  private:
    static std::uint64_t mixed(std::uint64_t z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    std::array<std::uint64_t, 4> m_state = {};
};

} // namespace dispersa::simulate
