# SPDX-License-Identifier: GPL-3.0-or-later
"""A trained Dispersa model in PyTorch, from model.safetensors alone; needs numpy and torch.

    network, description = load("run/model.safetensors")
    fractions = network(torch.from_numpy(scaled(counts, description)))   # counts: prepared patterns [n, height, width]

`description` says how patterns were prepared ("diffraction"), what the outputs are ("targets") and on what it was trained.
"""
import json
import struct

import numpy as np
import torch
from torch import nn


class Network(nn.Module):
    """Kumar & Rakita 2025; [n, 1, height, width] to [n, targets]."""

    def __init__(self, weights, softmax, epsilon):
        super().__init__()
        shapes = {name: tensor.shape for name, tensor in weights.items()}
        for i in range(1, 6):
            setattr(self, f"conv{i}", nn.Conv2d(shapes[f"conv{i}.weight"][1], shapes[f"conv{i}.weight"][0], 3))
        for name in ("fc1", "fc2", "fc3", "output"):
            setattr(self, name, nn.Linear(shapes[f"{name}.weight"][1], shapes[f"{name}.weight"][0]))
        self.bn1, self.softmax = nn.BatchNorm2d(shapes["bn1.weight"][0], eps=epsilon), softmax
        self.load_state_dict(weights)
        self.eval()

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        for layer in (self.conv2, self.conv3, self.conv4, self.conv5):
            x = nn.functional.max_pool2d(torch.relu(layer(x)), 2)
        x = x.flatten(1)
        for layer in (self.fc1, self.fc2, self.fc3):
            x = torch.relu(layer(x))
        x = self.output(x)
        return torch.softmax(x, 1) if self.softmax else torch.relu(x)


def load(path):
    """(network in eval mode, description); also reads checkpoints, whose optimiser state is left out."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    description = json.loads(header.pop("__metadata__")["dispersa"])
    types = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
    weights = {}
    for name, entry in header.items():
        if not name.startswith("training."):
            begin, end = entry["data_offsets"]
            array = np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
            weights[name] = torch.from_numpy(array.copy())
    options = description["network"]
    return Network(weights, options["activation"] == "softmax", options["batch_norm_epsilon"]), description


def scaled(counts, description):
    """Prepared counts (centred, masked, binned as description["diffraction"] says) to the network's input."""
    options = description["diffraction"]
    quantile, counts = options["scaling_quantile"], np.asarray(counts, float)
    if options["scaling"] == "sqrt":
        counts = np.sqrt(np.maximum(counts, 0) / quantile)
    elif options["scaling"] == "log":
        counts = np.log1p(np.maximum(counts, 0)) / np.log1p(quantile)
    else:
        counts = counts / (65536.0 * options["bin"] ** 2)
    return counts[:, None].astype(np.float32)
