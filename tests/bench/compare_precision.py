#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bfloat16 costs: validation losses of the same training in fp32 and bf16, and the maps of one model in both.

    compare_precision.py CLI FOLDER --out DIR [--train 0033] [--predict 0037] [--recipe paper] [--epochs 3] [--seeds 3]
                         [--crop 12,0,88,45] [--threads 2]

CLI is dispersa-cli, FOLDER a folder of scans. Prints, per seed, the loss after the last epoch in both and their ratio, then the
largest and the mean absolute difference of the predicted maps (atomic fractions) when the fp32 model predicts in either.
"""
import argparse
import csv
import json
import pathlib
import subprocess

import mrcfile
import numpy as np

arguments = argparse.ArgumentParser()
arguments.add_argument("cli")
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("--out", type=pathlib.Path, required=True)
arguments.add_argument("--train", default="0033")
arguments.add_argument("--predict", default="0037")
arguments.add_argument("--recipe", default="paper")
arguments.add_argument("--epochs", default="3")
arguments.add_argument("--seeds", type=int, default=3)
arguments.add_argument("--crop", default="12,0,88,45")
arguments.add_argument("--threads", default="2")
options = arguments.parse_args()
options.out.mkdir(parents=True, exist_ok=True)
study = options.out / "study.dispersa"
subprocess.run([options.cli, "study", options.folder, "--out", study, "--train", options.train, "--predict", options.predict,
                "--crop", options.crop, "--recipe", options.recipe], check=True)


def last_loss(seed, precision):
    folder = options.out / f"{precision}-{seed}"
    if not (folder / "run.json").exists():
        subprocess.run([options.cli, "run", study, "--out", folder, "--seed", str(seed), "--precision", precision,
                        "--epochs", options.epochs, "--patience", "1000", "--threads", options.threads, "--quiet"],
                       check=True, stdout=subprocess.DEVNULL)
    with open(folder / "run.json") as file:
        assert json.load(file)["precision"] == precision
    with open(folder / "history.csv") as file:
        return float(list(csv.DictReader(file))[-1]["val_loss"])


def predicted(precision):
    scan = next(options.folder.glob(f"{options.predict} *"))
    folder = options.out / f"predicted-{precision}"
    subprocess.run([options.cli, "predict", options.out / "fp32-1" / "model.safetensors", scan, "--out", folder, "--crop",
                    options.crop, "--precision", precision, "--threads", options.threads, "--quiet"],
                   check=True, stdout=subprocess.DEVNULL)
    return {path.name: mrcfile.read(path) for path in sorted(folder.rglob("*-predicted.mrc"))}


for seed in range(1, options.seeds + 1):
    exact, rounded = last_loss(seed, "fp32"), last_loss(seed, "bf16")
    print(f"val_loss seed {seed}: fp32 {exact:.5f}, bf16 {rounded:.5f}, ratio {rounded / exact:.4f}", flush=True)
exact, rounded = predicted("fp32"), predicted("bf16")
assert exact and exact.keys() == rounded.keys()
for name, image in exact.items():
    difference = np.abs(image - rounded[name])
    print(f"map {name}: spread {image.std():.4f}, largest difference {difference.max():.5f}, mean {difference.mean():.6f}")
