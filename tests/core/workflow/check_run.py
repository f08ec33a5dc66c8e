#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a run's folder with other people's software: mrcfile, tifffile, h5py, and, if it is installed, PyTorch.

    check_run.py RUN_DIR [SCAN]

1. Pearson's r and MAE of every scan and target from the exported MRC maps agree with metrics.json to 1e-6
   (composition targets; HAADF is scored in its training scale).
2. TIFF and EMD hold the same values as MRC.
3. The network, rebuilt in PyTorch from model.safetensors alone, repeats the predicted maps of SCAN (default: the first
   predicted one) to 1e-4: NumPy prepares the patterns as the model's metadata says.
Prints what it measured; exits 1 if something disagrees.
"""
import json
import struct
import sys
from pathlib import Path

import h5py
import mrcfile
import numpy as np
import tifffile


def read_safetensors(path):
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    meta = json.loads(header.pop("__metadata__")["dispersa"])
    tensors = {}
    for name, entry in header.items():
        if name == "bn1.num_batches_tracked":  # a counter that prediction does not use
            continue
        assert entry["dtype"] == "F32", (name, entry["dtype"])
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(raw[8 + length + begin : 8 + length + end], "<f4").reshape(entry["shape"])
    return meta, tensors


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


def prepare(pattern, options, quantile):
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
    if options["scaling"] == "sqrt":
        return np.sqrt(np.maximum(pattern, 0) / quantile)
    if options["scaling"] == "log":
        return np.log1p(np.maximum(pattern, 0)) / np.log1p(quantile)
    return pattern / (65536.0 * n * n)


def network(tensors, meta):
    import torch
    from torch.nn import functional as F

    weights = {name: torch.from_numpy(value.copy()) for name, value in tensors.items()}
    softmax = meta["network"]["activation"] == "softmax"
    epsilon = meta["network"]["batch_norm_epsilon"]

    def forward(x):
        for i in range(1, 6):
            x = F.conv2d(x, weights[f"conv{i}.weight"], weights[f"conv{i}.bias"])
            if i == 1:
                x = F.batch_norm(x, weights["bn1.running_mean"], weights["bn1.running_var"], weights["bn1.weight"],
                                 weights["bn1.bias"], False, 0.0, epsilon)
            x = F.max_pool2d(F.relu(x), 2)
        x = x.flatten(1)
        for i in range(1, 4):
            x = F.relu(F.linear(x, weights[f"fc{i}.weight"], weights[f"fc{i}.bias"]))
        x = F.linear(x, weights["output.weight"], weights["output.bias"])
        return torch.softmax(x, 1) if softmax else F.relu(x)

    return forward


def check_network(run, scan_name):
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: the network was not rebuilt")
        return True
    torch.set_num_threads(2)
    meta, tensors = read_safetensors(run / "model.safetensors")
    study = json.loads((run / "study.dispersa").read_text())
    info = json.loads((run / "run.json").read_text())
    scans = {scan["name"]: scan for scan in info["scans"]}
    scan_name = scan_name or next(s["name"] for s in info["scans"] if s["role"] == "predict")
    crop = scans[scan_name]["crop"]
    source = next(s for s in study["scans"] if s["name"] == scan_name)["diffraction"]
    with h5py.File(run / source["path"]) as file:
        data = file[source.get("dataset") or "/datacube_root/datacube/data"]
        raw = data[crop["y"] : crop["y"] + crop["height"], crop["x"] : crop["x"] + crop["width"]].astype(float)
    forward = network(tensors, meta)
    outputs = []
    with torch.no_grad():
        for row in raw:
            batch = np.stack([prepare(p, meta["diffraction"], meta["diffraction"]["scaling_quantile"]) for p in row])
            outputs.append(forward(torch.from_numpy(batch[:, None].astype(np.float32))).numpy())
    outputs = np.stack(outputs)
    worst = 0.0
    for i, target in enumerate(meta["targets"]):
        predicted = mrcfile.read(run / "maps" / scan_name / f"{target}-predicted.mrc")
        if target == "HAADF":
            predicted = (predicted - meta["haadf"]["low"]) / (meta["haadf"]["high"] - meta["haadf"]["low"])
        worst = max(worst, np.abs(predicted - outputs[..., i]).max())
    print(f"{scan_name}: PyTorch differs from the predicted maps by at most {worst:.2e}")
    return worst < 1e-4


def main():
    run = Path(sys.argv[1])
    metrics = json.loads((run / "metrics.json").read_text())
    good = check_scores(run, metrics)
    good &= check_formats(run)
    good &= check_network(run, sys.argv[2] if len(sys.argv) > 2 else None)
    sys.exit(0 if good else 1)


main()
