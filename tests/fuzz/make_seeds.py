#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one folder of small valid files per fuzz target: make_seeds.py FOLDER. The standard library is enough."""
import json
import pathlib
import struct
import sys


def mrc(shape, mode, values, order="<", exttyp=b"", extended=b"", ispg=0):
    nz, ny, nx = shape
    header = bytearray(1024)
    struct.pack_into(order + "10i", header, 0, nx, ny, nz, mode, 0, 0, 0, nx, ny, max(1, nz))
    struct.pack_into(order + "6f", header, 40, 10.53 * nx, 10.53 * ny, 1, 90, 90, 90)
    struct.pack_into(order + "3i", header, 64, 1, 2, 3)
    struct.pack_into(order + "3f2i", header, 76, 0, -1, -2, ispg, len(extended))
    header[104:108] = exttyp.ljust(4, b"\0")
    struct.pack_into(order + "i", header, 108, 20140)
    header[208:212] = b"MAP "
    header[212:216] = b"\x44\x44\0\0" if order == "<" else b"\x11\x11\0\0"
    return bytes(header) + extended + values


def fei2():
    block = bytearray(888)
    struct.pack_into("<2i", block, 0, 888, 2)
    struct.pack_into("<2d", block, 156, 1e8, 1e8)
    struct.pack_into("<i", block, 244, 2)
    struct.pack_into("<i", block, 248, 1)
    return bytes(block)


def tiff(bits, kind, values, width, height, order="<"):
    entries = [(256, 3, width), (257, 3, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
               (278, 3, height), (279, 4, len(values)), (339, 3, kind)]
    directory = struct.pack(order + "H", len(entries))
    for tag, number, value in entries:
        packed = struct.pack(order + "H", value) + b"\0\0" if number == 3 else struct.pack(order + "I", value)
        directory += struct.pack(order + "HHI", tag, number, 1) + packed
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(order + "I", 8 + len(values)) + values + directory + struct.pack(order + "I", 0)


def blo():
    header = bytearray(4112)
    header[:6] = b"IMGBLO"
    struct.pack_into("<H2I", header, 6, 0x0102, 4096, 4112)
    struct.pack_into("<H", header, 20, 2)
    struct.pack_into("<2H", header, 24, 3, 2)
    struct.pack_into("<2d", header, 30, 5, 5)
    struct.pack_into("<I2xHI", header, 46, 200000, 6226, 2000)
    frames = b"".join(b"\xaa\x55" + struct.pack("<I", k) + bytes(range(4)) for k in range(6))
    return bytes(header) + frames


def mib(kind, depth, size, frames=2):
    line = ("MQ1,{:06d},00384,01,0004,0002,{},   1x1,01,2021-05-07 18:51:10.905800,0.1,0,0,0,4.0E+1,3RX,068,511,MQ1A,"
            "2021-05-07T16:51:10.905800928Z,100000000ns,{},")
    return b"".join(line.format(k + 1, kind, depth).encode().ljust(384) + bytes(8 * size) for k in range(frames))


def npy(description, order, shape, values):
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (description, order, shape)
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode() + values


MODEL = {
    "version": 1, "recipe": "paper-haadf",
    "network": {"pattern_height": 94, "pattern_width": 94, "outputs": 2, "activation": "relu", "batch_norm_momentum": 0.01,
                "batch_norm_epsilon": 0.001, "dropout": 0.5},
    "targets": ["Te", "HAADF"],
    "diffraction": {"bad_pixels": "repair", "bad_pixel_sigmas": 12.5, "centre": "com", "descan": "rows",
                    "ellipse_ratio": 1.025, "ellipse_angle_deg": -33.5, "beam_mask_px": 7.5, "beam_mask_edge_px": 2.5,
                    "bin": 2, "scaling": "log", "scaling_quantile": 1234.5},
    "map_filter": {"kind": "bilateral", "size": 9, "sigma_color": 60.5, "sigma_space": 70.25},
    "normalise": "sum", "calibration": {"q_pixel_invA": 0.02, "scan_step_nm": 1, "convergence_mrad": 0.5,
                                        "qr_rotation_deg": -12.5},
    "haadf": {"low": 0.25, "high": 65000}, "training_mean": [0.25, None],
    "provenance": {"seed": 42, "inputs": [{"path": "a.h5", "fingerprint": "0123"}]}}


PROFILE_MODEL = {**MODEL, "recipe": "combined", "network": {"outputs": 2, "activation": "softmax"}, "targets": ["O", "Te"],
    "training_mean": [0.25, 0.75], "profile": {
        "composition": True,
        "features": [{"kind": "mean", "neighbourhood": 5, "first_ring": 4, "last_ring": 8},
                     {"kind": "trimmed", "neighbourhood": 11, "first_ring": 5, "last_ring": 6},
                     {"kind": "variance", "neighbourhood": 1, "first_ring": 63, "last_ring": 63},
                     {"kind": "polar", "neighbourhood": 3, "first_ring": 5, "last_ring": 12}],
        "regressors": [{"kind": kind, "features": features, "penalty": 0.01, "width": 1.25, "logarithm": kind in ("ridge", "kernel"),
                        "dropout": 0.25, "noise": 0.125, "mixing": 1, "epochs": 20, "learning_rate": 0.002}
                       for kind, features in (("ridge", [0]), ("kernel", [1, 2]), ("mlp", [2, 0, 1]), ("polar", [3]))]}}


def safetensors(tensors, metadata):
    """Header of a file whose tensors are (name, type, bytes of a number, shape); its data, which the fuzz target adds."""
    header, offset = {"__metadata__": metadata}, 0
    for name, kind, size, shape in tensors:
        begin = offset
        for edge in shape:
            size *= edge
        offset += size
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, offset]}
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + struct.pack("<I", offset)


