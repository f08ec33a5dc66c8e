#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each choice in the recipe `combined` is worth: the recipe again in NumPy and PyTorch, one choice changed at a time.

    transfer_ablation.py FOLDER [--pairs 0033+0038:0045,...] [--rows 12:100] [--seeds 3]

FOLDER holds scans, maps and truth/ (shared/data/gst-multislice). Prints Pearson's r against the truth as Markdown: mean over
the targets and pairs, with the row means taken away and left, and the spread over the seeds. A second implementation of the
recipe on purpose: what it says does not depend on the program. Patterns of 128 x 128 pixels.
"""
import argparse
import pathlib

import h5py
import mrcfile
import numpy as np
import torch
from scipy.linalg import cho_factor, cho_solve
from scipy.ndimage import correlate1d

arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("--pairs", default="0033+0038:0045,0033+0038:0037,0045:0037,0045:0033,0033:0045")
arguments.add_argument("--rows", default="12:100")
arguments.add_argument("--seeds", type=int, default=3)
options = arguments.parse_args()
pairs = [(pair.split(":")[0].split("+"), pair.split(":")[1]) for pair in options.pairs.split(",")]
rows = slice(*map(int, options.rows.split(":")))
targets = ["O", "Si", "Ge", "Sb", "Te"]
rings, sectors = 64, 12
torch.set_num_threads(1)


def beam(pattern, reach=6.0):
    """Centroid of the direct beam, to a fraction of a pixel."""
    sums = pattern[:-2] + pattern[1:-1] + pattern[2:]
    sums = sums[:, :-2] + sums[:, 1:-1] + sums[:, 2:]
    y, x = (float(v) + 1 for v in np.unravel_index(sums.argmax(), sums.shape))
    yy, xx = np.mgrid[:pattern.shape[0], :pattern.shape[1]]
    for _ in range(4):
        near = (slice(max(0, int(y - 7)), int(y + 9)), slice(max(0, int(x - 7)), int(x + 9)))
        part = pattern[near]
        weight = np.clip(part - 0.02 * part.max(), 0, None)
        weight = weight * np.clip(reach + 0.5 - np.hypot(yy[near] - y, xx[near] - x), 0, 1)
        if weight.sum() <= 0:
            break
        y, x = (weight * yy[near]).sum() / weight.sum(), (weight * xx[near]).sum() / weight.sum()
    return y, x


def ring_sums(scan):
    """Counts less the offset, their squares, and pixels per ring and sector, [rows, cols, rings, sectors]."""
    height, width = scan.shape[2:]
    yy, xx = np.mgrid[:height, :width].astype(np.float32)
    corners = np.hypot(yy - (height - 1) / 2, xx - (width - 1) / 2) > 1.06 * min(height, width) / 2
    offset = scan[::5][..., corners].mean()
    sums = np.zeros((3,) + scan.shape[:2] + (rings, sectors), np.float32)
    for row in range(scan.shape[0]):
        for col in range(scan.shape[1]):
            pattern = scan[row, col].astype(np.float32) - offset
            y, x = beam(pattern)
            radius = np.hypot(yy - y, xx - x).ravel()
            inside = radius < rings
            ring = radius[inside].astype(int)
            outer = radius[inside] - ring
            sector = ((np.arctan2(yy - y, xx - x).ravel()[inside] + np.pi) * sectors / (2 * np.pi)).astype(int) % sectors
            place = ring * sectors + sector
            counts = pattern.ravel()[inside]
            for k, value in enumerate((counts, np.ones_like(counts), counts**2)):
                both = np.bincount(place, (1 - outer) * value, (rings + 1) * sectors) + np.bincount(
                    place + sectors, outer * value, (rings + 1) * sectors)
                sums[k, row, col] = both[:rings * sectors].reshape(rings, sectors)
    return sums


def dose(scan):
    """Mean counts of a pattern with its direct beam, less the offset; a hot pixel counts no more than the beam's brightest."""
    some = scan[::3, ::2].reshape((-1,) + scan.shape[2:]).astype(np.float32)
    height, width = scan.shape[2:]
    yy, xx = np.mgrid[:height, :width]
    corners = np.hypot(yy - (height - 1) / 2, xx - (width - 1) / 2) > 1.06 * min(height, width) / 2
    padded = np.pad(some, ((0, 0), (1, 1), (1, 1)))
    support = np.maximum.reduce([padded[:, :-2, 1:-1], padded[:, 2:, 1:-1], padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]])
    brightest = np.minimum(some, support).max((1, 2), keepdims=True)
    return (np.minimum(some, brightest) - some[:, corners].mean()).sum((1, 2)).mean()


