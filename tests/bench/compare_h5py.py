# SPDX-License-Identifier: GPL-3.0-or-later
# Reading a compressed scan: ours with one and two threads against h5py, alternating, medians of three rounds.
#   compare_h5py.py BUILD/bench/bench_hdf5 [FILE.h5]     makes the file (110 x 45 x 256 x 256 uint16) when it is missing
import os
import re
import statistics
import subprocess
import sys
import time

import h5py
import numpy

NAME = "/datacube_root/datacube/data"


def make(path, chunks):
    rng = numpy.random.default_rng(1)
    y, x = numpy.mgrid[:256, :256] - 127.5
    r = numpy.hypot(y, x)
    mean = 60 * numpy.exp(-(r / 20) ** 2) + 3 * numpy.exp(-((r - 70) / 8) ** 2) + 0.5 * numpy.exp(-r / 60)
    with h5py.File(path, "w") as file:
        data = file.create_dataset(NAME, (110, 45, 256, 256), "<u2", chunks=chunks, compression="gzip", shuffle=True)
        for row in range(0, 110, chunks[0]):
            rows = min(chunks[0], 110 - row)
            data[row:row + rows] = rng.poisson(numpy.broadcast_to(mean, (rows, 45, 256, 256)))


def ours(bench, path, threads):
    text = subprocess.run([bench, path, str(threads), NAME], capture_output=True, text=True, check=True).stdout
    return float(re.match(r"([\d.]+) s", text)[1])


def theirs(path):
    begin = time.perf_counter()
    with h5py.File(path, "r") as file:
        data = file[NAME]
        step = data.chunks[0]
        for row in range(0, data.shape[0], step):
            data[row:row + step]
    return time.perf_counter() - begin


bench = sys.argv[1]
for chunks in ((1, 1, 256, 256), (4, 4, 256, 256), (7, 3, 32, 32)):
    path = sys.argv[2] if len(sys.argv) > 2 else f"/tmp/bench-{'x'.join(map(str, chunks))}.h5"
    if not os.path.exists(path):
        make(path, chunks)
    theirs(path)  # into the page cache
    times = {"h5py": [], 1: [], 2: []}
    for _ in range(3):
        times["h5py"].append(theirs(path))
        for threads in (1, 2):
            times[threads].append(ours(bench, path, threads))
    median = {key: statistics.median(value) for key, value in times.items()}
    size = 110 * 45 * 256 * 256 * 2e-6
    print(f"chunks {chunks}: h5py {size / median['h5py']:.0f} MB/s, ours "
          + ", ".join(f"{t} thread(s) {size / median[t]:.0f} MB/s = {median['h5py'] / median[t]:.2f} x" for t in (1, 2)))
    if len(sys.argv) > 2:
        break
