#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden projections onto the simplex, by SciPy's quadratic minimiser rather than Duchi's formula, and exact ones by
trying every set of positive values. Run: python3 make_simplex_golden.py"""
import itertools
import os
import sys

import numpy as np
from scipy import optimize

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io


def nearest(v):
    best = None
    for size in range(1, len(v) + 1):
        for kept in itertools.combinations(range(len(v)), size):
            x = np.zeros(len(v))
            x[list(kept)] = v[list(kept)] + (1 - v[list(kept)].sum()) / size
            if x.min() >= 0 and (best is None or ((x - v) ** 2).sum() < ((best - v) ** 2).sum()):
                best = x
    return best


random = np.random.default_rng(1)
points = 0.4 * random.standard_normal((40, 5)) + 0.2
points[0] = [.2, .2, .2, .2, .2]
points[1] = [5, 0, 0, 0, 0]
points[2] = [-3, -3, -3, -3, -3]
expected = np.array([nearest(p) for p in points])
for p, e in zip(points, expected):
    found = optimize.minimize(lambda x: ((x - p) ** 2).sum(), np.full(5, .2), bounds=[(0, None)] * 5, tol=1e-12,
                              constraints={"type": "eq", "fun": lambda x: x.sum() - 1}).x
    assert np.abs(found - e).max() < 1e-5
golden_io.write(os.path.join(here, "simplex_golden.json"), {"points": points, "expected": expected})
