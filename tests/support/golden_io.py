# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores golden arrays as JSON beside the script that makes them; tests/support/golden.h reads them."""
import json

import numpy as np


def write(path, arrays):
    stored = {}
    for name, array in arrays.items():
        array = np.asarray(array)
        digits = 9 if array.dtype == np.float32 else 17  # enough to read back the same number
        values = [float(f"{v:.{digits}g}") if np.isfinite(v) else None for v in array.astype(np.float64).ravel()]
        stored[name] = {"shape": list(array.shape), "values": values}
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in stored.items()) + "\n}\n")
