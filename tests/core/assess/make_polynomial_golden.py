#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden polynomial fits from NumPy. Run: python3 make_polynomial_golden.py"""
import os
import sys

import numpy as np
from numpy.polynomial import Polynomial

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(6)
x = 1000 + 0.1 * random.random(80)  # powers of these are alike to 13 digits
y = np.sin(40 * x) + 0.1 * random.standard_normal(80)
x[5] = y[9] = np.nan
valid = np.isfinite(x) & np.isfinite(y)
queries = np.linspace(x[valid].min(), x[valid].max(), 9)
fits = [Polynomial.fit(x[valid], y[valid], degree) for degree in (1, 2, 3)]
golden_io.write(os.path.join(here, "polynomial_golden.json"), {
    "x": x, "y": y, "queries": queries,
    "fits": np.array([fit(queries) for fit in fits]), "slopes": np.array([fit.deriv()(queries) for fit in fits]),
    "coefficients3": fits[2].coef,
})