def network():
    """The tensors of a network for patterns of 94 x 94 pixels and two targets."""
    layers = {"conv1": [32, 1, 3, 3], "bn1": [32], "conv2": [64, 32, 3, 3], "conv3": [128, 64, 3, 3],
              "conv4": [256, 128, 3, 3], "conv5": [512, 256, 3, 3], "fc1": [512, 512], "fc2": [256, 512],
              "fc3": [128, 256], "output": [2, 128]}
    tensors = [("bn1.num_batches_tracked", "I64", 8, [])]
    tensors += [("bn1." + name, "F32", 4, [32]) for name in ("running_mean", "running_var")]
    for name, kernel in layers.items():
        tensors += [(name + ".weight", "F32", 4, kernel), (name + ".bias", "F32", 4, kernel[:1])]
    return tensors


ENSEMBLE = {**MODEL, "members": 2}


def ensemble():
    """The tensors of two such networks."""
    return [(f"member{member}." + name, *rest) for member in range(2) for name, *rest in network()]


def regressions():
    """The tensors of PROFILE_MODEL's regressions: four points of the kernel, two members of the dense network."""
    parts = {"regressor0.0.": {"mean": [5], "scale": [5], "weight": [5, 2], "bias": [2]},
             "regressor1.0.": {"mean": [3], "scale": [3], "points": [4, 3], "weights": [4, 2], "bias": [2], "gamma": []}}
    for member in range(2):
        parts[f"regressor2.{member}."] = {
            "mean": [8], "scale": [8], "layer1.weight": [64, 8], "layer1.bias": [64], "layer2.weight": [64, 64],
            "layer2.bias": [64], "output.weight": [2, 64], "output.bias": [2]}
    parts["regressor3.0."] = {"mean": [8], "scale": [8], "dense1.weight": [64, 24], "dense1.bias": [64],
                              "dense2.weight": [64, 64], "dense2.bias": [64], "output.weight": [2, 64], "output.bias": [2]}
    for convolution, depth in (("1", 1), ("2", 8)):
        parts["regressor3.0."].update({f"conv{convolution}.weight": [8, depth, 3, 2], f"conv{convolution}.bias": [8],
                                       f"norm{convolution}.weight": [8], f"norm{convolution}.bias": [8]})
    return [(prefix + name, "F32", 4, shape) for prefix, tensors in parts.items() for name, shape in tensors.items()]


