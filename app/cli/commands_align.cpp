// SPDX-License-Identifier: GPL-3.0-or-later
// The command that finds how the maps lie on the diffraction scan: align.
#include "app/cli/commands.h"
#include "app/cli/terminal.h"
#include "core/io/study_file.h"
#include "core/workflow/estimate_alignment.h"
#include "core/workflow/map_alignment.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace dispersa::cli {
namespace {

struct Arguments {
    std::string study;
    std::vector<std::string> scans;
    AlignmentOptions options;
    std::string scale = "auto";
    bool apply = false;
};

bool isAsked(const Arguments& arguments, const StudyScan& scan)
{
    if (!arguments.scans.empty())
        return std::find(arguments.scans.begin(), arguments.scans.end(), scan.name) != arguments.scans.end();
    return scan.role != ScanRole::Ignore && scan.diffraction && !scan.maps.empty();
}

void print(const StudyScan& scan, const AlignmentEstimate& estimate)
{
    const Registration& found = estimate.registration;
    const MapFromScan position = mapFromScanOf(found);
    std::printf("%-10s %-6s dy %.4f +- %.2f  dx %.4f +- %.2f  scale %.6f  confidence %.3f  correlation %.3f%s%s\n",
                scan.name.c_str(), estimate.map.c_str(), position.dy, found.dyError, position.dx, found.dxError,
                position.scale, found.confidence, found.correlation, found.isInverted() ? "  inverted" : "",
                found.isReliable() ? "" : "  unsure");
    std::fflush(stdout);
}

int runAlign(const Arguments& arguments, bool quiet)
{
    const std::stop_token stop = interruptToken();
    Terminal terminal(quiet);
    auto study = readStudy(arguments.study);
    if (!study)
        return terminal.failed(study.error());
    for (const std::string& name : arguments.scans)
        if (!study->scan(name))
            return terminal.failed(
                Error{ErrorCode::InvalidArgument, "The study has no scan '" + name + "'.", arguments.study, {name}});
    const Study before = *study;
    std::string left; // scans without an alignment to rely on
    bool failed = false;
    for (StudyScan& scan : study->scans) {
        if (!isAsked(arguments, scan))
            continue;
        const auto opened = openScan(scan, study->calibration);
        const auto estimate =
            opened ? estimateAlignment(**opened, arguments.options, terminal.sink(), stop) : fail(opened.error());
        if (!estimate) {
            const int code = terminal.failed(estimate.error());
            if (code == exitInterrupted)
                return code; // nothing is written
            failed = true;
            continue;
        }
        print(scan, *estimate);
        if (!estimate->registration.isReliable()) {
            left += (left.empty() ? "" : ", ") + scan.name;
            continue;
        }
        const MapFromScan position = mapFromScanOf(estimate->registration);
        const bool differs = (*opened)->obstacle && isMendedByAlignment(*(*opened)->obstacle);
        if (scan.mapFromScan || differs || position != MapFromScan())
            scan.mapFromScan = position;
    }
    if (arguments.apply) {
        if (*study != before)
            if (auto written = writeStudy(*study, std::filesystem::absolute(arguments.study)); !written)
                return terminal.failed(written.error());
        if (!left.empty())
            return terminal.failed(Error{ErrorCode::InvalidArgument,
                                         "Too unsure to be applied: " + left +
                                             ". Look at these scans in the window (Prepare, Align the maps).",
                                         arguments.study,
                                         {left}});
    }
    return failed ? exitFailed : exitDone;
}

} // namespace

void addAlign(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command =
        app.add_subcommand("align", "Find how maps lie on the diffraction scan: map = scale * scan + (dy, dx)");
    command->add_option("STUDY", arguments->study, "Study file")->required();
    command->add_option("--scan", arguments->scans, "Scans, instead of all with patterns and maps")
        ->delimiter(',')->allow_extra_args(false)
        ->type_name("A,B");
    command->add_option("--map", arguments->options.map, "Map to compare the patterns with, instead of HAADF");
    command
        ->add_option("--inner", arguments->options.innerFraction,
                     "Inner radius of the virtual HAADF detector, as a part of the pattern's half width")
        ->capture_default_str();
    command->add_option("--scale", arguments->scale, "Look for a scale other than 1; auto: where sizes hint at it")
        ->check(CLI::IsMember({"auto", "yes", "no"}))
        ->capture_default_str();
    command->add_flag("--apply", arguments->apply, "Write what is sure into the study");
    command->callback([arguments, &session] {
        if (arguments->scale != "auto")
            arguments->options.findScale = arguments->scale == "yes";
        session.exitCode = runAlign(*arguments, session.quiet);
    });
}

} // namespace dispersa::cli
