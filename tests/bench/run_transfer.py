#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well recipes transfer to scans they did not see: recipe x scan x target, mean and spread over seeds, as Markdown.

    run_transfer.py CLI FOLDER --out DIR [--recipes radial,combined] [--pairs 0033+0038:0037+0045,...] [--seeds 3]
                    [--crop 12,0,88,45] [--epochs paper=3,quick=4] [--threads 2]

CLI is dispersa-cli, FOLDER a folder of scans (shared/data/gst-multislice or an example study's). Every recipe is trained by
the program itself, on each pair's training scans. Scores are Pearson's r over the crop against the filtered maps
(metrics.json), with the row means left and taken away, and against FOLDER/truth where there is one. Beside them stand the
baselines, the noise ceiling and the time to train. Runs that are there already are not repeated.
"""
import argparse
import json
import pathlib
import re
import subprocess

import mrcfile
import numpy as np

arguments = argparse.ArgumentParser()
arguments.add_argument("cli")
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("--out", type=pathlib.Path, required=True)
arguments.add_argument("--recipes", default="radial:ridge,radial:kernel,radial:mlp,radial,combined")
arguments.add_argument("--pairs", default="0033+0038:0037+0045")
arguments.add_argument("--seeds", type=int, default=3)
arguments.add_argument("--crop", default="12,0,88,45")
arguments.add_argument("--epochs", default="")
arguments.add_argument("--threads", default="2")
options = arguments.parse_args()
epochs = dict(item.split("=") for item in options.epochs.split(",") if item)
crop = [int(v) for v in options.crop.split(",")]
options.out.mkdir(parents=True, exist_ok=True)


def without_rows(image):
    return image - image.mean(1, keepdims=True)


def pearson(a, b):
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def run(recipe, train, predict, seed):
    """Folder of the finished run."""
    name, _, regressor = recipe.partition(":")
    stem = f"{recipe.replace(':', '-')}_{'+'.join(train)}_{seed}"
    folder, study = options.out / stem, options.out / f"{stem}.dispersa"
    if not (folder / "run.json").exists():
        subprocess.run([options.cli, "study", options.folder, "--out", study, "--train", ",".join(train), "--predict",
                        ",".join(predict), "--crop", options.crop, "--recipe", name], check=True)
        command = [options.cli, "run", study, "--out", folder, "--seed", str(seed), "--threads", options.threads, "--quiet"]
        if regressor:
            command += ["--regressor", regressor]
        if name in epochs:
            command += ["--epochs", epochs[name]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def training_seconds(folder):
    with open(folder / "run.json") as file:
        return json.load(file).get("training_seconds", float("nan"))


def truth_of(scan, target):
    path = options.folder / "truth" / f"{scan}-{target}-fraction.mrc"
    if not path.exists():
        return None
    y, x, height, width = crop
    return mrcfile.read(path)[y:y + height, x:x + width]


def cell(values):
    values = np.array([v for v in values if v is not None], float)
    if not len(values):
        return "-"
    text = re.sub(r"^(-?)0\.", r"\1.", f"{values.mean():.2f}")
    spread = re.sub(r"^0", "", f"{values.std():.3f}")
    return f"{text} ± {spread}" if len(values) > 1 else text


for pair in options.pairs.split(","):
    train, predict = (side.split("+") for side in pair.split(":"))
    runs = {recipe: [run(recipe, train, predict, seed) for seed in range(1, options.seeds + 1)]
            for recipe in options.recipes.split(",")}
    for scan in predict:
        scores = {}  # (kind, recipe) -> target -> values
        targets, baselines, ceilings = [], {}, {}
        for recipe, folders in runs.items():
            for folder in folders:
                with open(folder / "metrics.json") as file:
                    metrics = json.load(file)
                entry = next(s for s in metrics["scans"] if s["name"] == scan)
                for t in entry["targets"]:
                    name = t["name"]
                    if name not in targets:
                        targets.append(name)
                    add = lambda kind, value: scores.setdefault((kind, recipe), {}).setdefault(name, []).append(value)
                    add("filtered maps", t["pearson"])
                    add("filtered maps, row means removed", t["pearson_without_row_means"])
                    ceilings[name] = t.get("ceiling", {}).get("pearson")
                    for baseline in t.get("baselines", []):
                        of = baselines.setdefault(baseline["name"], {})
                        of[name] = (baseline["pearson"], baseline["pearson_without_row_means"])
                    truth = truth_of(scan, name)
                    if truth is not None:
                        predicted = mrcfile.read(folder / "maps" / scan / f"{name}-predicted.mrc")
                        add("truth", pearson(predicted, truth))
                        add("truth, row means removed", pearson(without_rows(predicted), without_rows(truth)))
        for kind in ("truth, row means removed", "truth", "filtered maps, row means removed", "filtered maps"):
            if not any(k == kind for k, _ in scores):
                continue
            print(f"\n**{'+'.join(train)} -> {scan}**, r against {kind}, {options.seeds} seeds\n")
            print("| | " + " | ".join(targets) + " | training |")
            print("| --- |" + " --- |" * (len(targets) + 1))
            for recipe, folders in runs.items():
                of = scores[(kind, recipe)]
                seconds = np.median([training_seconds(folder) for folder in folders])
                print(f"| {recipe} | " + " | ".join(cell(of[t]) for t in targets) + f" | {seconds:.0f} s |")
            if kind.startswith("filtered"):
                rows = "row means" in kind
                for name, of in baselines.items():
                    print(f"| *{name}* | " + " | ".join(cell([of[t][1 if rows else 0]]) for t in targets) + " | |")
                if not rows:
                    print("| *noise ceiling* | " + " | ".join(cell([ceilings.get(t)]) for t in targets) + " | |")
