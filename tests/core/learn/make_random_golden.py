#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the numbers tst_split.cpp expects: the reference algorithms written anew from Blackman & Vigna's paper."""
MASK = (1 << 64) - 1


def splitmix64(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def rotl(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


def xoshiro256ss(seed):
    words = splitmix64(seed)
    s = [next(words) for _ in range(4)]
    while True:
        yield (rotl((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)


def below(numbers, limit):
    while True:
        value = next(numbers)
        if value >= (1 << 64) % limit:
            return value % limit


def shuffled(items, numbers):
    items = list(items)
    for i in range(len(items), 1, -1):
        j = below(numbers, i)
        items[i - 1], items[j] = items[j], items[i - 1]
    return items


if __name__ == "__main__":
    numbers = xoshiro256ss(42)
    print("numbers:", [hex(next(numbers)) for _ in range(3)])
    print("test pixels of 5 x 4:", sorted(shuffled(range(20), xoshiro256ss(42))[:4]))
