#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether predictions are worse where patterns are unlike those of the training (hatched), and where sigma is large.

    novelty_error.py RUN SCAN... --truth FOLDER

RUN is a finished run's folder, FOLDER holds SCAN-TARGET-fraction.mrc over the whole scan or the run's rows 12 and on. Prints per scan
as a row of Markdown: share of hatched pixels, error under the hatch and beside it (mean over the targets of |predicted - true|, in
standard deviations of the truth), Spearman's correlation of novelty and error, and that of sigma and error per target.
"""
import argparse
import pathlib

import mrcfile
import numpy as np
from scipy.stats import spearmanr

arguments = argparse.ArgumentParser()
arguments.add_argument("run", type=pathlib.Path)
arguments.add_argument("scans", nargs="+")
arguments.add_argument("--truth", type=pathlib.Path, required=True)
options = arguments.parse_args()

for scan in options.scans:
    maps = options.run / "maps" / scan
    novelty = mrcfile.read(maps / "novelty.mrc").astype(float)
    errors, spreads = [], []
    for file in sorted(maps.glob("*-predicted.mrc")):
        truth = options.truth / f"{scan}-{file.name.removesuffix('-predicted.mrc')}-fraction.mrc"
        if not truth.exists():  # HAADF
            continue
        predicted, true = mrcfile.read(file).astype(float), mrcfile.read(truth).astype(float)
        if true.shape != predicted.shape:
            true = true[12:12 + predicted.shape[0], :predicted.shape[1]]
        errors.append(np.abs(predicted - true) / true.std())
        sigma = file.with_name(file.name.replace("-predicted", "-sigma"))
        if sigma.exists():
            rank = spearmanr(mrcfile.read(sigma).ravel(), errors[-1].ravel(), nan_policy="omit")[0]
            spreads.append(f"{file.name.removesuffix('-predicted.mrc')} {rank:+.2f}")
    error = np.mean(errors, 0)
    known = np.isfinite(novelty) & np.isfinite(error)
    novelty, error = novelty[known], error[known]
    under, beside = error[novelty > 1], error[novelty <= 1]
    print(f"| {options.run.name} | {scan} | {100 * len(under) / len(error):.0f} % | {under.mean() if len(under) else np.nan:.2f} "
          f"| {beside.mean() if len(beside) else np.nan:.2f} | {spearmanr(novelty, error)[0]:+.2f} | {' '.join(spreads)} |")
