// SPDX-License-Identifier: GPL-3.0-or-later
// Commands about files: example, info, study.
#include "app/cli/commands.h"
#include "app/cli/info_json.h"
#include "app/cli/option_types.h"
#include "app/cli/terminal.h"
#include "core/io/format_table.h"
#include "core/io/study_file.h"
#include "core/learn/recipe.h"
#include "core/prepare/scan_pass.h"
#include "core/simulate/example_study.h"

#include <cstdio>
#include <memory>

namespace dispersa::cli {
namespace {

struct InfoArguments {
    std::vector<std::string> files;
    bool json = false;
    bool stats = false;
};

/// Reads the statistics of every item; the file's entry becomes the error if one cannot be read.
Result<void> addStatistics(InfoEntry& entry, const ProgressSink& progress, const std::stop_token& stop)
{
    for (const FileItem& item : entry.info->items) {
        auto statistics = itemStatistics(entry.path, item.id, progress, stop);
        if (!statistics)
            return fail(statistics.error());
        entry.statistics[item.id] = *statistics;
        if (item.kind != ItemKind::Diffraction)
            continue;
        // What the window's statistics say beside these. A stack whose scan shape is not known stays without.
        const auto scan = openDiffraction(entry.path, item.id);
        if (!scan)
            continue;
        PassRequest request;
        request.statistics = true;
        auto pass = runScanPass(**scan, request, progress, stop);
        if (!pass)
            return fail(pass.error());
        entry.scanStatistics[item.id] = std::move(*pass->statistics);
    }
    return {};
}

int runInfo(const InfoArguments& arguments, bool quiet)
{
    const std::stop_token stop = interruptToken();
    Terminal terminal(quiet || arguments.json);
    std::vector<InfoEntry> entries;
    int exitCode = exitDone;
    for (const std::string& name : arguments.files) {
        InfoEntry entry{name, inspectFile(name)};
        if (entry.info && arguments.stats) {
            if (auto added = addStatistics(entry, terminal.sink(), stop); !added) {
                if (added.error().code == ErrorCode::Cancelled)
                    return terminal.failed(added.error());
                entry.info = fail(added.error());
            }
        }
        if (!entry.info)
            exitCode = terminal.failed(entry.info.error());
        entries.push_back(std::move(entry));
    }
    std::fputs((arguments.json ? infoAsJson(entries) : infoAsText(entries)).c_str(), stdout);
    return exitCode;
}

} // namespace

void addExample(CLI::App& app, Session& session)
{
    struct Arguments {
        std::string folder;
        ExampleOptions options;
    };
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("example", "Write the example study: simulated scans with element maps");
    command->add_option("DIR", arguments->folder, "Folder to write to")->required();
    command->add_option("--scans", arguments->options.scans, "Number of scans")->capture_default_str();
    command->add_option("--rows", arguments->options.rows, "Rows of probe positions")->capture_default_str();
    command->add_option("--cols", arguments->options.cols, "Columns of probe positions")->capture_default_str();
    command->add_option("--pixels", arguments->options.pixels, "Edge of a pattern in pixels")->capture_default_str();
    command->add_option("--seed", arguments->options.seed, "Same seed, same files")->capture_default_str();
    command->callback([arguments, &session] {
        const std::stop_token stop = interruptToken();
        Terminal terminal(session.quiet);
        const auto written = writeExampleStudy(arguments->folder, arguments->options, terminal.sink(), stop);
        if (written)
            std::printf("%s\n", written->c_str());
        session.exitCode = written ? exitDone : terminal.failed(written.error());
    });
}

void addInfo(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<InfoArguments>();
    CLI::App* command = app.add_subcommand("info", "Show what files hold; reads no more than their headers");
    command->add_option("FILE", arguments->files, "Files")->required();
    command->add_flag("--json", arguments->json, "Print JSON");
    command->add_flag("--stats", arguments->stats,
                      "Also read the data: minimum, maximum, sum; of patterns also mean, saturated, negative, NaN");
    command->footer("Reads " + formatList([](const FormatTraits&) { return true; }) + ".");
    command->callback([arguments, &session] { session.exitCode = runInfo(*arguments, session.quiet); });
}

void addStudy(CLI::App& app, Session& session)
{
    struct Arguments {
        std::string folder;
        std::string out;
        CropOption crop;
        CalibrateOption calibrate;
        NewStudyOptions options;
    };
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("study", "Make a study of a folder: the first scan trains, the others predict");
    command->add_option("DIR", arguments->folder, "Folder with scans and maps")->required();
    command->add_option("--out", arguments->out, "Study file to write (*.dispersa)")->required();
    command->add_option("--train", arguments->options.train, "Scans to train on")->delimiter(',')->allow_extra_args(false)->type_name("A,B");
    command->add_option("--predict", arguments->options.predict, "Scans to predict")->delimiter(',')->allow_extra_args(false)->type_name("C,D");
    arguments->calibrate.addTo(*command);
    arguments->crop.addTo(*command);
    std::string names;
    for (const Recipe& recipe : recipes())
        names += (names.empty() ? "" : ", ") + recipe.name;
    command->add_option("--recipe", arguments->options.recipe, names)->capture_default_str();
    command->add_option("--targets", arguments->options.targets, "Maps to learn")->delimiter(',')->allow_extra_args(false)->type_name("O,Te");
    command->callback([arguments, &session] {
        Terminal terminal(session.quiet);
        arguments->options.crop = arguments->crop.region();
        auto made = studyFromFolder(arguments->folder, arguments->options);
        if (!made) {
            session.exitCode = terminal.failed(made.error());
            return;
        }
        arguments->calibrate.applyTo(made->study);
        if (const auto checked = made->study.check(); !checked) {
            session.exitCode = terminal.failed(checked.error());
            return;
        }
        for (const Warning& warning : made->warnings)
            terminal.line("note: " + warning.message);
        const auto written = writeStudy(made->study, std::filesystem::absolute(arguments->out));
        session.exitCode = written ? exitDone : terminal.failed(written.error());
    });
}

} // namespace dispersa::cli
