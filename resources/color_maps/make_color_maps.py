#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes widgets/color_map_tables.cpp. Viridis and Inferno are matplotlib's (public domain, CC0); Grey is equal steps of
CIELAB lightness; BlueWhiteRed runs through CIELAB from a dark blue over near-white to a dark red, lightness symmetric."""
import sys

import numpy as np
from matplotlib import cm
from skimage import color


def listed(name):
    return np.round(cm.get_cmap(name, 256)(np.arange(256))[:, :3] * 255).astype(int)


def grey():
    lab = np.zeros((1, 256, 3))
    lab[0, :, 0] = np.linspace(0, 100, 256)
    return np.round(color.lab2rgb(lab)[0] * 255).astype(int)


def blue_white_red():
    ends = {"blue": [(20, 48, 110), (44, 110, 180), (146, 190, 220)], "red": [(228, 158, 134), (196, 62, 56), (110, 10, 30)]}
    anchors = np.array(ends["blue"] + [(248, 248, 248)] + ends["red"], float) / 255
    lab = color.rgb2lab(anchors[None])[0]
    lightness = lab[:, 0]
    lab[:, 0] = (lightness + lightness[::-1]) / 2
    place = np.array([0, .2, .36, .5, .64, .8, 1])
    t = np.linspace(0, 1, 256)
    mixed = np.stack([np.interp(t, place, lab[:, i]) for i in range(3)], axis=1)
    return np.round(np.clip(color.lab2rgb(mixed[None])[0], 0, 1) * 255).astype(int)


def table(name, rgb):
    words = [f"0xff{r:02x}{g:02x}{b:02x}" for r, g, b in rgb]
    lines = [", ".join(words[i:i + 10]) for i in range(0, 256, 10)]
    return f"extern const std::array<QRgb, 256> {name} = {{\n    " + ",\n    ".join(lines) + "};\n"


with open(sys.argv[1], "w") as out:
    out.write("// SPDX-License-Identifier: GPL-3.0-or-later\n"
              "// Colours of the colour maps. Written by resources/color_maps/make_color_maps.py.\n"
              "// clang-format off\n#include <QRgb>\n\n#include <array>\n\nnamespace dispersa {\n\n")
    for name, rgb in (("viridisTable", listed("viridis")), ("infernoTable", listed("inferno")), ("greyTable", grey()),
                      ("blueWhiteRedTable", blue_white_red())):
        out.write(table(name, rgb) + "\n")
    out.write("} // namespace dispersa\n")
