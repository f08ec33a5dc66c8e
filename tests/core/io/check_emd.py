#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks EMD 1.0 files that Dispersa wrote by the rules of emdfile and py4DSTEM, with h5py alone.

    check_emd.py FILE.h5 ...      prints what it found; exit code 1 and a line per breach if a rule is broken
    check_emd.py FILE.h5 --cube '{"shape": [3, 4, 6, 5], "dtype": "uint16", "sum": 100, "chunks": [1, 4, 6, 5],
                                  "compression": "gzip", "Q": [0.02, "A^-1"], "R": [1.5, "nm"]}'
                                  also checks the one data cube: what is named must be so (null: none)

The rules are those of emdfile's reader (emdfile/classes, emdfile/read.py) and of py4DSTEM's DataCube and Calibration.
"""
import json
import sys

import h5py
import numpy as np

NODE_TYPES = {"root": "Root", "node": "Node", "array": ("Array", "DataCube"), "metadatabundle": "Metadata",
              "metadata": ("Metadata", "Calibration")}


def check(path):
    breaches = []

    def rule(holds, what):
        if not holds:
            breaches.append(what)

    def text(node, name):
        """Text attributes must arrive as str: h5py gives str for variable length only."""
        value = node.attrs.get(name)
        rule(isinstance(value, str), f"{node.name}: attribute {name} is {value!r}, not variable-length text")
        return value

    def visit_array(group):
        data = group["data"]
        text(data, "units")
        for n in range(data.ndim):
            dim = group[f"dim{n}"]
            text(dim, "name")
            text(dim, "units")
            rule(dim.shape[0] in (2, data.shape[n]), f"{dim.name}: {dim.shape[0]} values for {data.shape[n]} pixels")
            rule(np.issubdtype(dim.dtype, np.floating) and dim[1] > dim[0], f"{dim.name}: does not grow")
        print(f"  {group.name}: {group.attrs['python_class']} {data.shape} {data.dtype}")

    def visit_metadata(group):
        for key, item in group.items():
            kind = text(item, "type")
            value = item[()]
            rule({"number": np.isscalar(value), "string": isinstance(value, bytes)}.get(kind, False),
                 f"{item.name}: {value!r} is no {kind}")

    def visit(name, node):
        if not isinstance(node, h5py.Group):
            return
        kind, python_class = text(node, "emd_group_type"), text(node, "python_class")
        allowed = NODE_TYPES.get(kind, ())
        rule(python_class in ((allowed,) if isinstance(allowed, str) else allowed), f"/{name}: {kind} of class {python_class}")
        if kind == "array":
            visit_array(node)
        if kind == "metadata":
            visit_metadata(node)

    with h5py.File(path, "r") as file:
        rule(text(file, "emd_group_type") == "file", "/: emd_group_type is not file")
        rule((file.attrs["version_major"], file.attrs["version_minor"]) == (1, 0), "/: not version 1.0")
        for name in ("UUID", "authoring_program", "authoring_user"):
            text(file, name)
        roots = [g for g in file.values() if g.attrs.get("emd_group_type") == "root"]
        rule(len(roots) == 1, f"/: {len(roots)} roots")
        file.visititems(visit)
    return breaches


def check_cube(path, expected):
    """What py4DSTEM would find: one DataCube below the root and its calibration."""
    breaches = []
    with h5py.File(path, "r") as file:
        (root,) = file.values()
        cubes = [g for g in root.values() if g.attrs.get("python_class") == "DataCube"]
        if len(cubes) != 1:
            return [f"{len(cubes)} data cubes"]
        cube, data = cubes[0], cubes[0]["data"]
        calibration = root["metadatabundle/calibration"]
        size = {space: [calibration[f"{space}_pixel_size"][()], calibration[f"{space}_pixel_units"][()].decode()]
                for space in "QR"}
        found = {"shape": list(data.shape), "dtype": str(data.dtype), "sum": float(data[()].sum(dtype=float)),
                 "chunks": list(data.chunks) if data.chunks else None, "compression": data.compression,
                 "Q": size["Q"], "R": size["R"]}
        for key, value in expected.items():
            if found[key] != value:
                breaches.append(f"{key} is {found[key]!r}, not {value!r}")
        # The dim vectors say the same as the calibration.
        for dim, space in enumerate("RRQQ"):
            step, unit = cube[f"dim{dim}"][1] - cube[f"dim{dim}"][0], cube[f"dim{dim}"].attrs["units"]
            if not np.isclose(step, size[space][0]) or unit != size[space][1]:
                breaches.append(f"dim{dim} has step {step} {unit}, the calibration {size[space]}")
    return breaches


if __name__ == "__main__":
    failed = False
    arguments = sys.argv[1:]
    expected = json.loads(arguments.pop()) if "--cube" in arguments else None
    for argument in arguments:
        if argument == "--cube":
            continue
        print(argument)
        for breach in check(argument) + (check_cube(argument, expected) if expected else []):
            failed = True
            print("  BREACH", breach)
    sys.exit(failed or len(sys.argv) < 2)
