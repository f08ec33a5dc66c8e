#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What intervals hold on scans of other films, by how many scans they were fitted on: rows for TRANSFER.md.

    interval_coverage.py CLI STUDY MODEL --out DIR [--sizes 1,2,3]

CLI is dispersa-cli, MODEL was trained on the STUDY's scans with the role train. For every choice of so many of the scans with the
role predict the program fits intervals there (`compare --calibrate-on`) and says what they hold on the others. Runs that are
there already are not repeated.
"""
import argparse
import itertools
import json
import pathlib
import subprocess

import numpy as np

arguments = argparse.ArgumentParser()
arguments.add_argument("cli")
arguments.add_argument("study", type=pathlib.Path)
arguments.add_argument("model", type=pathlib.Path)
arguments.add_argument("--out", type=pathlib.Path, required=True)
arguments.add_argument("--sizes", default="1,2,3")
options = arguments.parse_args()
options.out.mkdir(parents=True, exist_ok=True)

study = json.loads(options.study.read_text())
study["scans"] = [scan for scan in study["scans"] if scan["role"] == "predict"]
study.pop("account", None)
folder = options.study.resolve().parent
for scan in study["scans"]:
    for source in [scan["diffraction"], *scan["maps"]]:
        source["path"] = str(folder / source["path"])
films = [scan["name"] for scan in study["scans"]]
others = options.out / "others.dispersa"
others.write_text(json.dumps(study))


def coverage(fitted):
    """[film, target] coverage and half width; NaN where intervals were fitted."""
    run = options.out / "+".join(fitted)
    if not (run / "run.json").exists():
        subprocess.run([options.cli, "compare", others, options.model, "--calibrate-on", ",".join(fitted), "--out", run,
                        "--quiet"], check=True, stdout=subprocess.DEVNULL)
    scans = {scan["name"]: scan["targets"] for scan in json.loads((run / "metrics.json").read_text())["scans"]}
    read = lambda key: [[target.get("conformal", {}).get(key, np.nan) for target in scans[film]] for film in films]
    return read("coverage"), read("half_width")


def text(values):
    return " ".join(f"{value:.2f}".replace("0.", ".") for value in values)


print(f"| scans | choices | {' '.join(films)} | {' '.join(study['targets'])} | mean | one choice and scan | half width |")
for size in map(int, options.sizes.split(",")):
    chosen = list(itertools.combinations(films, size))
    held, width = (np.array(part) for part in zip(*map(coverage, chosen)))  # [choice, film, target]
    scan = np.nanmean(held[~np.isnan(held).all(2)], 1)
    low, high = scan.min(), scan.max()
    inside = np.mean((scan >= 0.75) & (scan <= 0.85))
    print(f"| {size} | {len(chosen)} | {text(np.nanmean(held, (0, 2)))} | {text(np.nanmean(held, (0, 1)))} | "
          f"{text([np.nanmean(held)])} | {text([low])} to {text([high])}, {100 * inside:.0f} % within .75 to .85 | "
          f"{text(np.nanmean(width, (0, 1)))} |")
