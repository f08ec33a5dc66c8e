#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden radial profile (plain NumPy) and peaks (scipy.signal.find_peaks). Run: python3 make_profile_golden.py"""
import os
import sys

import numpy as np
from scipy import signal

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(5)
H, W, CY, CX = 40, 46, 18.4, 23.7
y, x = np.mgrid[0:H, 0:W]
radius = np.hypot(y - CY, x - CX)
pattern = (100 * np.exp(-radius / 5) + 30 * np.exp(-((radius - 9) / 1.5)**2) + random.random((H, W))).astype(np.float32)

rings = int(np.floor(min(CY, CX, H - 1 - CY, W - 1 - CX))) + 1
profile = np.zeros(rings)
for ring in range(rings):
    weight = np.clip(1 - np.abs(radius - ring), 0, None)  # a pixel's share falls linearly to the neighbouring rings
    weight[radius >= rings] = 0
    profile[ring] = (weight * pattern).sum() / weight.sum()

curve = np.convolve(np.exp(-np.arange(120) / 40) + 0.3 * random.random(120), np.ones(5) / 5, mode="same")
curve[60:63] = curve[60:63].max() + 0.4  # a plateau
peaks, properties = signal.find_peaks(curve[10:], prominence=0.05 * np.ptp(curve[10:]))
order = np.argsort(-properties["prominences"], kind="stable")

golden_io.write(os.path.join(here, "profile_golden.json"), {
    "pattern": pattern, "centre": np.array([CY, CX]), "profile": profile,
    "curve": curve, "peaks": peaks[order] + 10,
})
