#!/usr/bin/python3
"""Golden values of tst_velox_counts::countsARealStream: counts per element of the sample velox_v11_SI_16x16.emd, by its four
spectrum streams (energy = -250 eV + 10 eV x channel, as the detectors in its metadata say) in a window of one full width at half
maximum, sqrt(2.5 (E - 5895) + 130^2) eV but at least 50 eV, to each side of the K-alpha line.
Run: velox_counts.py /path/to/samples/velox_emd/velox_v11_SI_16x16.emd"""
import math
import sys

import h5py
import numpy as np

LINES_EV = {"C": 277, "O": 525, "Ca": 3691, "Cu": 8040}

streams = h5py.File(sys.argv[1])["Data/SpectrumStream"]
for element, line in LINES_EV.items():
    width = math.sqrt(max(2.5 * (line - 5895) + 130**2, 50**2))
    first, last = math.ceil((line - width + 250) / 10), math.floor((line + width + 250) / 10)
    counts = np.zeros(256)
    for stream in streams.values():
        pixel = 0
        for value in stream["Data"][:, 0]:
            if value == 65535:
                pixel = (pixel + 1) % 256
            elif first <= value <= last:
                counts[pixel] += 1
    print(f'{{"{element}", {counts.sum():.0f}, {counts[0]:.0f}, {counts.max():.0f}}}  // channels {first} to {last}')
