// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns per second of training and prediction: bench_train --pattern 128|256 [--threads N] [--seconds S]
// [--batch N] [--precision fp32|bf16|auto] [--device auto|cpu|cuda] --patterns FILE [--count N]. FILE holds prepared counts as
// the program keeps them (uint16, memory-mapped); --write 1 writes it. Prints the median over epochs after a warm-up.
#include "core/base/os_file.h"
#include "core/learn/trainer.h"
#include "tests/bench/mapped_counts.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

using namespace dispersa;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int failed(const Error& error)
{
    std::fprintf(stderr, "bench_train: %s %s\n", error.message.c_str(), error.detail.c_str());
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    std::map<std::string, std::string> arguments = {{"--pattern", "128"},    {"--threads", "0"},
                                                    {"--seconds", "20"},     {"--batch", "64"},
                                                    {"--precision", "auto"}, {"--device", "auto"},
                                                    {"--patterns", ""},      {"--count", "256"},
                                                    {"--write", "0"}};
    for (int i = 1; i < argc; i += 2) {
        if (!arguments.contains(argv[i]) || i + 1 == argc) {
            std::fprintf(stderr, "bench_train: unknown or incomplete argument %s\n", argv[i]);
            return 2;
        }
        arguments[argv[i]] = argv[i + 1];
    }
    const int edge = std::atoi(arguments["--pattern"].c_str());
    const double seconds = std::atof(arguments["--seconds"].c_str());
    TrainOptions options;
    options.threads = std::atoi(arguments["--threads"].c_str());
    options.batchSize = std::max(1, std::atoi(arguments["--batch"].c_str()));
    options.precision = arguments["--precision"] == "bf16"   ? PrecisionChoice::BFloat16
                        : arguments["--precision"] == "fp32" ? PrecisionChoice::Float32
                                                             : PrecisionChoice::Auto;
    options.device = arguments["--device"] == "cuda"  ? DeviceChoice::Cuda
                     : arguments["--device"] == "cpu" ? DeviceChoice::Cpu
                                                      : DeviceChoice::Auto;
    options.epochs = 100000; // the clock ends it
    options.patience = options.epochs;

    const PatternShape shape = {edge, edge};
    const std::filesystem::path file = arguments["--patterns"];
    if (arguments["--write"] == "1") {
        const auto written = bench::writeCounts(file, shape, std::atoi(arguments["--count"].c_str()));
        return written ? 0 : failed(written.error());
    }
    auto mapped = bench::MappedCounts::open(file, shape);
    if (!mapped)
        return failed(mapped.error());
    const TrainingSet set = bench::trainingSet(*mapped);

    std::stop_source stop;
    std::vector<double> speeds;
    int epochs = 0; // the first one warms up
    const Clock::time_point start = Clock::now();
    const auto outcome = trainNetwork(
        set, bench::paperDescription(shape), options,
        [&](const EpochReport& epoch) {
            if (++epochs > 1)
                speeds.push_back(epoch.record.patternsPerSecond);
            if (secondsSince(start) > seconds && epochs > 1)
                stop.request_stop();
        },
        {}, stop.get_token());
    if (!outcome)
        return failed(outcome.error());
    std::printf("train %d %.2f patterns/s (%s, %s)\n", edge, median(speeds), outcome->device.c_str(),
                outcome->precision.c_str());

    PredictOptions predicting;
    predicting.batchSize = options.batchSize;
    predicting.threads = options.threads;
    predicting.device = options.device;
    predicting.precision = options.precision == PrecisionChoice::Auto ? PrecisionChoice::Float32 : options.precision;
    speeds.clear();
    const Clock::time_point predictStart = Clock::now();
    while (speeds.size() < 3 || secondsSince(predictStart) < seconds / 2) {
        const Clock::time_point round = Clock::now();
        const auto outputs = predictPatterns(*outcome->model, *set.patterns, {}, predicting, {}, {});
        if (!outputs)
            return failed(outputs.error());
        speeds.push_back(double(set.patterns->count()) / secondsSince(round));
    }
    std::printf("predict %d %.2f patterns/s (%s)\n", edge, median(speeds),
                predicting.precision == PrecisionChoice::BFloat16 ? "bf16" : "fp32");
    std::printf("peak %d %.0f MiB\n", edge, double(peakResidentMemory()) / (1 << 20));
    return 0;
}
