#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes polar_golden.json: what Python's PyTorch makes of the polar network's layers, with its own modules for circular and
replicate padding, convolution, GroupNorm and pooling, for weights and rings that follow formulas.
"""
import json
import pathlib

import torch
from torch import nn

from make_network_golden import noise

CHANNELS, RINGS, SECTORS, TARGETS = 2, 17, 12, 3
WIDTHS = (8, 8)


def salted(start):
    while True:
        yield start
        start += 1


def padded(image):
    around = nn.functional.pad(image, (1, 1, 0, 0), mode="circular")
    return nn.functional.pad(around, (0, 0, 1, 1), mode="replicate")


def main():
    salts = salted(200)
    rows = noise((4, CHANNELS, RINGS, SECTORS), next(salts), 2.0)
    mean = noise((CHANNELS, RINGS), next(salts), 0.5)
    scale = noise((CHANNELS, RINGS), next(salts), 0.5, 1.0)
    level = (rows - mean[None, :, :, None]) / scale[None, :, :, None]
    image, depth = level, CHANNELS
    with torch.no_grad():
        for width in WIDTHS:
            half = noise((width, depth, 3, 2), next(salts), (depth * 9) ** -0.5)
            conv, norm = nn.Conv2d(depth, width, 3), nn.GroupNorm(1, width)
            conv.weight.copy_(half[..., [1, 0, 1]])
            conv.bias.copy_(noise((width,), next(salts), 0.1))
            norm.weight.copy_(noise((width,), next(salts), 0.5, 1.0))
            norm.bias.copy_(noise((width,), next(salts), 0.3))
            image = torch.relu(norm(conv(padded(image))))
            image = nn.functional.avg_pool2d(image, (2, 1))
            depth = width

        def robust(x):
            return torch.topk(x, SECTORS * 3 // 4, dim=3, largest=False).values.mean(3).flatten(1)

        found = torch.cat([robust(image), robust(level)], 1)
        layers = [nn.Linear(found.shape[1], 64), nn.Linear(64, 64), nn.Linear(64, TARGETS)]
        for layer in layers:
            layer.weight.copy_(noise(layer.weight.shape, next(salts), layer.in_features**-0.5))
            layer.bias.copy_(noise(layer.bias.shape, next(salts), 0.1))
        predicted = torch.softmax(layers[2](torch.relu(layers[1](torch.relu(layers[0](found))))), 1)
    golden = {"channels": CHANNELS, "rings": RINGS, "targets": TARGETS, "inputs": found.shape[1],
              "predicted": [[round(v, 7) for v in row] for row in predicted.tolist()]}
    path = pathlib.Path(__file__).with_name("polar_golden.json")
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
