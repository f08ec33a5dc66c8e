#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden ring sums of a few patterns in plain NumPy, pixel by pixel as the definition says. Run: python3 make_ring_sums_golden.py"""
import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

RINGS, SECTORS = 64, 12
H, W = 36, 40
OFFSET = 40
ELLIPSE_RATIO, ELLIPSE_ANGLE_DEG = 1.06, 25.0

y, x = np.mgrid[0:H, 0:W].astype(float)


def pattern(beam, random):
    r = np.hypot(y - beam[0], x - beam[1])
    counts = 900 * np.exp(-0.5 * (r / 1.4) ** 2) + 6 * np.exp(-0.5 * ((r - 9) / 1.5) ** 2)
    counts += 30 * np.exp(-0.5 * (np.hypot(y - beam[0] + 8, x - beam[1] - 4) / 0.8) ** 2)  # a Bragg spot
    counts = np.round(counts + OFFSET + random.poisson(4, (H, W)))
    counts[tuple(np.transpose([(0, 0), (9, 30), (27, 12), (35, 39)]))] = np.nan
    return counts


def beam_of(counts):
    """Centroid of what rises above half of the robust maximum (a pixel counts no more than its brightest neighbour)."""
    padded = np.pad(np.nan_to_num(counts), 1)
    neighbours = np.maximum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    robust = np.minimum(padded[1:-1, 1:-1], neighbours)
    weight = np.clip(robust - robust.max() / 2, 0, None)
    return (weight * y).sum() / weight.sum(), (weight * x).sum() / weight.sum()


def rounded(dy, dx, ratio, angle_deg):
    """From an ellipse whose long axis has that angle from +x towards +y to a circle of the same area."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    along, across = (c * dx + s * dy) / np.sqrt(ratio), (-s * dx + c * dy) * np.sqrt(ratio)
    return s * along + c * across, c * along - s * across


def sums(counts, offset, beam, ratio=1.0, angle_deg=0.0):
    """weight, sum [RINGS] and the same [RINGS, SECTORS]."""
    dy, dx = rounded(y - beam[0], x - beam[1], ratio, angle_deg)
    radius = np.hypot(dy, dx) / (min(H, W) / 2 / RINGS)
    turn = np.mod(np.arctan2(dy, dx), 2 * np.pi) * SECTORS / (2 * np.pi)  # from +x towards +y
    used = np.isfinite(counts) & (radius < RINGS)
    border = np.abs(turn - np.round(turn))[used].min()
    rings, sectors = np.zeros((2, RINGS)), np.zeros((2, RINGS, SECTORS))
    for r, t, value in zip(radius[used], turn[used], counts[used] - offset):
        k = int(r)
        for ring, share in ((k, 1 - (r - k)), (k + 1, r - k)):
            if ring < RINGS:
                rings[:, ring] += share, share * value
                sectors[:, ring, int(t)] += share, share * value
    return rings, sectors, border


# A sector is told to 0.002 of its width: the first seed is taken whose first pattern has no pixel that near to a border.
for seed in range(1000):
    random = np.random.default_rng(seed)
    true_beams = [(17.5, 19.5) + random.uniform(-2, 2, 2) for _ in range(3)]
    patterns = [pattern(beam, random) for beam in true_beams]
    if sums(patterns[0], 0, beam_of(patterns[0]))[2] > 0.002:
        break
else:
    raise SystemExit("no such seed: choose other beams")
corner = np.hypot(y - (H - 1) / 2, x - (W - 1) / 2) > 1.06 * min(H, W) / 2
offset = np.nanmean([p[corner] for p in patterns])
golden = {"patterns": np.array(patterns, np.float32), "true_beams": np.array(true_beams), "offset": offset}
for name, beams, ellipse in (("com", [beam_of(p) for p in patterns], (1.0, 0.0)),
                             ("ellipse", [beam_of(p) for p in patterns], (ELLIPSE_RATIO, ELLIPSE_ANGLE_DEG)),
                             ("subpixel", true_beams, (1.0, 0.0))):
    made = [sums(p, offset, beam, *ellipse) for p, beam in zip(patterns, beams)]
    rings = np.array([r for r, _, _ in made])
    for i, what in enumerate(("weight", "sum")):
        golden[f"{name}_{what}"] = rings[:, i].astype(np.float32)
    if name == "com":
        golden["sector_weight"], golden["sector_sum"] = made[0][1].astype(np.float32)
golden_io.write(os.path.join(here, "ring_sums_golden.json"), golden)
