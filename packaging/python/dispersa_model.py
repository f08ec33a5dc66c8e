# SPDX-License-Identifier: GPL-3.0-or-later
"""A trained Dispersa model in PyTorch, from model.safetensors alone; needs numpy and torch.

    network, description = load("run/model.safetensors")
    fractions = network(torch.from_numpy(scaled(counts, description)))   # counts: prepared patterns [n, height, width]

Of several members that is their mean, and network.each() says what each of them predicts.

The recipes `radial`, `combined` and `polar` read ring profiles instead of patterns (dispersa_profiles.py makes them):

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


class Ensemble(nn.Module):
    """The mean over several networks; [n, 1, height, width] to [n, targets]."""

    def __init__(self, weights, members, softmax, epsilon):
        super().__init__()
        for m in range(members): # under the names that the file has
            own = {name.split(".", 1)[1]: tensor for name, tensor in weights.items() if name.startswith(f"member{m}.")}
            setattr(self, f"member{m}", Network(own, softmax, epsilon))
        self.eval()

    def each(self, x):
        """What every member says, [members, n, targets]; its standard deviation (unbiased=False) is the map "sigma"."""
        return torch.stack([member(x) for member in self.children()])

    def forward(self, x):
        return self.each(x).mean(0)


class Regression(nn.Module):
    """Ridge, kernel ridge, a small dense network or one on rings and sectors; [n, features] to [n, targets]."""

    FLOOR = 0.03  # added to fractions before the logarithm
    SECTORS, KEPT = 12, 9  # of the sectors of a ring, the lowest nine make its mean

    def __init__(self, kind, tensors, channels, logarithm, composition):
        super().__init__()
        self.kind, self.tensors, self.channels = kind, tensors, channels
        self.logarithm, self.composition = logarithm, composition

    def robust_mean(self, image):
        return image.sort(3).values[..., : self.KEPT].mean(3).flatten(1)

    def found_in(self, rings):
        """What two convolutions find in [n, channels, rings, sectors], and each ring's level."""
        image = rings
        for i in "12":
            around = nn.functional.pad(nn.functional.pad(image, (1, 1, 0, 0), "circular"), (0, 0, 1, 1), "replicate")
            kernel = self.tensors[f"conv{i}.weight"][..., [1, 0, 1]]  # stored without the mirrored column
            image = nn.functional.conv2d(around, kernel, self.tensors[f"conv{i}.bias"])
            image = nn.functional.group_norm(image, 1, self.tensors[f"norm{i}.weight"], self.tensors[f"norm{i}.bias"])
            image = nn.functional.avg_pool2d(torch.relu(image), (2, 1))
        return torch.cat([self.robust_mean(image), self.robust_mean(rings)], 1)

    def forward(self, x):
        t = self.tensors
        mean, scale = t["mean"], t["scale"]
        if self.kind == "polar":
            x = x.reshape(len(x), self.channels, -1, self.SECTORS)
            mean, scale = mean.reshape(self.channels, -1, 1), scale.reshape(self.channels, -1, 1)
        x = (x - mean) / scale
        if self.kind in ("mlp", "polar"):
            x = self.found_in(x) if self.kind == "polar" else x
            for i in "12":
                name = ("dense" if self.kind == "polar" else "layer") + i
                x = torch.relu(nn.functional.linear(x, t[name + ".weight"], t[name + ".bias"]))
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
        sizes = [(f["last_ring"] - f["first_ring"] + 1) * (Regression.SECTORS if f["kind"] == "polar" else 1)
                 for f in profile["features"]]
        columns = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
        for r, options in enumerate(profile["regressors"]):
            self.columns.append(torch.from_numpy(np.concatenate([columns[f] for f in options["features"]])))
            own = [name.split(".", 2) for name in weights if name.startswith(f"regressor{r}.")]
            members = nn.ModuleList()
            for member in sorted({int(number) for _, number, _ in own}):
                tensors = {name: weights[f"{prefix}.{number}.{name}"] for prefix, number, name in own if int(number) == member}
                members.append(Regression(options["kind"], tensors, len(options["features"]), options["logarithm"],
                                          profile["composition"]))
            self.regressors.append(members)

    def forward(self, profiles):
        return torch.stack([torch.stack([member(profiles[:, columns]) for member in members]).mean(0)
                            for columns, members in zip(self.columns, self.regressors)]).mean(0)


def load(path):
    """(network, ensemble or profile model in eval mode, description); also reads checkpoints, whose optimiser state is left out."""
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
    softmax, epsilon, members = options["activation"] == "softmax", options["batch_norm_epsilon"], description.get("members", 1)
    network = Network(weights, softmax, epsilon) if members == 1 else Ensemble(weights, members, softmax, epsilon)
    return network, description


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
