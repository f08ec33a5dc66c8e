// SPDX-License-Identifier: GPL-3.0-or-later
// How long work tells how far it is. Called on the worker's thread; the receiver must be quick and thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace dispersa {

/// One report. `total` 0 means unknown.
struct Progress {
    std::string stage;      ///< stable English name of the step, e.g. "train", "predict 0037"
    std::int64_t done = 0;  ///< units finished
    std::int64_t total = 0; ///< units in all
    std::vector<std::pair<std::string, double>> metrics = {}; ///< e.g. {"loss", 0.04}, {"patterns_per_second", 130}
};

using ProgressSink = std::function<void(const Progress&)>;

/// Reports if somebody listens.
inline void report(const ProgressSink& sink, const Progress& progress)
{
    if (sink)
        sink(progress);
}

} // namespace dispersa
