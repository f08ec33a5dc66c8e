#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden profiles of probe neighbourhoods in NumPy and SciPy. The ring sums they are made of come from a formula that the test
repeats, so that they need not be stored. Run: python3 make_profile_features_golden.py"""
import os
import sys

import numpy as np
from scipy.ndimage import correlate1d

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

RINGS, SECTORS, ROWS, COLS = 64, 12, 9, 8
MISSING = (4, 3)  # a position without a pattern


def hashed(count, salt):
    """0..1, of double precision, from the index."""
    i = np.arange(count, dtype=np.uint64) + np.uint64(salt * 1000003)
    return ((i * np.uint64(2654435761)) % np.uint64(1 << 32)).astype(float) / (1 << 32)


n = ROWS * COLS
ring = np.arange(RINGS)
weight = (3 + 5 * hashed(n * RINGS, 1)).astype(np.float32).reshape(n, RINGS)
mean = 40 * np.exp(-ring / 12) * (0.7 + 0.6 * hashed(n * RINGS, 2).reshape(n, RINGS))
mean[:, 6] -= 40 * np.exp(-0.5)  # an offset that is too high: means on either side of 0
total = (mean * weight).astype(np.float32)
sector_weight = (0.2 + hashed(n * RINGS * SECTORS, 4)).astype(np.float32).reshape(n, RINGS, SECTORS)
sector_weight[:, 7, 2:9] = 0  # a beam stop: sectors without a pixel
sector_sum = (sector_weight * (mean[..., None] * (0.5 + 1.5 * hashed(n * RINGS * SECTORS, 5).reshape(n, RINGS, SECTORS)))).astype(np.float32)
missing = MISSING[0] * COLS + MISSING[1]
for array in (weight, total, sector_weight, sector_sum):
    array[missing] = 0


def box(values, size):
    """Sum over the positions there are of size x size ones."""
    kernel = np.ones(size)
    flat = values.astype(float).reshape(ROWS, COLS, -1)
    flat = correlate1d(correlate1d(flat, kernel, 0, mode="constant"), kernel, 1, mode="constant")
    return flat.reshape((n,) + values.shape[1:])


def trimmed():
    w, s = box(sector_weight, 3), box(sector_sum, 3)
    result = np.full((n, RINGS), np.nan)
    for p in range(n):
        for k in range(RINGS):
            there = w[p, k] > 1e-9  # running sums leave rounding where there is nothing
            means = np.sort(s[p, k][there] / w[p, k][there])
            if means.size:
                result[p, k] = means[: max(1, round(0.75 * means.size))].mean()  # 12 of 16, 4 of 5
    return result


trimmed_means = trimmed()
w, s = weight.astype(float), total.astype(float)
golden = {"trimmed": trimmed_means[::7, 5:9].astype(np.float32)}
for size in (1, 5, 11):
    with np.errstate(divide="ignore", invalid="ignore"):
        boxed = box(s, size) / box(w, size)
        finite = np.isfinite(trimmed_means)
        boxed_trimmed = box(np.where(finite, trimmed_means, 0), size) / box(finite.astype(float), size)
    there = box(w, size)[:, 4:9] > 1e-6
    there_trimmed = box(finite.astype(float), size)[:, 4:9] > 1e-6
    golden[f"mean{size}"] = np.where(there, np.log(np.maximum(boxed[:, 4:9], 0.005)), 0).astype(np.float32)
    golden[f"trimmed{size}"] = np.where(there_trimmed, np.log(np.maximum(boxed_trimmed[:, 4:9], 0.005)), 0).astype(np.float32)
golden_io.write(os.path.join(here, "profile_features_golden.json"), golden)
