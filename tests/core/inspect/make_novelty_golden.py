#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden novelty from scikit-learn's PCA, whose score_samples() is the probabilistic model. Run: python3
make_novelty_golden.py"""
import os
import sys

import numpy as np
from sklearn.decomposition import PCA

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "support"))
import golden_io

random = np.random.default_rng(8)
latent = random.standard_normal((200, 3)) * [3, 2, 1]
mixing = random.standard_normal((3, 9))
training = (10 + latent @ mixing + 0.15 * random.standard_normal((200, 9))).astype(np.float32)
training[:, 4] *= 1000  # another unit
queries = np.vstack([training[:5], training[:5] + 2 * random.standard_normal((5, 9))]).astype(np.float32)

t, q = training.astype(float), queries.astype(float)
mean, sd = t.mean(0), t.std(0)
z, zq = (t - mean) / sd, (q - mean) / sd
pca = PCA(svd_solver="full").fit(z)
variances = pca.explained_variance_ * 199 / 200  # over n, not n - 1
kept = int(np.searchsorted(np.cumsum(variances) / variances.sum(), 0.99) + 1)
assert 2 < kept < 9
rest = variances[kept:].mean()


def distance(rows):
    scores = rows @ pca.components_.T
    return np.sqrt((scores[:, :kept] ** 2 / variances[:kept]).sum(1) + (scores[:, kept:] ** 2).sum(1) / rest)


# scikit-learn's own probabilistic PCA (over n - 1) gives the same distances, but for its normalisation.
model = PCA(kept, svd_solver="full").fit(z)
gain = model.score_samples(zq[:1]) - model.score_samples(zq)
assert np.allclose(gain, (distance(zq) ** 2 - distance(zq[:1]) ** 2) / 2 * 199 / 200)
golden_io.write(os.path.join(here, "novelty_golden.json"), {
    "training": training, "queries": queries, "kept": kept, "variances": variances[:kept], "rest": rest,
    "distances": distance(zq), "threshold": np.quantile(distance(z), 0.99, method="higher"),
})
