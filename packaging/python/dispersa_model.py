# SPDX-License-Identifier: GPL-3.0-or-later
"""A trained Dispersa model in PyTorch, from model.safetensors alone; needs numpy and torch.

    network, description = load("run/model.safetensors")
    fractions = network(torch.from_numpy(scaled(counts, description)))   # counts: prepared patterns [n, height, width]

The recipes `radial` and `combined` read ring profiles instead of patterns (dispersa_profiles.py makes them):

    values = dispersa_profiles.profiles(counts, description)             # counts: [rows, columns, height, width]
    fractions = network(torch.from_numpy(values).flatten(0, 1))

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


class Regression(nn.Module):
    """Ridge, kernel ridge or a small dense network; [n, features] to [n, targets]."""

    FLOOR = 0.03  # added to fractions before the logarithm

    def __init__(self, kind, tensors, logarithm, composition):
        super().__init__()
        self.kind, self.logarithm, self.composition = kind, logarithm, composition
        self.tensors = tensors

    def forward(self, x):
        t = self.tensors
        x = (x - t["mean"]) / t["scale"]
        if self.kind == "mlp":
            for layer in ("layer1", "layer2"):
                x = torch.relu(nn.functional.linear(x, t[layer + ".weight"], t[layer + ".bias"]))
            x = nn.functional.linear(x, t["output.weight"], t["output.bias"])
            return torch.softmax(x, 1) if self.composition else x
        if self.kind == "kernel":
            squares = (x[:, None] - t["points"]).square().sum(2)
            x = torch.exp(-t["gamma"] * squares) @ t["weights"] + t["bias"]
        else:
            x = x @ t["weight"] + t["bias"]
        if not self.logarithm:
            return x
        x = (x.exp() - self.FLOOR).clamp_min(0)
        return x / x.sum(1, keepdim=True).clamp_min(1e-6) if self.composition else x


class ProfileModel(nn.Module):
    """The mean over regressions, each the mean of its members; ring profiles [n, values] to [n, targets]."""

    def __init__(self, weights, profile):
        super().__init__()
        self.columns, self.regressors = [], nn.ModuleList()
        ends = np.cumsum([f["last_ring"] - f["first_ring"] + 1 for f in profile["features"]])
        for r, options in enumerate(profile["regressors"]):
            read = [np.arange(ends[f] - (p["last_ring"] - p["first_ring"] + 1), ends[f])
                    for f in options["features"] for p in [profile["features"][f]]]
            self.columns.append(torch.from_numpy(np.concatenate(read)))
            names = {name.split(".", 2)[1] for name in weights if name.startswith(f"regressor{r}.")}
            self.regressors.append(nn.ModuleList(
                Regression(options["kind"], {name.split(".", 2)[2]: tensor for name, tensor in weights.items()
                                             if name.startswith(f"regressor{r}.{member}.")},
                           options["logarithm"], profile["composition"]) for member in sorted(names, key=int)))

    def forward(self, profiles):
        return torch.stack([torch.stack([member(profiles[:, columns]) for member in members]).mean(0)
                            for columns, members in zip(self.columns, self.regressors)]).mean(0)


def load(path):
    """(network or profile model in eval mode, description); also reads checkpoints, whose optimiser state is left out."""
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
    if "profile" in description:
        return ProfileModel(weights, description["profile"]).eval(), description
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
