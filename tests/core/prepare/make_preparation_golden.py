#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden values of centring, masking and binning, and of the 99.9 % quantile. Run: python3 make_preparation_golden.py"""
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(7)
H, W = 31, 26

# A direct beam of radius 3.2 at (12.3, 15.8) on a weak halo, with a hot pixel far brighter than the beam.
y, x = np.mgrid[0:H, 0:W]
beam = np.hypot(y - 12.3, x - 15.8) <= 3.2
pattern = random.poisson(np.where(beam, 400.0, 5.0)).astype(np.float64)
pattern[25, 3] = 60000


def centre(p):
    padded = np.pad(p, 1)
    support = np.max([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]], axis=0)
    s = np.minimum(p, support)
    w = np.maximum(s - 0.5 * s.max(), 0)
    return (w * y).sum() / w.sum(), (w * x).sum() / w.sum()


def prepare(p, centred, beam_centre, radius, bin):
    if centred:
        cy, cx = centre(p)
        dy, dx = H // 2 - int(np.floor(cy + 0.5)), W // 2 - int(np.floor(cx + 0.5))
        shifted = np.zeros_like(p)
        for row in range(H):
            for column in range(W):
                if 0 <= row - dy < H and 0 <= column - dx < W:
                    shifted[row, column] = p[row - dy, column - dx]
        p = shifted
        beam_centre = H // 2, W // 2
    if radius > 0:
        p = np.where(np.hypot(y - beam_centre[0], x - beam_centre[1]) <= radius, 0, p)
    h, w = H // bin, W // bin
    return p[:h * bin, :w * bin].reshape(h, bin, w, bin).sum(axis=(1, 3))


cy, cx = centre(pattern)
assert abs(cy - 12.3) < 0.3 and abs(cx - 15.8) < 0.3
arrays = {
    "pattern": pattern.astype(np.float32),
    "centre": np.array([cy, cx]),
    "centred": prepare(pattern, True, None, 0, 1),
    "masked": prepare(pattern, False, (cy, cx), 4.5, 1),
    "binned": prepare(pattern, False, (0, 0), 0, 4),
    "all": prepare(pattern, True, None, 3.7, 3),
}

counts = random.negative_binomial(0.3, 0.002, size=(30, 6, 5))  # a long tail, many zeros
arrays["counts"] = counts
arrays["counts_quantile"] = np.quantile(counts, 0.999, method="inverted_cdf")
arrays["counts_quantile_part"] = np.quantile(counts[[3, 4, 17, 29]], 0.999, method="inverted_cdf")
real = (random.standard_normal((30, 6, 5)) * 100).astype(np.float32)
arrays["real"] = real
arrays["real_quantile"] = np.quantile(real, 0.999, method="inverted_cdf")
mixed = np.where(np.arange(30)[:, None, None] % 2 == 0, counts, real).astype(np.float32)
arrays["mixed"] = mixed
arrays["mixed_quantile"] = np.quantile(mixed, 0.999, method="inverted_cdf")

golden_io.write(os.path.join(here, "preparation_golden.json"), arrays)
