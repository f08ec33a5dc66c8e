// SPDX-License-Identifier: GPL-3.0-or-later
// The command that says how much X-ray dose a study needs.
#include "app/cli/commands.h"
#include "app/cli/draw_figures.h"
#include "app/cli/option_types.h"
#include "app/cli/terminal.h"
#include "core/base/os_file.h"
#include "core/io/study_file.h"
#include "core/workflow/dose_plan.h"
#include "core/workflow/run_dose.h"

#include <cstdio>
#include <memory>

namespace dispersa::cli {
namespace {

struct Arguments {
    std::string study;
    std::string out;
    DosePlanOptions plan;
    EngineOptions engine;
};

int run(const Arguments& arguments, const Session& session)
{
    const std::stop_token stop = interruptToken();
    Terminal terminal(session.quiet);
    const auto study = readStudy(arguments.study);
    if (!study)
        return terminal.failed(study.error());
    if (const auto made = makeWritableFolder(arguments.out); !made)
        return terminal.failed(made.error());
    const auto plan =
        planDose(*study, arguments.engine.runOptions(arguments.out), arguments.plan, terminal.sink(), stop);
    if (!plan)
        return terminal.failed(plan.error());
    if (const auto written = writeDosePlan(*plan, arguments.out); !written)
        return terminal.failed(written.error());
    if (std::filesystem::exists(std::filesystem::path(arguments.out) / "run.json"))
        drawFigures(arguments.out, terminal); // and the report, which shows the plan
    for (const std::string& sentence : doseSentences(*plan))
        std::printf("%s\n", sentence.c_str());
    return exitDone;
}

} // namespace

void addDose(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand(
        "dose", "Say how well a study is predicted from less X-ray dose: a part of the EDS area, or of the counts");
    command->add_option("STUDY", arguments->study, "Study file")->required();
    command->add_option("--out", arguments->out, "Folder for dose.json and dose.csv; in that of a run the plan becomes part of the run")->required();
    command->add_option("--shares", arguments->plan.areaShares, "Shares of the EDS area")
        ->delimiter(',')->allow_extra_args(false)
        ->check(CLI::Range(0.001, 1.0));
    command->add_option("--count-shares", arguments->plan.countShares, "Shares of the X-ray counts, where maps are raw counts")
        ->delimiter(',')->allow_extra_args(false)
        ->check(CLI::Range(0.001, 1.0));
    command->add_option("--seeds", arguments->plan.seeds, "Trainings per share, each on other parts of the area")
        ->check(CLI::Range(1, 20))
        ->capture_default_str();
    command->add_option("--tolerance", arguments->plan.tolerance, "How much less r than the best is good enough")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    arguments->engine.addTo(*command, true);
    command->callback([arguments, &session] { session.exitCode = run(*arguments, session); });
}

} // namespace dispersa::cli
