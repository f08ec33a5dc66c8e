// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that train and predict: run, train, predict, compare.
#include "app/cli/commands.h"
#include "app/cli/draw_figures.h"
#include "app/cli/option_types.h"
#include "app/cli/terminal.h"
#include "core/io/study_file.h"

#include <cstdio>
#include <memory>

namespace dispersa::cli {
namespace {

void printScores(const RunResult& run)
{
    const auto text = [](const Score& score) {
        char number[24] = "-";
        if (score.value)
            std::snprintf(number, sizeof number, "%.4f", *score.value);
        return std::string(number);
    };
    for (const ScanScores& scan : run.metrics.scans) {
        std::printf("%-10s %-8s %-10s", scan.name.c_str(), scan.role.c_str(), scan.inSample ? "in sample" : "");
        for (const TargetScores& target : scan.targets)
            std::printf("  %s r %s MAE %s", target.name.c_str(), text(target.pearson).c_str(), text(target.mae).c_str());
        std::printf("\n");
    }
    if (const std::string gap = leakGapSentence(run.metrics.leakGap); !gap.empty())
        std::printf("leak gap: %s\n", gap.c_str());
}

int finish(const Result<RunResultPtr>& run, const Session& session, Terminal& terminal)
{
    if (!run)
        return terminal.failed(run.error());
    for (const Warning& warning : (*run)->warnings)
        terminal.line("note: " + warning.message);
    drawFigures((*run)->folder, terminal);
    if (!session.quiet)
        printScores(**run);
    std::printf("%s\n", (*run)->folder.c_str());
    return exitDone;
}

std::string durationText(double seconds)
{
    char text[32];
    if (seconds < 90)
        std::snprintf(text, sizeof text, "%.0f s", seconds);
    else if (seconds < 5400)
        std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
    else
        std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
    return text;
}

/// Says before the training what it will cost.
RunEvents estimateTo(Terminal& terminal, const Session& session)
{
    RunEvents events;
    if (!session.quiet)
        events.onEstimate = [&terminal](const TrainingEstimate& estimate) {
            char memory[32];
            std::snprintf(memory, sizeof memory, "%.1f GB", double(estimate.memory_bytes) / 1e9);
            terminal.line("expected: " + durationText(estimate.secondsPerEpoch) + " per epoch, at most " +
                          durationText(estimate.trainingSeconds) + " for all, then " +
                          durationText(estimate.predictionSeconds) + " to predict; " + memory + " of memory (" +
                          estimate.device + ")");
        };
    return events;
}

struct Arguments {
    std::string study;
    std::string model;
    std::vector<std::string> scans;
    std::string out;
    bool resume = false;
    CropOption crop;
    CalibrateOption calibrate;
    EngineOptions engine;
};

} // namespace

void addRun(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("run", "Prepare, train, predict, compare and export a study");
    command->add_option("STUDY", arguments->study, "Study file")->required();
    command->add_option("--out", arguments->out, "Folder of the run")->required();
    command->add_flag("--resume", arguments->resume,
                      "Go on with the training in --out that was interrupted, or that is to have more epochs");
    arguments->calibrate.addTo(*command);
    arguments->engine.addTo(*command, true);
    command->callback([arguments, &session] {
        const std::stop_token abort = interruptToken();
        Terminal terminal(session.quiet);
        auto study = readStudy(arguments->study);
        if (!study) {
            session.exitCode = terminal.failed(study.error());
            return;
        }
        arguments->calibrate.applyTo(*study);
        RunOptions options = arguments->engine.runOptions(arguments->out);
        options.resume = arguments->resume;
        const auto run = runStudy(*study, options, estimateTo(terminal, session), terminal.sink(), {}, abort);
        session.exitCode = finish(run, session, terminal);
    });
}

void addTrain(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("train", "Train a study's network and keep the model alone");
    command->add_option("STUDY", arguments->study, "Study file")->required();
    command->add_option("--out", arguments->out, "Model file to write (*.safetensors)")->required();
    arguments->engine.addTo(*command, true);
    command->callback([arguments, &session] {
        const std::stop_token stop = interruptToken();
        Terminal terminal(session.quiet);
        const auto study = readStudy(arguments->study);
        if (!study) {
            session.exitCode = terminal.failed(study.error());
            return;
        }
        const auto outcome =
            trainStudy(*study, arguments->out, arguments->engine.runOptions({}), estimateTo(terminal, session),
                       terminal.sink(), stop, {});
        if (!outcome)
            session.exitCode = terminal.failed(outcome.error());
        else
            session.exitCode = outcome->stoppedByUser ? exitInterrupted : exitDone;
    });
}

void addPredict(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("predict", "Predict the maps of scans with a trained model");
    command->add_option("MODEL", arguments->model, "Model file")->required();
    command->add_option("SCAN", arguments->scans, "Scans, and their maps if they are to be compared")->required();
    command->add_option("--out", arguments->out, "Folder to write to")->required();
    arguments->crop.addTo(*command);
    arguments->engine.addTo(*command, false);
    command->callback([arguments, &session] {
        const std::stop_token abort = interruptToken();
        Terminal terminal(session.quiet);
        const std::vector<std::filesystem::path> scans(arguments->scans.begin(), arguments->scans.end());
        const auto run = predictFiles(arguments->model, scans, arguments->crop.region(),
                                      arguments->engine.runOptions(arguments->out), terminal.sink(), abort);
        session.exitCode = finish(run, session, terminal);
    });
}

void addCompare(CLI::App& app, Session& session)
{
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("compare", "Compare a trained model's maps with the real ones of a study");
    command->add_option("STUDY", arguments->study, "Study file")->required();
    command->add_option("MODEL", arguments->model, "Model file")->required();
    command->add_option("--out", arguments->out, "Folder to write to")->required();
    arguments->calibrate.addTo(*command);
    arguments->engine.addTo(*command, false);
    command->callback([arguments, &session] {
        const std::stop_token abort = interruptToken();
        Terminal terminal(session.quiet);
        auto study = readStudy(arguments->study);
        if (!study) {
            session.exitCode = terminal.failed(study.error());
            return;
        }
        arguments->calibrate.applyTo(*study);
        study->model = std::filesystem::absolute(arguments->model).lexically_normal();
        const auto run =
            runStudy(*study, arguments->engine.runOptions(arguments->out), {}, terminal.sink(), {}, abort);
        session.exitCode = finish(run, session, terminal);
    });
}

} // namespace dispersa::cli
