#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns per second of the same network in PyTorch, for run_train_bench.sh.

--style ordinary: fp32, NCHW, as most people write it. expert: channels_last and bf16 autocast, for training and
prediction. Both read the same prepared counts from a memory-mapped file as bench_train does and scale them on the way.
"""
import argparse
import statistics
import time

import numpy as np
import torch
from torch import nn


class Network(nn.Module):
    """The paper's layers as its Keras model writes them."""

    def __init__(self, edge, outputs):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 32, 3), nn.BatchNorm2d(32, eps=1e-3, momentum=0.01)
        self.conv2, self.conv3 = nn.Conv2d(32, 64, 3), nn.Conv2d(64, 128, 3)
        self.conv4, self.conv5 = nn.Conv2d(128, 256, 3), nn.Conv2d(256, 512, 3)
        last = edge
        for _ in range(5):
            last = (last - 2) // 2
        self.fc1, self.fc2, self.fc3 = nn.Linear(512 * last * last, 512), nn.Linear(512, 256), nn.Linear(256, 128)
        self.output = nn.Linear(128, outputs)

    def forward(self, x):
        pool, relu = nn.functional.max_pool2d, torch.relu
        x = pool(relu(self.bn1(self.conv1(x))), 2)
        for layer in (self.conv2, self.conv3, self.conv4, self.conv5):
            x = pool(relu(layer(x)), 2)
        x = nn.functional.dropout(x, 0.5, self.training).flatten(1)
        for layer in (self.fc1, self.fc2, self.fc3):
            x = relu(layer(x))
        return torch.softmax(self.output(x), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pattern", type=int, default=128)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--style", choices=("ordinary", "expert"), default="ordinary")
    parser.add_argument("--patterns", required=True, help="file of uint16 counts, written by bench_train --write")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    expert = arguments.style == "expert"
    network = Network(arguments.pattern, 3)
    if expert:
        network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), 1e-4, eps=1e-7)
    edge, batch = arguments.pattern, arguments.batch
    counts = np.memmap(arguments.patterns, np.uint16, "r").reshape(-1, edge, edge)
    targets = torch.softmax(torch.rand(len(counts), 3), 1)
    order = np.random.default_rng(1)

    def load():
        """The next batch in random order, in memory as the network wants it."""
        chosen = np.sort(order.choice(len(counts), batch, replace=False))
        patterns = torch.from_numpy(counts[chosen].astype(np.float32) * np.float32(1 / 65536))[:, None]
        return (patterns.to(memory_format=torch.channels_last) if expert else patterns), targets[chosen]

    def autocast():
        return torch.autocast("cpu", torch.bfloat16, enabled=expert)

    def train():
        patterns, wanted = load()
        optimizer.zero_grad(set_to_none=True)
        with autocast():
            output = network(patterns)
        loss = nn.functional.l1_loss(output.float(), wanted)
        loss.backward()
        optimizer.step()

    def predict():
        patterns, _ = load()
        with torch.no_grad(), autocast():
            network(patterns)

    for name, step, seconds in (("train", train, arguments.seconds), ("predict", predict, arguments.seconds / 2)):
        network.train(name == "train")
        step()
        speeds, start = [], time.perf_counter()
        while len(speeds) < 3 or time.perf_counter() - start < seconds:
            begin = time.perf_counter()
            step()
            speeds.append(arguments.batch / (time.perf_counter() - begin))
        print(f"{name} {arguments.pattern} {statistics.median(speeds):.2f} patterns/s ({arguments.style} PyTorch)", flush=True)


if __name__ == "__main__":
    main()
