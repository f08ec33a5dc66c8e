#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden baseline maps from NumPy, scikit-learn and SciPy. Run: python3 make_baselines_golden.py"""
import os
import sys

import numpy as np
from scipy import ndimage
from sklearn.neighbors import KNeighborsRegressor

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(5)
shapes = [(13, 10), (11, 12)]
haadf = [(100 * (1 + s) + 20 * ndimage.gaussian_filter(random.standard_normal(shape), 1)).astype(np.float32)
         for s, shape in enumerate(shapes)]
haadf[0][3, 4] = np.nan
scans, places, values = [], [], []
for s, (height, width) in enumerate(shapes):
    for y in range(height):
        for x in range(width):
            if y in (0, 5, 6) or random.random() < 0.3:  # rows without training pixels, and a random split
                continue
            scans.append(s)
            places.append((y, x))
            values.append(0.3 + 0.02 * y + 0.05 * random.standard_normal())
scans, places = np.array(scans), np.array(places)
values = np.array(values).astype(np.float32)
values[[2, 40, 90]] = np.nan
valid = np.isfinite(values)


def grid(region):
    y, x, height, width = region
    return np.array([(a, b) for a in range(y, y + height) for b in range(x, x + width)])


def same_position(query):
    out = []
    for q in query:
        here_ = valid & (places == q).all(1)
        out.append(values[here_].astype(float).mean() if here_.any() else np.nan)
    return np.array(out)


def neighbours(query, pixels):
    """The 4 nearest by 1/distance, ties at the fourth place sharing it; scikit-learn where nothing is tied."""
    p, v = places[pixels], values[pixels].astype(float)
    model = KNeighborsRegressor(4, weights="distance").fit(p, v)
    out, untied = [], 0
    for q in query:
        d2 = ((p - q) ** 2).sum(1)
        order = np.sort(d2)
        if order[0] == 0:
            out.append(v[d2 == 0].mean())
        else:
            last = order[3]
            near, tied = d2 < last, d2 == last
            w = np.r_[1 / np.sqrt(d2[near]), np.full(tied.sum(), (4 - near.sum()) / tied.sum() / np.sqrt(last))]
            out.append((w * np.r_[v[near], v[tied]]).sum() / w.sum())
            if tied.sum() > 4 - near.sum():
                continue
        untied += 1
        if order[0] > 0 or (d2 == 0).sum() <= 4:
            assert abs(model.predict([q])[0] - out[-1]) < 1e-12
    assert untied > 5
    return np.array(out)


def depth(query):
    rows = np.unique(places[valid, 0])
    means = [values[valid & (places[:, 0] == r)].astype(float).mean() for r in rows]
    return np.interp(query[:, 0], rows, means)


def standard(image):
    image = image.astype(float)
    low, middle, high = np.nanpercentile(image, [25, 50, 75])
    return (image - middle) / (high - low)


def from_haadf(query, image):
    z = np.array([standard(haadf[s])[tuple(p)] for s, p in zip(scans, places)])
    use = valid & np.isfinite(z)
    poly = np.polyfit(z[use], values[use].astype(float), 2)
    q = np.array([standard(image)[tuple(p)] if p[0] < image.shape[0] and p[1] < image.shape[1] else np.nan for p in query])
    return np.polyval(poly, np.clip(q, z[use].min(), z[use].max()))


inside = (0, 0, 13, 10)       # of training scan 0
elsewhere = (4, 5, 14, 11)    # of a new scan, partly beyond the training scans
new_haadf = (7 + 3 * random.standard_normal((20, 16))).astype(np.float32)
arrays = {
    "scan": scans, "place": places, "values": values, "mean": values[valid].astype(float).mean(),
    "haadf0": haadf[0], "haadf1": haadf[1], "new_haadf": new_haadf,
    "inside": np.array(inside), "elsewhere": np.array(elsewhere),
}
for name, region, own, image in (("inside", inside, scans == 0, haadf[0]),
                                 ("elsewhere", elsewhere, scans >= 0, new_haadf)):
    q = grid(region)
    arrays[name + "_same_position"] = same_position(q)
    arrays[name + "_nearest_neighbours"] = neighbours(q, valid & own)
    arrays[name + "_depth_profile"] = depth(q)
    arrays[name + "_haadf"] = from_haadf(q, image)
golden_io.write(os.path.join(here, "baselines_golden.json"), arrays)

# How far a random split leaks: white noise blurred by OpenCV's 7x7 Gaussian kernel, held-out pixels from their neighbours.
kernel = np.array([1 / 32, 7 / 64, 7 / 32, 9 / 32, 7 / 32, 7 / 64, 1 / 32])
noise = ndimage.correlate1d(ndimage.correlate1d(random.standard_normal((110, 45)), kernel, 0), kernel, 1)
yx = grid((0, 0, 110, 45))
test = random.random(110 * 45) < 0.2
guess = KNeighborsRegressor(4, weights="distance").fit(yx[~test], noise.ravel()[~test]).predict(yx[test])
print("blurred noise, random split:", np.corrcoef(guess, noise.ravel()[test])[0, 1])
