#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden ridge and kernel ridge regressions of scikit-learn. Run: python3 make_regressor_golden.py"""
import os
import sys

import numpy as np
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

PENALTY, GAMMA, FLOOR = 0.02, 0.07, 0.03  # the floor of logarithms stands in core/learn/regressor.cpp

random = np.random.default_rng(3)
train = (random.normal(size=(60, 6)) * [1, 3, 0.1, 10, 1, 1] + [0, 5, -2, 0, 0, 1]).astype(np.float32)
test = (random.normal(size=(15, 6)) * [1, 3, 0.1, 10, 1, 1] + [0, 5, -2, 0, 0, 1]).astype(np.float32)
raw = np.exp((train[:, :3] - [0, 5, -2]) * [0.5, 0.1, 4] + 0.3 * np.sin(train[:, 3:]))
targets = raw / raw.sum(1, keepdims=True)
targets[:8, 0] = 0  # none of that element
targets[8, 1] = -0.01  # what a background subtraction leaves
targets = targets.astype(np.float32)

scaler = StandardScaler().fit(train.astype(float))
x, xt = scaler.transform(train.astype(float)), scaler.transform(test.astype(float))
golden = {"train": train, "targets": targets, "test": test, "penalty": PENALTY, "gamma": GAMMA}
for logarithm in (False, True):
    y = np.log(np.maximum(targets.astype(float), 0) + FLOOR) if logarithm else targets.astype(float)
    alpha = PENALTY * len(x)  # the penalty is per training point
    predictions = {"ridge": Ridge(alpha=alpha).fit(x, y).predict(xt),
                   "kernel": KernelRidge(alpha=alpha, kernel="rbf", gamma=GAMMA).fit(x, y - y.mean(0)).predict(xt) + y.mean(0)}
    for name, predicted in predictions.items():
        if not logarithm:
            golden[name] = predicted
            continue
        fractions = np.maximum(np.exp(predicted) - FLOOR, 0)
        golden[name + "_logarithm"] = fractions
        golden[name + "_composition"] = fractions / fractions.sum(1, keepdims=True)
golden_io.write(os.path.join(here, "regressor_golden.json"), golden)