def box(image, edge):
    """Mean over the neighbours that there are, [rows, cols, ...]."""
    kernel = np.ones(edge)
    add = lambda v: correlate1d(correlate1d(v, kernel, 0, mode="constant"), kernel, 1, mode="constant")
    flat = image.reshape(image.shape[:2] + (-1,)).astype(float)
    return (add(flat) / add(np.ones(image.shape[:2]))[..., None]).reshape(image.shape)


def profiles(sums, edges=(5, 11), keep=9, first=5, last=39, total=False, variance=False):
    """Features of one scan, [rows, cols, values]: `keep` of 12 sectors, the darkest ones."""
    counts, weight, squares = (s[:, :, first:last + 1] for s in sums)
    ratio = box(counts, 3) / np.maximum(box(weight, 3), 1e-6)
    image = np.sort(ratio, -1)[..., :keep].mean(-1)
    if total:
        image = image / image.sum(-1, keepdims=True) * 100
    found = [np.log(np.maximum(box(image, edge), 0.005)) for edge in edges]
    if variance:
        pixels = weight.sum(-1)
        mean = counts.sum(-1) / pixels
        excess = squares.sum(-1) / pixels - mean**2 - mean
        for edge in edges:
            found.append(np.log(np.maximum(box(excess, edge) / np.maximum(box(mean, edge), 0.05)**2, 0) + 0.02))
    return np.concatenate(found, -1)


def filtered(image):
    """The paper's 7 x 7 Gaussian, OpenCV's fixed taps."""
    taps = np.array([1, 3.5, 7, 9, 7, 3.5, 1]) / 32
    add = lambda v: correlate1d(correlate1d(v, taps, 0, mode="constant"), taps, 1, mode="constant")
    return add(image) / add(np.ones(image.shape))


def forth(labels, logarithm):
    return np.log(labels + 0.03) if logarithm else labels


def back(values, logarithm):
    if not logarithm:
        return values
    values = np.maximum(np.exp(values) - 0.03, 0)
    return values / values.sum(1, keepdims=True)


def ridge(train, labels, test, seed, logarithm=True, **_):
    z = forth(labels, logarithm)
    weights = np.linalg.solve(train.T @ train + 0.3 * len(train) * np.eye(train.shape[1]), train.T @ (z - z.mean(0)))
    return back(test @ weights + z.mean(0), logarithm)