class Dm:
    """Tag trees of DigitalMicrograph: a dictionary is a group, numbers and arrays are data."""

    def __init__(self, version):
        self.version = version
        self.size = "i" if version == 3 else "q"

    def count(self, value):
        return struct.pack(">" + self.size, value)

    def data(self, info, raw):
        return b"%%%%" + self.count(len(info)) + b"".join(self.count(i) for i in info) + raw

    def value(self, value):
        if isinstance(value, int):
            return self.data([3], struct.pack("<i", value))
        if isinstance(value, float):
            return self.data([6], struct.pack("<f", value))
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            return self.data([20, 4, len(value)], text)
        return self.data([20, 4, len(value) // 2], value) # bytes: uint16 values

    def tag(self, name, value):
        body = self.group(value) if isinstance(value, (dict, list)) else self.value(value)
        kind = 20 if isinstance(value, (dict, list)) else 21
        head = struct.pack(">BH", kind, len(name)) + name.encode()
        return head + (struct.pack(">q", len(body)) if self.version == 4 else b"") + body

    def group(self, tags):
        items = [("", t) for t in tags] if isinstance(tags, list) else list(tags.items())
        return b"\1\0" + self.count(len(items)) + b"".join(self.tag(n, t) for n, t in items)

    def file(self, dimensions, values):
        axis = {"Origin": 0.0, "Scale": 0.5, "Units": "nm"}
        image = {"ImageData": {"Calibrations": {"Dimension": [axis] * len(dimensions)}, "Data": values, "DataType": 10,
                               "Dimensions": list(dimensions), "PixelDepth": 2}, "Name": "O"}
        root = self.group({"ImageList": [image]})
        return struct.pack(">i", self.version) + self.count(len(root)) + struct.pack(">i", 1) + root + bytes(8)


SEEDS = {
    "dm": [Dm(v).file(d, bytes(range(2 * n))) for v in (3, 4) for d, n in (((3, 2), 6), ((2, 2, 3), 12), ((2, 2, 3, 2), 24))],
    "velox": [json.dumps({"BinaryResult": {"Detector": "HAADF", "PixelSize": {"width": "1e-9", "height": "1e-9"}},
                          "Optics": {"AccelerationVoltage": "200000"}, "data": "/Data/Image/a"}).encode(),
              struct.pack("<12H", 100, 65535, 65535, 200, 200, 65535, 4095, 65535, 0, 65535, 65535, 1)],
    "blo": [blo()],
    "mib": [mib("U08", 6, 1), mib("U16", 12, 2), mib("U32", 24, 4), mib("R64", 12, 2), mib("R64", 1, 1)],
    "empad": [struct.pack("<f", 1.5) * (130 * 128 * 4), bytes(130 * 128 * 4 * 3)],
    "npy": [npy("<f4", False, "(3, 4)", struct.pack("<12f", *range(12))),
            npy(">u2", False, "(2, 3, 2, 2)", struct.pack(">24H", *range(24))),
            npy("|u1", True, "(6, 2, 2)", bytes(range(24)))],
    "csv": [b"1,2,3\n4,5,6\n", b"# O at%\n1,5;2,5\n3,5;nan\n", b"x\ty\n1e3\t-2\n\n3 4\n"],
    "mrc": [
        mrc((1, 3, 4), 2, struct.pack("<12f", *range(12))),
        mrc((6, 2, 2), 6, struct.pack("<24H", *range(24))),
        mrc((6, 2, 2), 1, struct.pack(">24h", *range(24)), order=">"),
        mrc((4, 2, 2), 0, bytes(16), exttyp=b"FEI2", extended=fei2()),
        mrc((4, 2, 2), 12, bytes(32), ispg=401),
    ],
    "tiff": [
        tiff(32, 3, struct.pack("<12f", *range(12)), 4, 3),
        tiff(16, 1, struct.pack(">12H", *range(12)), 4, 3, order=">"),
        tiff(8, 1, bytes(range(12)), 4, 3),
    ],
    "model": [
        safetensors(network(), {"format": "pt", "dispersa": json.dumps(MODEL)}),
        safetensors(network() + [("training.optimizer.step", "I64", 8, [1])],
                    {"dispersa": json.dumps(MODEL), "dispersa-training": "{}"}),
        safetensors([("a", "F16", 2, [2, 3]), ("b", "BOOL", 1, [0]), ("c", "F64", 8, [])], {"format": "pt"}),
        json.dumps(MODEL).encode(),
        safetensors(ensemble(), {"format": "pt", "dispersa": json.dumps(ENSEMBLE)}),
        json.dumps(ENSEMBLE).encode(),
        safetensors(regressions(), {"format": "pt", "dispersa": json.dumps(PROFILE_MODEL)}),
        json.dumps(PROFILE_MODEL).encode(),
    ],
    "study": [
        json.dumps({"format": "dispersa-study", "version": 1}).encode(),
        json.dumps({
            "format": "dispersa-study", "version": 1,
            "scans": [{"name": "0033", "role": "train",
                       "diffraction": {"path": "a.h5", "dataset": "/d", "scan_shape": [110, 45],
                                       "order": {"serpentine": True, "skip_per_row": 1, "flip_y": True}},
                       "maps": [{"quantity": "O", "path": "o.mrc", "unit": "fraction"}],
                       "map_from_scan": {"dy": 1, "dx": -2.5, "scale": 1.1}}],
            "calibration": {"q_pixel_invA": 0.0231, "scan_step_nm": 1.053},
            "crop": {"y": 20, "x": 0, "height": 70, "width": 45},
            "map_filter": {"kind": "bilateral", "size": 9},
            "diffraction": {"centre": "com", "beam_mask_px": 4, "bin": 2, "scaling": "sqrt"},
            "targets": ["O", "Te"], "normalise": "sum",
            "split": {"kind": "blocks", "block_px": 15, "guard_px": 6, "calibration_fraction": 0.1},
            "recipe": {"name": "radial", "epochs": 3, "members": 2, "regressor": "ridge"},
            "correction": {"kind": "isotonic", "fit_on": "calibration", "simplex": True},
            "account": {"level": 0.9, "dropout_passes": 20, "leak_gap": True},
            "unknown": [1, {"a": None}]}).encode(),
    ],
}

if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    for name, files in SEEDS.items():
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(files):
            (folder / f"seed{number}").write_bytes(content)
