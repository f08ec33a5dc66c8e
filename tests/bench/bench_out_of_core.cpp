// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns larger than the memory: bench_out_of_core --pattern EDGE --patterns FILE [--seconds S] [--threads N] [--advice 0].
// FILE is one of bench_train's. Prints the speed of the first S seconds of an epoch, of training and of its reading alone (no
// network); --advice 0 tells the file nothing of what comes.
#include "core/base/os_file.h"
#include "core/learn/epoch_order_p.h"
#include "core/learn/pattern_feed_p.h"
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

int failed(const Error& error)
{
    std::fprintf(stderr, "bench_out_of_core: %s %s\n", error.message.c_str(), error.detail.c_str());
    return 1;
}

/// The same patterns, deaf to advice.
class Deaf : public bench::MappedCounts {
  public:
    explicit Deaf(const bench::MappedCounts& other) : bench::MappedCounts(other) {}
    void willNeed(std::span<const std::int64_t>) const override {}
    void doneWith(std::span<const std::int64_t>) const override {}
};

/// MB/s of an epoch's order through the feed.
Result<double> readingSpeed(const TrainingSet& set, double seconds)
{
    const std::uint64_t bytes = ResidentPatterns::bytes(*set.patterns, 1);
    StreamedFeed feed(*set.patterns, EpochOrder().shuffled(set.train, bytes, 7), 64, at::kCPU,
                      EpochOrder().window(set.train.size(), bytes));
    const Clock::time_point start = Clock::now();
    double megabytes = 0;
    while (secondsSince(start) < seconds) {
        const auto batch = feed.next();
        if (!batch)
            return fail(batch.error());
        if (!*batch)
            break;
        megabytes += 1e-6 * double((*batch)->stored.nbytes());
    }
    return megabytes / secondsSince(start);
}

} // namespace

int main(int argc, char** argv)
{
    std::map<std::string, std::string> arguments = {
        {"--pattern", "128"}, {"--patterns", ""}, {"--seconds", "20"}, {"--threads", "0"}, {"--advice", "1"}};
    for (int i = 1; i < argc; i += 2) {
        if (!arguments.contains(argv[i]) || i + 1 == argc) {
            std::fprintf(stderr, "bench_out_of_core: unknown or incomplete argument %s\n", argv[i]);
            return 2;
        }
        arguments[argv[i]] = argv[i + 1];
    }
    const int edge = std::atoi(arguments["--pattern"].c_str());
    const double seconds = std::atof(arguments["--seconds"].c_str());
    const PatternShape shape = {edge, edge};
    auto mapped = bench::MappedCounts::open(arguments["--patterns"], shape);
    if (!mapped)
        return failed(mapped.error());
    if (arguments["--advice"] == "0")
        *mapped = std::make_shared<const Deaf>(**mapped);
    const TrainingSet set = bench::trainingSet(*mapped);
    const auto speed = readingSpeed(set, seconds);
    if (!speed)
        return failed(speed.error());
    std::printf("read %d %.0f MB/s\n", edge, *speed);
    std::fflush(stdout);

    TrainOptions options;
    options.threads = std::atoi(arguments["--threads"].c_str());
    options.epochs = 1;
    std::stop_source stop;
    double trained = 0;
    const Clock::time_point start = Clock::now();
    const auto outcome = trainNetwork(
        set, bench::paperDescription(shape), options, {},
        [&](const Progress& progress) {
            for (const auto& [name, value] : progress.metrics)
                if (name == "patterns_per_second")
                    trained = value;
            if (secondsSince(start) > seconds)
                stop.request_stop();
        },
        stop.get_token());
    if (!outcome && outcome.error().code != ErrorCode::Cancelled)
        return failed(outcome.error());
    std::printf("train %d %.2f patterns/s\n", edge, trained);
    std::printf("peak %d %.0f MiB\n", edge, double(peakResidentMemory()) / (1 << 20));
    return 0;
}
