#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden calibration curves from scikit-learn and NumPy. Run: python3 make_calibration_golden.py"""
import os
import sys

import numpy as np
from sklearn.isotonic import IsotonicRegression

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(9)
predicted = np.round(0.2 + 0.1 * random.standard_normal(300), 2).astype(np.float32)  # with ties
predicted[predicted < 0.05] = 0  # as a ReLU does: a tenth of all are equal
real = (np.tanh(3 * predicted) + 0.1 * random.standard_normal(300)).astype(np.float32)
predicted[4] = real[17] = np.nan
valid = np.isfinite(real) & np.isfinite(predicted)
p, r = predicted[valid].astype(float), real[valid].astype(float)
queries = np.linspace(-0.2, 0.8, 41)

out = {"real": real, "predicted": predicted, "queries": queries}
out["linear"] = np.polyval(np.polyfit(p, r, 1), queries)
parabola = np.poly1d(np.polyfit(p, r, 2))
inside = np.clip(queries, p.min(), p.max())
out["quadratic"] = parabola(inside) + parabola.deriv()(inside) * (queries - inside)
isotonic = IsotonicRegression(out_of_bounds="clip").fit(p, r)
out["isotonic"] = isotonic.predict(queries)
out["isotonic_x"], out["isotonic_y"] = isotonic.X_thresholds_, isotonic.y_thresholds_
share = np.linspace(0, 1, 101)
x, y = np.quantile(p, share), np.quantile(r, share)
knots = np.unique(x)
out["quantile"] = np.interp(queries, knots, [y[x == k].mean() for k in knots])
golden_io.write(os.path.join(here, "calibration_golden.json"), out)
