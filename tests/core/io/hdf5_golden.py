# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the small HDF5 files that tst_hdf5_chunks.cpp and tst_dectris.cpp read: filters and chunks as other programs make them, with h5py and
# the filters of Debian's packages hdf5-filter-plugin (LZ4) and bitshuffle, and python3-zstandard. Run in this folder:
# python3 hdf5_golden.py
#
# Each dataset's name is "<what it shows>-<type>". Value i (in C order) is (i * i >> 9) % 19, but in "noise" bits 7 to
# 22 of i * 2654435761, which no filter makes smaller.
import os

import bitshuffle
import h5py
import numpy
import zstandard

SHAPE = (4, 5, 20, 22)
WHOLE = (2, 3, 20, 22)  # several patterns in a chunk, one chunk column beyond the scan
CUT = (3, 2, 13, 9)     # chunks cut patterns and reach beyond the dataset in every dimension


def values(name, dtype, shape=SHAPE):
    i = numpy.arange(int(numpy.prod(shape)), dtype="uint64")
    v = i * 2654435761 >> 7 & 0xFFFF if name.startswith("noise") else (i * i >> 9) % 19
    return v.astype(dtype).reshape(shape)


def write(file, name, dtype, chunks, shape=SHAPE, **options):
    short = numpy.dtype(dtype).newbyteorder("=").name + ("-big" if numpy.dtype(dtype).byteorder == ">" else "")
    file.create_dataset(f"{name}-{short}", data=values(name, dtype, shape), chunks=chunks, **options)


def bitshuffle_filter(block=0, compression=2):
    return {"compression": 32008, "compression_opts": (block, compression)}


def lz4_filter(block=0):
    return {"compression": 32004, "compression_opts": (block,)}


