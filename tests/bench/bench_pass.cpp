// SPDX-License-Identifier: GPL-3.0-or-later
// Speed of one pass over a scan beside the speed at which the same file can be read from the page cache.
//   bench_pass [FOLDER] [rounds]      writes a scan of 649 MB there (default: the system's temporary folder), removes it
#include "core/base/os_file.h"
#include "core/io/datacube_writer.h"
#include "core/io/format.h"
#include "core/prepare/scan_pass.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <span>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

constexpr ScanShape grid{110, 45};
constexpr PatternShape pattern{256, 256};
constexpr std::size_t blockBytes = 1u << 20;
constexpr std::size_t pageBytes = 4096;

[[noreturn]] void giveUp(const std::string& why)
{
    std::fprintf(stderr, "bench_pass: %s\n", why.c_str());
    std::exit(1);
}

void writeScan(const fs::path& path)
{
    auto writer = DataCubeWriter::create(path, {grid, pattern, ElementType::UInt16, {}, false});
    if (!writer)
        giveUp(writer.error().message);
    std::vector<std::uint16_t> values(static_cast<std::size_t>(pattern.count()));
    std::uint32_t state = 1;
    for (std::int64_t i = 0; i < grid.count(); ++i) {
        for (std::uint16_t& value : values) {
            state = state * 1664525u + 1013904223u;
            value = static_cast<std::uint16_t>((state >> 20) & (state >> 24)); // few counts, now and then many
        }
        if (auto done = (*writer)->append(std::as_bytes(std::span(values))); !done)
            giveUp(done.error().message);
    }
    if (auto done = (*writer)->commit(); !done)
        giveUp(done.error().message);
}

/// Has the page cache hold the file as it came from the disk. A file just written lies there in single pages, one that was
/// read in large pieces, which are mapped and copied several times faster; scans come from other programs.
void readFromDisk(const fs::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0 || ::fsync(file) != 0 || ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
        giveUp("cannot read " + path.string() + " from the disk");
    std::vector<std::byte> buffer(blockBytes);
    while (::read(file, buffer.data(), buffer.size()) > 0)
        continue;
    ::close(file);
}

/// Seconds on the clock and of processors. On a shared machine the second says more.
struct Taken {
    double wall;
    double processor;
};
Taken seconds(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t before = std::clock();
    work();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
            double(std::clock() - before) / CLOCKS_PER_SEC};
}

/// Calls work(block) for blocks 0..count-1 on all cores.
void onAllCores(std::size_t count, const std::function<void(std::size_t, std::span<std::byte>)>& work)
{
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
        threads.emplace_back([&] {
            std::vector<std::byte> buffer(blockBytes + pageBytes);
            for (std::size_t block = next++; block < count; block = next++)
                work(block, buffer);
        });
}

/// Into buffers that begin `offset` bytes behind a page. The copy is quick where both begin alike, half as quick in
/// between: allocators put large buffers 16 bytes behind a page.
void readWhole(const fs::path& path, std::size_t bytes, std::size_t offset)
{
    const int file = ::open(path.c_str(), O_RDONLY);
    if (file < 0)
        giveUp("cannot open " + path.string());
    onAllCores((bytes + blockBytes - 1) / blockBytes, [&](std::size_t block, std::span<std::byte> buffer) {
        const std::size_t past = reinterpret_cast<std::uintptr_t>(buffer.data()) % pageBytes;
        std::byte* to = buffer.data() + (offset + pageBytes - past) % pageBytes;
        if (::pread(file, to, blockBytes, static_cast<off_t>(block * blockBytes)) <= 0)
            giveUp("cannot read " + path.string());
    });
    ::close(file);
}

std::uint64_t sumMapped(std::span<const std::byte> bytes)
{
    std::atomic<std::uint64_t> total = 0;
    onAllCores(bytes.size() / blockBytes, [&](std::size_t block, std::span<std::byte>) {
        const auto* words = reinterpret_cast<const std::uint64_t*>(bytes.data() + block * blockBytes);
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < blockBytes / sizeof *words; ++i)
            sum += words[i];
        total += sum;
    });
    return total;
}

void pass(const DiffractionScan& scan, const PassRequest& request)
{
    if (auto result = runScanPass(scan, request, {}, {}); !result)
        giveUp(result.error().message);
}

double median(const std::vector<Taken>& all, double Taken::*which)
{
    std::vector<double> values;
    for (const Taken& taken : all)
        values.push_back(taken.*which);
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char** argv)
{
    const fs::path folder = (argc > 1 ? fs::path(argv[1]) : fs::temp_directory_path()) / "dispersa-bench-pass";
    const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
    const fs::path path = folder / "scan.h5";
    writeScan(path);
    readFromDisk(path);
    const auto bytes = static_cast<std::size_t>(fs::file_size(path));
    const auto open = [&] {
        auto scan = openDiffraction(path);
        if (!scan)
            giveUp(scan.error().message);
        return *scan;
    };

    const Shape whole = circleShape({128, 128}, 200); // every pixel
    PassRequest integrate{{{whole}}};
    PassRequest small{{{circleShape({128, 128}, 25)}}};
    PassRequest all{{{whole}, {whole, DetectorMode::CentreOfMass}}, {PatternStatistic::Mean, PatternStatistic::Maximum}};
    PassRequest centre{{{whole, DetectorMode::CentreOfMass}}};
    PassRequest mean{{}, {PatternStatistic::Mean}};
    PassRequest maximum{{}, {PatternStatistic::Maximum}};
    PassRequest statistics = all;
    statistics.statistics = true;

    std::map<std::string, std::vector<Taken>> times;
    const ScanPtr kept = open();
    for (int round = 0; round <= rounds; ++round) {
        const auto time = [&](const std::string& name, const std::function<void()>& work) {
            const Taken taken = seconds(work);
            if (round > 0) // the first one warms the page cache and the mapping
                times[name].push_back(taken);
        };
        time("read() into a buffer", [&] { readWhole(path, bytes, 16); });
        time("read(), buffer on a page", [&] { readWhole(path, bytes, 0); });
        time("map anew and sum", [&] { sumMapped((*MappedFile::open(path))->bytes()); });
        time("all, mapped anew", [&] { pass(*open(), all); });
        time("all", [&] { pass(*kept, all); });
        time("all and statistics", [&] { pass(*kept, statistics); });
        time("integrating", [&] { pass(*kept, integrate); });
        time("centre of mass", [&] { pass(*kept, centre); });
        time("mean pattern", [&] { pass(*kept, mean); });
        time("maximum pattern", [&] { pass(*kept, maximum); });
        time("open", [&] { open(); });
        time("integrating, small detector", [&] { pass(*kept, small); });
    }
    const auto& reference = times["read() into a buffer"];
    const double wall = median(reference, &Taken::wall), processor = median(reference, &Taken::processor);
    std::printf("%zu bytes from the page cache, %u threads, median of %d rounds\n", bytes,
                std::thread::hardware_concurrency(), rounds);
    std::printf("all = integrating detector + centre of mass + mean pattern + maximum pattern, whole patterns\n");
    std::printf("%-30s %9s %11s %15s %26s\n", "", "seconds", "GB/s", "speed / read()", "the same by processor time");
    for (const auto& [name, taken] : times)
        std::printf("%-30s %9.4f %11.2f %15.2f %26.2f\n", name.c_str(), median(taken, &Taken::wall),
                    double(bytes) / median(taken, &Taken::wall) / 1e9, wall / median(taken, &Taken::wall),
                    processor / median(taken, &Taken::processor));
    fs::remove_all(folder);
    return 0;
}
