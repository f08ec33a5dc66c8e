// SPDX-License-Identifier: GPL-3.0-or-later
// One pass over a scan in blocks, as the preparation does it: bench_hdf5 FILE THREADS [DATASET] prints the time and the
// decoded megabytes per second.
#include "core/io/format.h"
#include "core/prepare/parallel_blocks.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace dispersa;

int main(int count, char** arguments)
{
    if (count < 3) {
        std::fputs("Usage: bench_hdf5 FILE THREADS [DATASET]\n", stderr);
        return 2;
    }
    const auto scan = openDiffraction(arguments[1], count > 3 ? arguments[3] : "");
    if (!scan) {
        std::fprintf(stderr, "%s\n", scan.error().message.c_str());
        return 1;
    }
    const auto blocks = scanBlocks(**scan, wholeRegion((*scan)->scanShape()), 8u << 20);
    const std::size_t patternBytes = static_cast<std::size_t>((*scan)->patternShape().count()) *
                                     elementSize((*scan)->elementType());
    std::atomic<std::size_t> next = 0, bytes = 0;
    std::atomic<bool> failed = false;
    const auto begin = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < std::atoi(arguments[2]); ++t)
            threads.emplace_back([&] {
                std::vector<std::byte> values;
                for (std::size_t i = next++; i < blocks.size(); i = next++) {
                    values.resize(static_cast<std::size_t>(blocks[i].count()) * patternBytes);
                    if (!(*scan)->readRaw(blocks[i], values))
                        failed = true;
                    bytes += values.size();
                }
            });
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    std::printf("%.3f s %.0f MB/s\n", taken.count(), static_cast<double>(bytes) * 1e-6 / taken.count());
    return failed ? 1 : 0;
}
