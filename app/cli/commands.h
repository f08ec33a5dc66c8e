// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of dispersa-cli. Each adds its options to the parser; when chosen, it runs and sets the exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace dispersa::cli {

/// Shared by all commands; outlives the parsing.
struct Session {
    bool quiet = false;
    int exitCode = 0;
};

void addExample(CLI::App& app, Session& session);
void addInfo(CLI::App& app, Session& session);
void addStudy(CLI::App& app, Session& session);
void addConvert(CLI::App& app, Session& session);
void addAlign(CLI::App& app, Session& session);
void addFormats(CLI::App& app, Session& session);
void addRun(CLI::App& app, Session& session);
void addTrain(CLI::App& app, Session& session);
void addPredict(CLI::App& app, Session& session);
void addCompare(CLI::App& app, Session& session);
void addDose(CLI::App& app, Session& session);

} // namespace dispersa::cli
