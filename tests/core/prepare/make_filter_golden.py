#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden values of the map filters: OpenCV and SciPy where every pixel is data; where some are not, SciPy's convolutions in
double and plain NumPy, which share no code with the filters under test. Run: python3 make_filter_golden.py"""
import os
import sys

import cv2
import numpy as np
from scipy import ndimage

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

GAUSS7 = np.array([1 / 32, 7 / 64, 7 / 32, 9 / 32, 7 / 32, 7 / 64, 1 / 32])


def deterministic_map(height, width, seed):
    """Smooth composition plus noise, as EDS fractions look."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    return (0.3 + 0.1 * np.sin(y / 3) + 0.05 * np.cos(x / 2) + 0.08 * random.standard_normal((height, width))).astype(
        np.float32)


def whole(image):
    return {
        "mean": cv2.blur(image, (7, 7)),
        "gaussian": cv2.GaussianBlur(image, (7, 7), 0),
        "median": ndimage.median_filter(image, size=7, mode="nearest"),
        "bilateral": cv2.bilateralFilter(image, 9, 75, 75),
    }


def normalised(image, kernel):
    """Convolution with weights of valid pixels; SciPy calls OpenCV's reflect101 "mirror"."""
    valid = np.isfinite(image).astype(np.float64)
    values = np.where(valid > 0, image, 0).astype(np.float64)
    for axis in (0, 1):
        values = ndimage.correlate1d(values, kernel, axis=axis, mode="mirror")
        valid = ndimage.correlate1d(valid, kernel, axis=axis, mode="mirror")
    return np.where(np.isfinite(image), values / valid, np.nan)


def masked_median(image, size):
    radius = size // 2
    padded = np.pad(image, radius, mode="edge")
    result = np.full(image.shape, np.nan)
    for y, x in zip(*np.nonzero(np.isfinite(image))):
        result[y, x] = np.nanmedian(padded[y:y + size, x:x + size].astype(np.float64))
    return result


def masked_bilateral(image, diameter, sigma_color, sigma_space):
    radius = diameter // 2
    padded = np.pad(image.astype(np.float64), radius, mode="reflect")
    dy, dx = np.mgrid[-radius:radius + 1, -radius:radius + 1]
    space = np.where(np.hypot(dy, dx) <= radius, np.exp(-0.5 * (dy**2 + dx**2) / sigma_space**2), 0)
    result = np.full(image.shape, np.nan)
    for y, x in zip(*np.nonzero(np.isfinite(image))):
        window = padded[y:y + diameter, x:x + diameter]
        weight = space * np.exp(-0.5 * ((window - float(image[y, x])) / sigma_color)**2)
        weight = np.where(np.isfinite(window), weight, 0)
        result[y, x] = (weight * np.nan_to_num(window)).sum() / weight.sum()
    return result


arrays = {}
image = deterministic_map(23, 17, 1)
arrays["input"] = image
arrays.update({f"whole_{k}": v for k, v in whole(image).items()})
arrays["whole_bilateral_narrow"] = cv2.bilateralFilter(image, 9, 0.1, 3)
arrays["whole_mean_3"] = cv2.blur(image, (3, 3))
arrays["whole_gaussian_11"] = cv2.GaussianBlur(image, (11, 11), 0)
arrays["whole_median_3"] = ndimage.median_filter(image, size=3, mode="nearest")

small = deterministic_map(3, 2, 2)  # smaller than the kernel
arrays["small_input"] = small
arrays.update({f"small_{k}": v for k, v in whole(small).items()})
row = deterministic_map(1, 5, 3)
arrays["row_input"] = row
arrays.update({f"row_{k}": v for k, v in whole(row).items()})

masked = image.copy()
masked[4:7, 5:9] = np.nan
masked[0, 0] = masked[22, 16] = masked[10, 0] = np.nan
masked[np.random.default_rng(4).random(masked.shape) < 0.1] = np.nan
arrays["masked_input"] = masked
arrays["masked_mean"] = normalised(masked, np.full(7, 1 / 7))
arrays["masked_gaussian"] = normalised(masked, GAUSS7)
arrays["masked_median"] = masked_median(masked, 7)
arrays["masked_bilateral"] = masked_bilateral(masked, 9, 75, 75)
arrays["masked_bilateral_narrow"] = masked_bilateral(masked, 9, 0.1, 3)

# The filters return float32.
arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
golden_io.write(os.path.join(here, "filter_golden.json"), arrays)
