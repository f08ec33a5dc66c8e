#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a run's folder with other people's software: mrcfile, tifffile, h5py, and, if it is installed, PyTorch.

    check_run.py RUN_DIR [SCAN]

1. Pearson's r and MAE of every scan and target from the exported MRC maps agree with metrics.json to 1e-6
   (composition targets; HAADF is scored in its training scale).
2. TIFF and EMD hold the same values as MRC.
3. The network, rebuilt in PyTorch from model.safetensors alone, repeats the predicted maps of SCAN (default: the first
   predicted one) to 1e-4, and the sigma maps of an ensemble without dropout passes: NumPy prepares the patterns as the model's metadata says;
   packaging/python/dispersa_model.py loads it, and the checkpoint too. Of a model that reads ring profiles,
   packaging/python/dispersa_profiles.py makes them; what differs is rounding, and pixels on the border of two sectors.
Prints what it measured; exits 1 if something disagrees.
"""
import json
import sys
from pathlib import Path

import h5py
import mrcfile
import numpy as np
import tifffile


def check_scores(run, metrics):
    worst = 0.0
    for scan in metrics["scans"]:
        for target in scan["targets"]:
            if target["name"] == "HAADF" or target["pearson"] is None:
                continue
            folder = run / "maps" / scan["name"]
            real = mrcfile.read(folder / f"{target['name']}-real.mrc").astype(float).ravel()
            predicted = mrcfile.read(folder / f"{target['name']}-predicted.mrc").astype(float).ravel()
            both = np.isfinite(real) & np.isfinite(predicted)
            r = np.corrcoef(real[both], predicted[both])[0, 1]
            mae = np.abs(real[both] - predicted[both]).mean()
            worst = max(worst, abs(r - target["pearson"]), abs(mae - target["mae"]))
            assert both.sum() == target["n"], (scan["name"], target["name"])
    print(f"scores from MRC differ from metrics.json by at most {worst:.2e}")
    return worst < 1e-6


def check_formats(run):
    same = True
    with h5py.File(run / "maps.h5") as emd:
        root = next(iter(emd.values()))
        for path in sorted((run / "maps").glob("*/*.mrc")):
            mrc = mrcfile.read(path)
            same &= np.array_equal(mrc, tifffile.imread(path.with_suffix(".tif")), equal_nan=True)
            same &= np.array_equal(mrc, root[path.parent.name][path.stem]["data"][()], equal_nan=True)
    print("TIFF and EMD equal MRC:", same)
    return same


def beam_centre(pattern):
    """Centroid of the excess above half of the robust maximum, as core/prepare/pattern_preparation.h defines it."""
    padded = np.pad(pattern, 1)
    neighbours = np.maximum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    robust = np.minimum(pattern, neighbours)
    half = robust.max() / 2
    weight = np.where(robust > half, robust - half, 0)
    if weight.sum() == 0:
        return pattern.shape[0] / 2, pattern.shape[1] / 2
    y, x = np.indices(pattern.shape)
    return (weight * y).sum() / weight.sum(), (weight * x).sum() / weight.sum()


def prepare(pattern, options):
    height, width = pattern.shape
    centre = (height // 2, width // 2)
    if options["centre"] == "com":
        y, x = beam_centre(pattern)
        dy, dx = centre[0] - int(np.floor(y + 0.5)), centre[1] - int(np.floor(x + 0.5))
        shifted = np.zeros_like(pattern)
        rows, cols = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
        shifted[rows, cols] = pattern[slice(max(-dy, 0), height + min(-dy, 0)), slice(max(-dx, 0), width + min(-dx, 0))]
        pattern = shifted
    elif options["beam_mask_px"] > 0:
        raise SystemExit("a mask without centring lies at the scan's typical beam position; not repeated here")
    if options["beam_mask_px"] > 0:
        y, x = np.indices(pattern.shape)
        pattern = np.where(np.hypot(y - centre[0], x - centre[1]) <= options["beam_mask_px"], 0, pattern)
    n = options["bin"]
    if n > 1:
        h, w = height // n, width // n
        pattern = pattern[: h * n, : w * n].reshape(h, n, w, n).sum((1, 3))
    return pattern


def profile_outputs(model, meta, data, crop):
    """From the patterns of the crop and of as many neighbours as the profiles reach."""
    import dispersa_profiles
    import torch

    reach = dispersa_profiles.reach(meta)
    top, left = max(0, crop["y"] - reach), max(0, crop["x"] - reach)
    area = data[top : crop["y"] + crop["height"] + reach, left : crop["x"] + crop["width"] + reach]
    values = dispersa_profiles.profiles(area, meta, levels=dispersa_profiles.detector_levels(np.asarray(data)))
    y, x = crop["y"] - top, crop["x"] - left
    values = values[y : y + crop["height"], x : x + crop["width"]]
    return model(torch.from_numpy(values).flatten(0, 1)).reshape(values.shape[:2] + (-1,)).numpy()


def check_spread(maps, meta, spread):
    """Standard deviation between the members."""
    worst = 0.0
    for i, target in enumerate(meta["targets"]):
        sigma = mrcfile.read(maps / f"{target}-sigma.mrc")
        if target == "HAADF":
            sigma = sigma / (meta["haadf"]["high"] - meta["haadf"]["low"])
        worst = max(worst, np.abs(sigma - spread[..., i]).max())
    print(f"{meta['members']} members: PyTorch differs from the sigma maps by at most {worst:.2e}")
    return worst < 1e-4


def check_network(run, scan_name):
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: the network was not rebuilt")
        return True
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "packaging/python"))
    import dispersa_model

    torch.set_num_threads(2)
    network, meta = dispersa_model.load(run / "model.safetensors")
    same = True
    if (run / "checkpoints/last.safetensors").exists():
        checkpoint, _ = dispersa_model.load(run / "checkpoints/last.safetensors")
        # A checkpoint is one network, of an ensemble its first.
        same = checkpoint.state_dict().keys() == getattr(network, "member0", network).state_dict().keys()
    study = json.loads((run / "study.dispersa").read_text())
    info = json.loads((run / "run.json").read_text())
    scans = {scan["name"]: scan for scan in info["scans"]}
    scan_name = scan_name or next(s["name"] for s in info["scans"] if s["role"] == "predict")
    crop = scans[scan_name]["crop"]
    source = next(s for s in study["scans"] if s["name"] == scan_name)["diffraction"]
    with h5py.File(run / source["path"]) as file:
        data = file[source.get("dataset") or "/datacube_root/datacube/data"][()].astype(float)
    with torch.no_grad():
        if "profile" in meta:
            outputs = profile_outputs(network, meta, data, crop)
            print("NumPy made the profiles")
        else:
            part = data[crop["y"] : crop["y"] + crop["height"], crop["x"] : crop["x"] + crop["width"]]
            prepared = (np.stack([prepare(p, meta["diffraction"]) for p in row]) for row in part)
            inputs = [torch.from_numpy(dispersa_model.scaled(row, meta)) for row in prepared]
            outputs = np.stack([network(row).numpy() for row in inputs])
            if meta.get("members", 1) > 1 and "dropout_passes" not in info:
                spread = np.stack([network.each(row).std(0, unbiased=False).numpy() for row in inputs])
                same &= check_spread(run / "maps" / scan_name, meta, spread)
    worst = 0.0
    for i, target in enumerate(meta["targets"]):
        predicted = mrcfile.read(run / "maps" / scan_name / f"{target}-predicted.mrc")
        if target == "HAADF":
            predicted = (predicted - meta["haadf"]["low"]) / (meta["haadf"]["high"] - meta["haadf"]["low"])
        worst = max(worst, np.abs(predicted - outputs[..., i]).max())
    print(f"{scan_name}: PyTorch differs from the predicted maps by at most {worst:.2e}")
    return same and worst < 1e-4


def main():
    run = Path(sys.argv[1])
    metrics = json.loads((run / "metrics.json").read_text())
    good = check_scores(run, metrics)
    good &= check_formats(run)
    good &= check_network(run, sys.argv[2] if len(sys.argv) > 2 else None)
    sys.exit(0 if good else 1)


main()
