#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden scores from SciPy and NumPy. Run: python3 make_metrics_golden.py"""
import os
import sys

import numpy as np
from scipy import stats

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(11)
real = (0.3 + 0.05 * random.standard_normal(200)).astype(np.float32)
predicted = (0.4 * real + 0.2 + 0.02 * random.standard_normal(200)).astype(np.float32)
real[[3, 50]] = np.nan
predicted[[7, 50, 199]] = np.nan
both = np.isfinite(real) & np.isfinite(predicted)
r, p = real[both].astype(np.float64), predicted[both].astype(np.float64)
alpha, beta = np.polyfit(p, r, 1)
corrected = (alpha * p + beta).astype(np.float32).astype(np.float64)

maps = random.standard_normal((3, 40)) @ np.eye(40) + random.standard_normal(40)
maps = maps.astype(np.float32)
others = (maps[[2, 0, 1]] + 0.7 * random.standard_normal((3, 40))).astype(np.float32)
matrix = np.corrcoef(np.vstack([maps, others]).astype(np.float64))

golden_io.write(os.path.join(here, "metrics_golden.json"), {
    "real": real, "predicted": predicted, "n": both.sum(),
    "pearson": stats.pearsonr(r, p)[0], "mae": np.abs(r - p).mean(),
    "error_percent": 100 * np.abs(r - p).mean() / r.mean(),
    "alpha": alpha, "beta": beta,
    "corrected_pearson": stats.pearsonr(r, corrected)[0], "corrected_mae": np.abs(r - corrected).mean(),
    "maps": maps, "others": others,
    "real_real": matrix[:3, :3], "predicted_predicted": matrix[3:, 3:], "cross": matrix[:3, 3:],
    "summary": np.array([np.mean([.5, .25, -.125]), np.std([.5, .25, -.125])]),
})
