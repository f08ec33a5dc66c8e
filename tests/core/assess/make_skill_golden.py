#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden skill scores from scikit-learn's mean_squared_error. Run: python3 make_skill_golden.py"""
import os
import sys

import numpy as np
from scipy import stats
from sklearn.metrics import mean_absolute_error, mean_squared_error

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(4)
real = random.standard_normal(60).astype(np.float32)
maps = {name: (real + sd * random.standard_normal(60)).astype(np.float32)
        for name, sd in (("predicted", .4), ("good", .5), ("poor", 2), ("patchy", .1))}
real[3] = maps["predicted"][7] = maps["good"][11] = np.nan
maps["patchy"][10:55] = np.nan  # closest, but it says something about a quarter of the pixels only


def over(*arrays):
    valid = np.all([np.isfinite(a) for a in arrays], axis=0)
    return [a[valid].astype(float) for a in arrays]


def skill(baseline, *more):
    r, p, b = over(real, maps["predicted"], baseline, *more)[:3]
    return 1 - mean_squared_error(r, p) / mean_squared_error(r, b)


out = {"real": real, **maps}
for name in ("good", "poor", "patchy"):
    r, b = over(real, maps[name])
    out[name + "_scores"] = np.array([len(r), stats.pearsonr(r, b)[0], mean_absolute_error(r, b), skill(maps[name])])
out["mse"] = mean_squared_error(*over(real, maps["predicted"]))
out["best"] = skill(maps["good"], maps["poor"])
out["best_n"] = len(over(real, *[maps[m] for m in ("predicted", "good", "poor")])[0])
golden_io.write(os.path.join(here, "skill_golden.json"), out)
