#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden autocorrelations and effective sample sizes, from sums written out in NumPy. Run: python3 make_spatial_golden.py"""
import os
import sys

import numpy as np
from scipy import ndimage

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(3)
shape = (21, 13)
a = (5 + ndimage.gaussian_filter(random.standard_normal(shape), 1.5)).astype(np.float32)
b = (0.5 * a + ndimage.gaussian_filter(random.standard_normal(shape), 1.2)).astype(np.float32)
a[4:7, 2:5] = a[20, 0] = np.nan
b[10, :6] = np.nan


def autocorrelation(image):
    valid = np.isfinite(image)
    z = np.where(valid, image.astype(float) - image[valid].astype(float).mean(), 0)
    height, width = image.shape
    rho, pairs = np.zeros((2 * height - 1, 2 * width - 1)), np.zeros((2 * height - 1, 2 * width - 1))
    for dy in range(1 - height, height):
        for dx in range(1 - width, width):
            here_ = (slice(max(0, -dy), min(height, height - dy)), slice(max(0, -dx), min(width, width - dx)))
            there = (slice(max(0, dy), min(height, height + dy)), slice(max(0, dx), min(width, width + dx)))
            n = (valid[here_] & valid[there]).sum()
            pairs[dy + height - 1, dx + width - 1] = n
            if n:
                rho[dy + height - 1, dx + width - 1] = (z[here_] * z[there]).sum() / n
    return rho / (z[valid] ** 2).mean(), pairs


def rings(image):
    height, width = image.shape
    return np.rint(np.hypot(*np.mgrid[1 - height:height, 1 - width:width])).astype(int)


def reach(image, rho, pairs):
    r, longest = rings(image), max(image.shape) // 2
    return next((d for d in range(1, longest) if (rho * pairs)[r == d].sum() <= 0), longest)


rho, pairs = autocorrelation(a)
near = rings(a) < reach(a, rho, pairs)
n = np.isfinite(a).sum()
common = np.isfinite(a) & np.isfinite(b)
ra, na = autocorrelation(np.where(common, a, np.nan))
rb, nb = autocorrelation(np.where(common, b, np.nan))
both = rings(a) < min(reach(a, ra, na), reach(b, rb, nb))
golden_io.write(os.path.join(here, "spatial_golden.json"), {
    "a": a, "b": b, "rho": rho, "pairs": pairs, "reach": reach(a, rho, pairs),
    "length": np.sqrt(rho[near].sum() / np.pi), "size": n ** 2 / (rho * pairs)[near].sum(),
    "size_both": 1 + common.sum() ** 2 / (na * ra * rb)[both].sum(),
})
