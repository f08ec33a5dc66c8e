// SPDX-License-Identifier: GPL-3.0-or-later
// Commands about file formats: convert, formats.
#include "app/cli/commands.h"
#include "app/cli/option_types.h"
#include "app/cli/terminal.h"
#include "core/io/format_table.h"
#include "core/workflow/convert_scan.h"

#include <cstdio>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>

namespace dispersa::cli {
namespace {

/// The words that `name` has for `values`, as the study file writes them.
template<class Value>
std::map<std::string, Value> wordsFor(std::initializer_list<Value> values, const char* (*name)(Value))
{
    std::map<std::string, Value> words;
    for (const Value value : values)
        words.emplace(name(value), value);
    return words;
}

std::map<std::string, CentreKind> centreWords()
{
    return wordsFor({CentreKind::None, CentreKind::CentreOfMass, CentreKind::SubPixel}, centreName);
}

std::map<std::string, DescanModel> descanWords()
{
    return wordsFor({DescanModel::None, DescanModel::Constant, DescanModel::Plane, DescanModel::Parabola,
                     DescanModel::Rows},
                    descanName);
}

struct ConvertArguments {
    std::string in;
    std::string out;
    std::string dataset;
    FrameOptions frames;
    CropOption crop;
    ConvertOptions options;
    std::string centre = "none";
    std::string descan = "none";
    double beamMask_px = 0;
    int bin = 1;

    /// Pre-processing only where something was asked for, so that raw counts keep their type.
    ConvertOptions convertOptions() const
    {
        ConvertOptions result = options;
        result.crop = crop.region();
        DiffractionOptions preparation;
        preparation.centre = centreWords().at(centre);
        preparation.descan = descanWords().at(descan);
        preparation.beamMask_px = beamMask_px;
        preparation.bin = bin;
        if (preparation != DiffractionOptions())
            result.preparation = preparation;
        return result;
    }
};

int runConvert(const ConvertArguments& arguments, bool quiet)
{
    const std::stop_token stop = interruptToken();
    Terminal terminal(quiet);
    const auto scan =
        openDiffraction(arguments.in, arguments.dataset, arguments.frames.scanShape(), arguments.frames.order);
    if (!scan)
        return terminal.failed(scan.error());
    const auto written =
        convertScan(*scan, arguments.out, arguments.convertOptions(), terminal.sink(), stop);
    return written ? exitDone : terminal.failed(written.error());
}

} // namespace

void addConvert(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<ConvertArguments>();
    CLI::App* command = app.add_subcommand("convert", "Write a scan as EMD 1.0 / py4DSTEM HDF5");
    command->add_option("IN", arguments->in, "Scan to read")->required();
    command->add_option("OUT", arguments->out, "File to write (*.h5)")->required();
    command->add_option("--dataset", arguments->dataset, "Dataset inside IN, if it holds several");
    arguments->frames.addTo(*command);
    command->add_flag("--compress", arguments->options.compressed, "Compress the patterns");
    command->add_flag("--chunk", arguments->options.chunked, "Store chunks of several patterns (about 1 MiB)");
    arguments->crop.addTo(*command);
    command->add_option("--centre", arguments->centre, "Move the direct beam to the middle of each pattern")
        ->check(CLI::IsMember({"none", "com", "subpixel"}))
        ->capture_default_str();
    command->add_option("--descan", arguments->descan, "Take the beam to centre from a fit over the scan")
        ->check(CLI::IsMember({"none", "constant", "plane", "parabola", "rows"}))
        ->capture_default_str();
    command->add_option("--beam-mask-px", arguments->beamMask_px, "Radius of the direct beam to set to zero")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--bin", arguments->bin, "Sum bin x bin pixels")->check(CLI::Range(1, 16));
    command->footer("Reads " + formatList([](const FormatTraits& traits) { return traits.readsDiffraction; }) + ".");
    command->callback([arguments, &session] { session.exitCode = runConvert(*arguments, session.quiet); });
}

void addFormats(CLI::App& app, Session& session)
{
    auto markdown = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand("formats", "Show which file formats are read and written");
    command->add_flag("--markdown", *markdown, "Print the table of docs/FORMATS.md");
    command->callback([markdown, &session] {
        std::fputs((*markdown ? formatsAsMarkdown() : formatsAsText()).c_str(), stdout);
        session.exitCode = exitDone;
    });
}

} // namespace dispersa::cli
