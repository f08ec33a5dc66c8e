// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers that are the same on every platform and with every standard library: what is drawn repeats.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace dispersa {

/// xoshiro256** 1.0 (Blackman & Vigna 2018), its state filled by splitmix64 from one seed.
class Random {
  public:
    explicit Random(std::uint64_t seed)
    {
        for (std::uint64_t& word : m_state) {
            seed += 0x9e3779b97f4a7c15u;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t next()
    {
        const std::uint64_t result = rotated(m_state[1] * 5, 7) * 9;
        const std::uint64_t t = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= t;
        m_state[3] = rotated(m_state[3], 45);
        return result;
    }

    /// Uniform in 0..limit-1, without bias (draws again in the incomplete last interval). limit > 0.
    std::uint64_t below(std::uint64_t limit)
    {
        const std::uint64_t excess = (0 - limit) % limit; // 2^64 mod limit
        std::uint64_t value = next();
        while (value < excess)
            value = next();
        return value % limit;
    }

    /// [0, 1), 53 bits.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

    /// Mean 0, standard deviation 1 (Box & Muller).
    double normal()
    {
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

    /// Fisher-Yates, from the end. std::shuffle differs between standard libraries.
    template<class T>
    void shuffle(std::span<T> items)
    {
        for (std::size_t i = items.size(); i > 1; --i)
            std::swap(items[i - 1], items[below(i)]);
    }

  private:
    static std::uint64_t rotated(std::uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }
    std::uint64_t m_state[4];
};

} // namespace dispersa
