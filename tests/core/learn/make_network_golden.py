#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes network_golden.json: what Python's PyTorch computes with the same layers.

parameters: learnable numbers per layer. forward: outputs for weights and patterns that follow formulas. training: losses of
a few Adam steps from our initial weights, which repeat here because both draw them from the same generator and seed.
"""
import json
import pathlib

import numpy as np
import torch
from torch import nn

from make_random_golden import xoshiro256ss

CONVOLUTIONS = ("conv1", "conv2", "conv3", "conv4", "conv5")
DENSE = ("fc1", "fc2", "fc3", "output")


class Network(nn.Module):
    """The paper's layers in the order the paper gives them, under the names of our model files."""

    def __init__(self, height, width, outputs, activation="softmax", momentum=0.01):
        super().__init__()
        channels = (1, 32, 64, 128, 256, 512)
        for name, before, after in zip(CONVOLUTIONS, channels, channels[1:]):
            setattr(self, name, nn.Conv2d(before, after, 3))
        self.bn1 = nn.BatchNorm2d(32, eps=1e-3, momentum=momentum)
        for _ in range(5):
            height, width = (height - 2) // 2, (width - 2) // 2
        widths = (512 * height * width, 512, 256, 128, outputs)
        for name, before, after in zip(DENSE, widths, widths[1:]):
            setattr(self, name, nn.Linear(before, after))
        self.activation = activation

    def forward(self, x):
        x = self.conv1(x)
        x = nn.functional.max_pool2d(torch.relu(self.bn1(x)), 2)
        for name in CONVOLUTIONS[1:]:
            x = nn.functional.max_pool2d(torch.relu(getattr(self, name)(x)), 2)
        x = x.flatten(1)
        for name in DENSE[:-1]:
            x = torch.relu(getattr(self, name)(x))
        x = self.output(x)
        return torch.softmax(x, 1) if self.activation == "softmax" else torch.relu(x)


def noise(shape, salt, scale, offset=0.0):
    """offset + scale * u, u in [-1, 1) from a hash of the running index and the salt, rounded to float32."""
    h = np.arange(int(np.prod(shape)), dtype=np.uint32) * np.uint32(2654435761) + np.uint32(salt) * np.uint32(40503)
    h ^= h >> np.uint32(15)
    h *= np.uint32(2246822519)
    h ^= h >> np.uint32(13)
    values = offset + scale * (h.astype(np.float64) * 2.0**-31 - 1.0)
    return torch.from_numpy(values.reshape(shape).astype(np.float32))


def patterns(count, height, width):
    """Noise that grows from pattern to pattern."""
    return torch.cat([noise((1, 1, height, width), 100 + i, 0.2 * (i + 1), 0.3) for i in range(count)])


def fill(network):
    """He-uniform noise in all weights; salt 2k and 2k + 1 for layer k."""
    with torch.no_grad():
        for k, name in enumerate(CONVOLUTIONS + DENSE):
            layer = getattr(network, name)
            layer.weight.copy_(noise(layer.weight.shape, 2 * k, np.sqrt(6.0 / layer.weight[0].numel())))
            layer.bias.copy_(noise(layer.bias.shape, 2 * k + 1, 0.1))
        bn = network.bn1
        bn.weight.copy_(noise((32,), 50, 1.0))  # negative ones too: pooling and ReLU must still commute
        bn.bias.copy_(noise((32,), 51, 0.3))
        bn.running_mean.copy_(noise((32,), 52, 0.1))
        bn.running_var.copy_(noise((32,), 53, 0.2, 0.4))


def forward_golden(activation):
    network = Network(160, 128, 5, activation).eval()
    fill(network)
    with torch.no_grad():
        return network(patterns(3, 160, 128)).double().tolist()


def initialise(network, seed):
    """Glorot-uniform kernels in the order convolutions, dense; zero biases."""
    words = xoshiro256ss(seed)
    generator = torch.Generator()
    generator.manual_seed(next(words))
    with torch.no_grad():
        for name in CONVOLUTIONS + DENSE:
            layer = getattr(network, name)
            area = layer.weight[0, 0].numel() if layer.weight.dim() > 2 else 1
            limit = np.sqrt(6.0 / (area * (layer.weight.shape[0] + layer.weight.shape[1])))
            layer.weight.uniform_(-limit, limit, generator=generator)
            layer.bias.zero_()


def training_golden(epochs):
    height, width, count = 96, 128, 6
    torch.set_num_threads(1)
    network = Network(height, width, 3, momentum=0.1)
    initialise(network, 7)
    x = patterns(count, height, width)
    y = noise((count, 3), 60, 0.3, 0.35)
    optimizer = torch.optim.Adam(network.parameters(), 1e-4, eps=1e-7)
    golden = {"loss": [], "val_loss": []}
    for _ in range(epochs):
        network.train()
        optimizer.zero_grad()
        loss = nn.functional.l1_loss(network(x), y)
        loss.backward()
        optimizer.step()
        network.eval()
        with torch.no_grad():
            golden["val_loss"].append(nn.functional.l1_loss(network(x), y).item())
        golden["loss"].append(loss.item())
    golden["running_mean"] = network.bn1.running_mean.double().tolist()
    golden["running_var"] = network.bn1.running_var.double().tolist()
    with torch.no_grad():
        golden["outputs"] = network(x).double().tolist()
    return golden


def parameter_counts(edge):
    network = Network(edge, edge, 5)
    layers = ("conv1", "bn1") + CONVOLUTIONS[1:] + DENSE
    return [sum(p.numel() for p in getattr(network, name).parameters()) for name in layers]


def main():
    golden = {
        "parameters": {str(edge): parameter_counts(edge) for edge in (256, 128, 94)},
        "forward": {activation: forward_golden(activation) for activation in ("softmax", "relu")},
        "training": training_golden(4),
    }
    path = pathlib.Path(__file__).with_name("network_golden.json")
    path.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
