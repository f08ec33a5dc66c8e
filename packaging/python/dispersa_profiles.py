# SPDX-License-Identifier: GPL-3.0-or-later
"""Ring profiles of probe neighbourhoods, as Dispersa's profile recipes read them; needs numpy alone.

    counts = ...                                # patterns [rows, columns, height, width], bad pixels repaired
    values = profiles(counts, description)      # [rows, columns, values]; description: that of the model file

Positions near the edge of `counts` see fewer neighbours. To repeat a prediction of a crop, give the crop with reach(description)
positions more on each side, as far as the scan has them, and levels=detector_levels(the whole scan); then cut the profiles of the
crop out of the result.
"""
import numpy as np

RINGS, SECTORS = 64, 12
REFERENCE_DOSE = 250000  # counts of a pattern that profiles are scaled to


def reach(description):
    """How far, in probe positions, a profile looks."""
    return max(f["neighbourhood"] // 2 + (f["kind"] in ("trimmed", "polar")) for f in description["profile"]["features"])


def beam_centre(pattern):
    """The direct beam to a fraction of a pixel: centroid of what rises above its surroundings in a window that follows it."""
    pattern = np.where(np.isfinite(pattern), pattern, 0).astype(float)
    y, x = np.indices(pattern.shape)
    padded = np.pad(pattern, 1)
    support = np.maximum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    robust = np.minimum(pattern, support)  # a hot pixel stands alone
    tamed = np.minimum(pattern, 4 * np.maximum(support, 0))
    half = robust.max() / 2
    if half <= 0:
        return pattern.shape[0] // 2, pattern.shape[1] // 2
    bright = np.where(robust > half, robust - half, 0)
    start = centre = (bright * y).sum() / bright.sum(), (bright * x).sum() / bright.sum()
    near = np.hypot(y - start[0], x - start[1]) <= np.sqrt((robust > half).sum() / np.pi) + 2
    window = 1.5 * max(1, np.sqrt((tamed[near] > half).sum() / np.pi)) + 2
    for _ in range(20):
        distance = np.hypot(y - centre[0], x - centre[1])
        around = np.sort(tamed[(distance > window) & (distance <= window + 3)])
        weight = np.clip(window + 0.5 - distance, 0, 1) * (tamed - (around[around.size // 2] if around.size else 0))
        if weight.sum() <= 0:
            return start
        moved = (weight * y).sum() / weight.sum(), (weight * x).sum() / weight.sum()
        if np.hypot(moved[0] - start[0], moved[1] - start[1]) > window:
            return start
        step, centre = np.hypot(moved[0] - centre[0], moved[1] - centre[1]), moved
        if step < 1e-3:
            break
    return centre


def detector_levels(counts):
    """(offset, dose): counts where nothing is scattered to, the mean over the detector's corners, and the mean counts of a whole
    pattern above it, both of up to 1024 patterns on a grid over the scan. Where the direct beam is saturated the dose is more than
    that: take description["profile"]["dose_counts"]."""
    rows, columns, height, width = counts.shape
    down = min(rows, 32)
    across = min(columns, 1024 // down)
    down = min(rows, 1024 // across)
    sample = counts[np.ix_((2 * np.arange(down) + 1) * rows // (2 * down), (2 * np.arange(across) + 1) * columns // (2 * across))]
    sample = sample[(np.nan_to_num(sample) > 0).any((2, 3))]  # what is empty was not recorded
    if not len(sample):
        return 0.0, 0.0
    y, x = np.indices((height, width))
    corners = np.hypot(y - (height - 1) / 2, x - (width - 1) / 2) > 1.06 * min(height, width) / 2
    offset = np.nanmean(sample[:, corners].astype(float)) if corners.any() else 0.0
    dose = [np.nansum(np.minimum(p, robust(p).max()) - offset) for p in sample.astype(float)]  # a hot pixel is no dose
    return offset, max(0.0, np.mean(dose))


def robust(pattern):
    """Each pixel cut down to its brightest direct neighbour."""
    padded = np.pad(np.nan_to_num(pattern), 1)
    support = np.maximum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    return np.minimum(np.nan_to_num(pattern), support)


def ring_sums(pattern, beam, options):
    """Pixels and counts [2, RINGS, SECTORS] about `beam`; a pixel is shared by the two rings it lies between."""
    height, width = pattern.shape
    y, x = np.indices(pattern.shape)
    dy, dx = y - beam[0], x - beam[1]
    angle, ratio = np.radians(options.get("ellipse_angle_deg", 0)), options.get("ellipse_ratio", 1)
    along = (np.cos(angle) * dx + np.sin(angle) * dy) / np.sqrt(ratio)
    across = (np.cos(angle) * dy - np.sin(angle) * dx) * np.sqrt(ratio)
    radius = np.hypot(along, across) * 2 * RINGS / min(height, width)
    turn = np.arctan2(np.sin(angle) * along + np.cos(angle) * across, np.cos(angle) * along - np.sin(angle) * across)
    used = (radius < RINGS) & np.isfinite(pattern)
    ring, outer, value = radius[used].astype(int), radius[used] % 1, pattern[used].astype(float)
    sector = (np.mod(turn[used], 2 * np.pi) * SECTORS / (2 * np.pi)).astype(int) % SECTORS
    sums = np.zeros((2, RINGS + 1, SECTORS))
    for step, share in ((0, 1 - outer), (1, outer)):
        for power in range(2):
            np.add.at(sums[power], (ring + step, sector), share * value**power)
    return sums[:, :RINGS]


def box(values, size):
    """Sums over the size x size positions about each, as far as they exist; positions are the first two axes."""
    for axis in (0, 1):
        summed = np.insert(np.cumsum(values, axis), 0, 0, axis)
        i = np.arange(values.shape[axis])
        upper, lower = np.minimum(i + size // 2 + 1, i.size), np.maximum(i - size // 2, 0)
        values = np.take(summed, upper, axis) - np.take(summed, lower, axis)
    return values


def compared_sectors(weight, total):
    """Means over 3 x 3 positions. Of each ring: of the lowest three quarters of its sectors, NaN without any. Of each sector: at
    most one and a half times its ring's."""
    weight, total = box(weight, 3), box(total, 3)
    there = weight > 1e-6
    means = np.where(there, total / np.where(there, weight, 1), np.inf)
    kept = np.maximum(1, np.floor(0.75 * there.sum(-1) + 0.5))
    lowest = np.where(np.arange(SECTORS) < kept[..., None], np.sort(means, -1), 0).sum(-1) / kept
    trimmed = np.where(there.any(-1), lowest, np.nan)
    clipped = np.minimum(means, 1.5 * np.maximum(trimmed, 0.005)[..., None])
    return trimmed, np.where(there, clipped, trimmed[..., None])


def profiles(counts, description, beams=None, levels=None):
    """`beams` [rows, columns, 2]: where the direct beam lies, if that is known better than from each pattern alone. `levels`: the
    detector's, where `counts` is a part of the scan."""
    options = description["diffraction"]
    if beams is None and (options.get("descan", "none") != "none" or options["centre"] == "com"):
        raise ValueError("this model's beams are not those of single patterns: give `beams`")
    rows, columns = counts.shape[:2]
    offset, dose = detector_levels(counts) if levels is None else levels
    scale = REFERENCE_DOSE / dose if description["profile"].get("dose") == "known" and dose > 0 else 1
    sums = np.array([[ring_sums(counts[r, c], beam_centre(counts[r, c]) if beams is None else beams[r, c], options)
                      for c in range(columns)] for r in range(rows)])
    weight, total = np.moveaxis(sums, 2, 0)  # [rows, columns, RINGS, SECTORS]
    total = (total - offset * weight) * scale
    trimmed, clipped = compared_sectors(weight, total)
    weight, total = weight.sum(-1), total.sum(-1)
    found = []
    for feature in description["profile"]["features"]:
        n, rings = feature["neighbourhood"], slice(feature["first_ring"], feature["last_ring"] + 1)
        if feature["kind"] in ("trimmed", "polar"):
            means = trimmed if feature["kind"] == "trimmed" else clipped
            pixels, sum_ = box(np.isfinite(means).astype(float), n), box(np.nan_to_num(means), n)
        else:
            pixels, sum_ = box(weight, n), box(total, n)
        there = pixels > 0.5
        pixels = np.where(there, pixels, 1)
        value = np.log(np.maximum(sum_ / pixels, 0.005))
        found.append(np.where(there, value, 0)[:, :, rings].reshape(rows, columns, -1))
    return np.concatenate(found, -1).astype(np.float32)