def kernel(train, labels, test, seed, logarithm=True, penalty=6.3e-4, **_):
    chosen = np.random.default_rng(0).permutation(len(train))[:len(train) // 5]
    train, z = train[chosen], forth(labels[chosen], logarithm)
    a, b = np.random.default_rng(1).integers(0, len(train), (2, 4000))
    gamma = 1 / (2 * np.median(((train[a] - train[b])**2).sum(1)) * 1.25**2)
    of = lambda u, v: np.exp(-gamma * np.maximum((u * u).sum(1)[:, None] + (v * v).sum(1) - 2 * u @ v.T, 0))
    matrix = of(train, train) + penalty * len(train) * np.eye(len(train))
    return back(of(test, train) @ cho_solve(cho_factor(matrix), z - z.mean(0)) + z.mean(0), logarithm)


def dense(train, labels, test, seed, softmax=True, noise=0.2, dropout=0.2, mixing=True, **_):
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    x, y, z = (torch.tensor(v, dtype=torch.float32) for v in (train, labels, test))
    nn = torch.nn
    net = nn.Sequential(nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Dropout(dropout), nn.Linear(64, 64), nn.ReLU(),
                        nn.Dropout(dropout), nn.Linear(64, y.shape[1]))
    with torch.no_grad():
        net[-1].bias[:] = torch.log(y.mean(0)) if softmax else y.mean(0)
    out = (lambda v: torch.softmax(net(v), 1)) if softmax else net
    steps = 420
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps + 1, cycle_momentum=False)
    for _ in range(steps):
        one, other = torch.randint(0, len(x), (2, 128), generator=generator)
        share = torch.rand(128, 1, generator=generator) if mixing else torch.zeros(128, 1)
        given, wanted = torch.lerp(x[one], x[other], share), torch.lerp(y[one], y[other], share)
        given = given + noise * torch.randn(given.shape, generator=generator)
        loss = (((out(given) - wanted) / y.std(0))**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    net.eval()
    with torch.no_grad():
        return out(z).double().numpy()


def pearson(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


def without_rows(image):
    return image - image.mean(1, keepdims=True)


def load(name):
    with h5py.File(options.folder / f"{name} 4DSTEM.h5") as file:
        counts = file["/datacube_root/datacube/data"][:]
        sums, level = ring_sums(counts), dose(counts)
    maps = lambda pattern: np.stack([mrcfile.read(options.folder / pattern.format(name, t)).astype(float) for t in targets], -1)
    labels = maps("GST - {}-{}-at.mrc")
    labels = np.stack([filtered(labels[..., t]) for t in range(len(targets))], -1)
    return sums, labels, maps("truth/{}-{}-fraction.mrc"), level


scans = {name: load(name) for name in sorted({n for train, test in pairs for n in train + [test]})}
near, far = {"edges": (5, 11), "per_dose": True}, {"edges": (7, 15), "per_dose": True}
three = (ridge, kernel, dense)
combined = [(near, m, {}) for m in three] + [(far, m, {}) for m in three]


def changed(features=None, model=None, parts=combined):
    return [({**f, **(features or {})}, m, {**k, **(model or {})}) for f, m, k in parts]


variants = {
    "combined": combined,
    "radial (5 x 5 and 11 x 11 alone)": combined[:3],
    "ridge alone": [combined[0], combined[3]],
    "kernel ridge alone": [combined[1], combined[4]],
    "dense networks alone": [combined[2], combined[5]],
    "one probe": changed({"edges": (1,)}, parts=combined[:3]),
    "5 x 5 alone": changed({"edges": (5,)}, parts=combined[:3]),
    "11 x 11 alone": changed({"edges": (11,)}, parts=combined[:3]),
    "all sectors (Bragg spots stay)": changed({"keep": 12}),
    "11 of 12 sectors": changed({"keep": 11}),
    "6 of 12 sectors": changed({"keep": 6}),
    "rings 4 to 60": changed({"first": 4, "last": 60}),
    "divided by each pattern's total": changed({"total": True}),
    "counts as recorded": changed({"per_dose": False}),
    "annular variance too": changed({"variance": True}),
    "no logarithm of the targets": changed(model={"logarithm": False}),
    "kernel ridge, a tenth of the penalty": changed(model={"penalty": 6.3e-5}),
    "dense without softmax": changed(model={"softmax": False}),
    "dense without noise, dropout, mixing": changed(model={"noise": 0, "dropout": 0, "mixing": False}),
}
cache = {}


def features_of(name, choice):
    key = (name, tuple(sorted(choice.items())))
    if key not in cache:
        choice = dict(choice)
        scale = 250000 / scans[name][3] if choice.pop("per_dose") else 1
        cache[key] = profiles(scans[name][0] * np.array([scale, 1, scale**2], np.float32)[:, None, None, None, None], **choice)
    return cache[key]


def predicted(part, train, test, seed):
    choice, model, settings = part
    x = np.concatenate([features_of(n, choice)[rows].reshape(-1, features_of(n, choice).shape[-1]) for n in train])
    y = np.concatenate([scans[n][1][rows].reshape(-1, len(targets)) for n in train])
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = (features_of(test, choice)[rows] - mean) / scale
    return model((x - mean) / scale, y, z.reshape(-1, z.shape[-1]), seed, **settings).reshape(z.shape[:2] + (-1,))


print("| | row means removed | | plain | |\n| --- | --- | --- | --- | --- |")
print("| | mean | spread | mean | spread |")
for title, parts in variants.items():
    found = []
    for seed in range(options.seeds):
        scores = []
        for train, test in pairs:
            image, truth = np.mean([predicted(p, train, test, seed) for p in parts], 0), scans[test][2][rows]
            scores.append([[pearson(without_rows(image[..., t]), without_rows(truth[..., t])),
                            pearson(image[..., t], truth[..., t])] for t in range(len(targets))])
        found.append(np.mean(scores, (0, 1)))
    mean, spread = np.mean(found, 0), np.std(found, 0)
    print(f"| {title} | {mean[0]:.3f} | {spread[0]:.3f} | {mean[1]:.3f} | {spread[1]:.3f} |", flush=True)
    cache = {k: v for k, v in cache.items() if dict(k[1]) in (near, far)}
