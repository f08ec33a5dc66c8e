# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the small TIFF files that tst_tiff.cpp reads, with tifffile: an implementation independent of ours.
# Run in this folder: python3 tiff_golden.py
import os

import numpy
import tifffile

os.makedirs("tiff", exist_ok=True)
counting = numpy.arange(35).reshape(7, 5)
for name in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float16", "float32", "float64"):
    values = counting - (3 if "u" not in name else 0)
    for order in ("<", ">"):
        tifffile.imwrite(f"tiff/{name}-{'little' if order == '<' else 'big'}.tif", values.astype(name), byteorder=order)
noise = numpy.arange(40 * 50, dtype="float32").reshape(40, 50) / 7
tifffile.imwrite("tiff/tiled-deflate.tif", noise, tile=(16, 32), compression="zlib")
tifffile.imwrite("tiff/strips-big.tif", noise, rowsperstrip=7, bigtiff=True)
tifffile.imwrite("tiff/imagej-nm.tif", counting.astype("float32"), imagej=True, resolution=(1 / 1.053, 1 / 1.053),
                 metadata={"unit": "nm"})
tifffile.imwrite("tiff/imagej-um.tif", counting.astype("float32"), imagej=True, resolution=(500.0, 500.0),
                 metadata={"unit": "um"})
tifffile.imwrite("tiff/dpi.tif", counting.astype("float32"), resolution=(72, 72), resolutionunit="INCH")
tifffile.imwrite("tiff/rgb.tif", numpy.zeros((4, 5, 3), "uint8"), photometric="rgb")
tifffile.imwrite("tiff/palette.tif", numpy.zeros((4, 5), "uint8"), photometric="palette",
                 colormap=numpy.zeros((3, 256), "uint16"))
tifffile.imwrite("tiff/complex.tif", numpy.zeros((4, 5), "complex64"))
tifffile.imwrite("tiff/bilevel.tif", numpy.zeros((4, 8), bool))
with tifffile.TiffWriter("tiff/pages.tif") as pages:
    pages.write(counting.astype("uint16"))
    pages.write((counting[:4] + 100).astype("float32"))
    pages.write(numpy.zeros((4, 5, 3), "uint8"), photometric="rgb")
