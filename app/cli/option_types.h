// SPDX-License-Identifier: GPL-3.0-or-later
// Options that several commands share.
#pragma once

#include "core/base/os_file.h"
#include "core/data/scan_order.h"
#include "core/workflow/run_study.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dispersa::cli {

/// --device, --precision, --threads, --no-cache, --seed and every training setting as the user typed them.
struct EngineOptions {
    std::string device = "auto";
    std::string precision = "auto";
    int threads = 0;
    TrainingChanges changes = {};
    std::string startFrom = {};
    std::optional<std::uint64_t> seed = {};
    bool noCache = false;

    void addTo(CLI::App& command, bool trains)
    {
        command.add_option("--device", device, "Where to compute")
            ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
            ->capture_default_str();
        command.add_option("--precision", precision, "Number format; maps are fp32 unless bf16 is asked for")
            ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
            ->capture_default_str();
        command.add_option("--threads", threads, "Processor threads, 0 for all cores")->check(CLI::Range(0, 1024));
        command.add_flag("--no-cache", noCache, "Prepare patterns anew, and keep none for the next run");
        if (!trains)
            return;
        command.add_option("--seed", seed, "Seed of split, weights and shuffling, instead of the study's");
        command.add_option("--start-from", startFrom, "Fine-tune this trained model (*.safetensors) instead of fresh weights")
            ->check(CLI::ExistingFile);
        for (const TrainingOption& option : trainingOptions())
            addSetting(command, option);
    }

    RunOptions runOptions(const std::string& folder) const
    {
        RunOptions options;
        options.folder = folder;
        options.device = device == "cpu" ? DeviceChoice::Cpu : device == "cuda" ? DeviceChoice::Cuda : DeviceChoice::Auto;
        options.precision = precision == "fp32"   ? PrecisionChoice::Float32
                            : precision == "bf16" ? PrecisionChoice::BFloat16
                                                  : PrecisionChoice::Auto;
        options.threads = threads;
        options.changes = changes;
        if (!startFrom.empty())
            options.startFrom = startFrom;
        options.seed = seed;
        if (const auto caches = userCacheFolder(); !noCache && !caches.empty())
            options.cache.folder = caches / "patterns";
        return options;
    }

  private:
    /// Each setting is an option of the command; a switch is typed as true or false, so that it can be switched off too.
    void addSetting(CLI::App& command, const TrainingOption& option)
    {
        using Kind = TrainingOption::Kind;
        CLI::Option* added = nullptr;
        if (option.kind == Kind::Switch)
            added = command.add_option_function<bool>(
                option.flag(), [this, key = option.key](bool value) { changes[key] = value; }, option.help);
        else if (option.kind == Kind::Whole)
            added = command.add_option_function<std::int64_t>(
                option.flag(), [this, key = option.key](std::int64_t value) { changes[key] = value; }, option.help);
        else if (option.kind == Kind::Number)
            added = command.add_option_function<double>(
                option.flag(), [this, key = option.key](double value) { changes[key] = value; }, option.help);
        else
            added = command.add_option_function<std::string>(
                option.flag(), [this, key = option.key](const std::string& value) { changes[key] = value; },
                option.help);
        if (option.kind == Kind::Word)
            added->check(CLI::IsMember(option.words));
        else if (option.kind != Kind::Switch)
            added->check(CLI::Range(option.least, option.most));
        added->group("Training settings, instead of the study's");
    }
};

/// --crop y,x,h,w
struct CropOption {
    std::vector<int> values = {};

    void addTo(CLI::App& command)
    {
        command.add_option("--crop", values, "Part of the scan: row, column, height, width in probe positions")
            ->delimiter(',')
            ->expected(4)
            ->type_name("y,x,h,w");
    }
    std::optional<Region> region() const
    {
        if (values.empty())
            return std::nullopt;
        return Region{values[0], values[1], values[2], values[3]};
    }
};

/// --calibrate-on A,B: scans that intervals are fitted on, instead of the study's.
struct CalibrateOption {
    std::vector<std::string> scans = {};

    void addTo(CLI::App& command)
    {
        command
            .add_option("--calibrate-on", scans,
                        "Scans with maps that nothing is trained on: intervals around predictions are fitted there")
            ->delimiter(',')
            ->allow_extra_args(false) // else it would take the study that follows for a scan
            ->type_name("A,B");
    }
    void applyTo(Study& study) const
    {
        if (!scans.empty())
            study.account.calibrateOn = scans;
    }
};

/// --scan-shape r,c and the switches of ScanOrder: how a file's frames lie on the scan grid.
struct FrameOptions {
    std::vector<int> shape = {};
    ScanOrder order = {};

    void addTo(CLI::App& command)
    {
        command.add_option("--scan-shape", shape, "Rows and columns as scanned, for stacks that do not tell their grid")
            ->delimiter(',')
            ->expected(2)
            ->type_name("rows,cols");
        command.add_flag("--swap-axes", order.swapAxes, "The file keeps the detector axes before the scan axes");
        command.add_option("--skip-first", order.skipFirst, "Frames before the first probe position")
            ->check(CLI::NonNegativeNumber);
        command.add_option("--skip-per-row", order.skipPerRow, "Flyback frames after each row")
            ->check(CLI::Range(0, 65535));
        // Not add_flag(): that would say no where nothing is said.
        command.add_flag_function(
            "--serpentine,!--no-serpentine", [this](std::int64_t count) { order.serpentine = count > 0; },
            "Odd rows were scanned backwards, or were not although the file says so");
        command.add_flag("--transpose", order.transpose, "Exchange rows and columns of the scan");
        command.add_flag("--flip-rows", order.flipY, "Then put the last row on top");
        command.add_flag("--flip-columns", order.flipX, "Then put the last column first");
        command.add_flag("--partial", order.partial,
                         "The grid may have more positions than the file has frames, or fewer");
    }
    std::optional<ScanShape> scanShape() const
    {
        if (shape.empty())
            return std::nullopt;
        return ScanShape{shape[0], shape[1]};
    }
};

} // namespace dispersa::cli