def write_encoded(file, name, dtype, filters, encode):
    """Chunks that `encode` makes of the bytes of each; `filters` are numbers with their parameters."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk(WHOLE)
    for number, parameters in filters:
        properties.set_filter(number, h5py.h5z.FLAG_OPTIONAL, parameters)
    v = values(name, dtype)
    kind = h5py.h5t.py_create(v.dtype)
    space = h5py.h5s.create_simple(SHAPE)
    data = h5py.h5d.create(file.id, f"{name}-{v.dtype.name}".encode(), kind, space, properties)
    for y in range(0, SHAPE[0], WHOLE[0]):
        for x in range(0, SHAPE[1], WHOLE[1]):
            chunk = numpy.zeros(WHOLE, dtype)
            part = v[y:y + WHOLE[0], x:x + WHOLE[1]]
            chunk[:part.shape[0], :part.shape[1]] = part
            data.write_direct_chunk((y, x, 0, 0), encode(chunk), 0)


def byte_shuffled(chunk):
    return chunk.reshape(-1).view("u1").reshape(-1, chunk.itemsize).T.tobytes()


def bitshuffled_zstd(chunk, block=1000):
    """The layout of bitshuffle 0.4 with Zstandard: sizes in big-endian order, blocks, up to seven values as they are."""
    flat = chunk.reshape(-1)
    out = flat.nbytes.to_bytes(8, "big") + (block * flat.itemsize).to_bytes(4, "big")
    whole = flat.size // 8 * 8
    for start in range(0, whole, block):
        part = numpy.ascontiguousarray(flat[start:min(start + block, whole)])
        packed = zstandard.compress(bitshuffle.bitshuffle(part, part.size).tobytes())
        out += len(packed).to_bytes(4, "big") + packed
    return out + flat[whole:].tobytes()


os.makedirs("hdf5", exist_ok=True)

with h5py.File("hdf5/filters.h5", "w") as file:
    for chunks, how in ((WHOLE, "whole"), (CUT, "cut")):
        write(file, f"plain-{how}", "u1", chunks)
        write(file, f"deflate-shuffle-{how}", "<u2", chunks, compression="gzip", shuffle=True)
        write(file, f"bitshuffle-lz4-{how}", "<u4", chunks, **bitshuffle_filter())
    for dtype in ("u1", "<i2", "<u4", "<i8", "<f2", "<f4", "<f8", ">u2", ">i4", ">f4", ">f8"):
        write(file, "deflate-shuffle", dtype, WHOLE, compression="gzip", shuffle=True)
        write(file, "bitshuffle-lz4", dtype, CUT, **bitshuffle_filter())
    write(file, "deflate", "<u2", CUT, compression="gzip", compression_opts=9)
    write(file, "shuffle", "<u4", WHOLE, shuffle=True)
    write(file, "fletcher32", "<u2", WHOLE, fletcher32=True)
    write(file, "fletcher32", "u1", (3, 1, 13, 11), fletcher32=True)  # an odd number of bytes
    write(file, "deflate-shuffle-fletcher32", "<u2", WHOLE, compression="gzip", shuffle=True, fletcher32=True)
    write(file, "lzf", "<u2", WHOLE, compression="lzf")
    write(file, "lzf-shuffle", "<f4", CUT, compression="lzf", shuffle=True)
    write(file, "noise-lzf", "<u2", CUT, compression="lzf")  # left out where it does not help
    write(file, "lz4", "<u2", WHOLE, **lz4_filter())
    write(file, "lz4-blocks", "<u2", WHOLE, **lz4_filter(1000))
    write(file, "noise-lz4", "u1", CUT, **lz4_filter(1000))  # blocks that are not compressed
    write(file, "bitshuffle", "<u2", WHOLE, **bitshuffle_filter(0, 0))
    write(file, "bitshuffle-blocks", "<f4", (3, 2, 20, 21), **bitshuffle_filter(64, 0))
    write(file, "bitshuffle-lz4-blocks", "<u2", WHOLE, **bitshuffle_filter(256))
    write(file, "bitshuffle-lz4-fletcher32", "<u2", CUT, fletcher32=True, **bitshuffle_filter())
    write_encoded(file, "zstd", "<u2", [(32015, (3,))], lambda chunk: zstandard.compress(chunk.tobytes()))
    write_encoded(file, "zstd-shuffle", "<u4", [(2, (4,)), (32015, (3,))],
                  lambda chunk: zstandard.compress(byte_shuffled(chunk)))
    write_encoded(file, "bitshuffle-zstd", "<u2", [(32008, (0, 3))], bitshuffled_zstd)
    write(file, "stack-bitshuffle-lz4", "<u4", (3, 20, 22), shape=(20, 20, 22), **bitshuffle_filter())

# Every kind of chunk index: single chunk, fixed array, extensible array, version 2 B-tree (version 1 is above).
with h5py.File("hdf5/indexes.h5", "w", libver="latest") as file:
    options = {"compression": "gzip", "shuffle": True}
    write(file, "single", "<u2", SHAPE, **options)
    write(file, "fixed", "<u2", CUT, **options)
    write(file, "extensible", "<u2", CUT, maxshape=(None, 5, 20, 22), **options)
    write(file, "btree2", "<u2", CUT, maxshape=(None, None, 20, 22), **options)

with h5py.File("hdf5/userblock.h5", "w", userblock_size=512) as file:
    write(file, "deflate-shuffle", "<u2", CUT, compression="gzip", shuffle=True)

# Chunks that were never written hold the fill value.
with h5py.File("hdf5/fill.h5", "w") as file:
    data = file.create_dataset("fill-uint16", SHAPE, "<u2", chunks=WHOLE, fillvalue=7, compression="gzip")
    data[2:, :3] = values("fill", "<u2")[2:, :3]
    file.create_dataset("empty-int32-big", SHAPE, ">i4", chunks=WHOLE, fillvalue=-7, compression="gzip")


# An Arina scan of 4 x 5 probe positions, 12 x 10 pixels, its frames in two files: value i is i % 1000, those above 900 are
# saturated; two pixels are masked and hold what the detector writes there.
frames = (numpy.arange(20 * 12 * 10, dtype="<u4") % 1000).reshape(20, 12, 10)
frames[:, 0, 0] = frames[:, 5, 7] = 0xFFFFFFFF
with h5py.File("hdf5/arina_master.h5", "w") as master:
    data = master.create_group("entry/data")
    for number, part in ((1, frames[:13]), (2, frames[13:])):
        name = f"arina_data_{number:06d}.h5"
        with h5py.File(f"hdf5/{name}", "w") as file:
            file.create_dataset("entry/data/data", data=part, chunks=(1, 12, 10), **bitshuffle_filter())
        data[f"data_{number:06d}"] = h5py.ExternalLink(name, "/entry/data/data")
    detector = master.create_group("entry/instrument/detector")
    mask = numpy.zeros((12, 10), "<u4")
    mask[0, 0], mask[5, 7] = 1, 16
    detector.create_dataset("detectorSpecific/pixel_mask", data=mask)
    detector["saturation_value"] = numpy.int64(900)
    detector["x_pixel_size"] = 1e-4
    detector["detectorSpecific/photon_energy"] = 200e3
with h5py.File("hdf5/arina.h5", "w") as file:
    metadata = file.create_group("STEM Metadata")
    for name, value in (("NumPixelsX", 5), ("NumPixelsY", 4), ("Pixel Size", [0.5]), ("Camera Length", [0.2]),
                        ("High Tension", [200e3]), ("IsPixelSizeCalibrated", numpy.array([1], "u1"))):
        metadata.attrs[name] = value
    for channel, image in (("BF", numpy.arange(20, dtype="<i2") - 5), ("HAADF", numpy.arange(20, dtype="<f4") / 4)):
        group = file.create_group(f"arina [{channel}]")
        group.attrs.create("Channel Type", [channel], dtype=h5py.string_dtype())
        group.create_dataset(f"arina [{channel}]Image Data", data=image.reshape(4, 5))
