#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden r without row means and a depth profile, from NumPy and SciPy. Run: python3 make_row_means_golden.py"""
import os
import sys

import numpy as np
from scipy import stats

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(2)
y = np.arange(12)[:, None]
shared = 0.04 * random.standard_normal((12, 9))
real = (0.02 * y + shared + 0.03 * random.standard_normal((12, 9))).astype(np.float32)
predicted = (0.1 + 0.015 * y + 0.5 * shared + 0.02 * random.standard_normal((12, 9))).astype(np.float32)
real[2, 3] = real[5, :] = np.nan
predicted[2, 4] = predicted[7, 1:] = np.nan  # row 7: one pixel in common

valid = np.isfinite(real) & np.isfinite(predicted)
a, b = np.where(valid, real, np.nan).astype(float), np.where(valid, predicted, np.nan).astype(float)
with np.errstate(all="ignore"):
    residual = [m - np.nanmean(m, axis=1, keepdims=True) for m in (a, b)]
    own = real.astype(float) - np.nanmean(real.astype(float), axis=1, keepdims=True)

# A training profile known in rows 4, 5, 9 and 14 of the full scan.
rows = np.array([9, 4, 14, 4, 5, 9, 14])
values = np.array([.3, .1, .5, .2, np.nan, .4, .45], dtype=np.float32)
known = np.array([4, 9, 14])
means = [values[(rows == r) & np.isfinite(values)].astype(float).mean() for r in known]

golden_io.write(os.path.join(here, "row_means_golden.json"), {
    "real": real, "predicted": predicted, "without": own,
    "plain": stats.pearsonr(a[valid], b[valid])[0],
    "without_row_means": stats.pearsonr(residual[0][valid], residual[1][valid])[0],
    "rows": rows, "values": values, "profile": np.interp(np.arange(0, 20), known, means),
})
