// SPDX-License-Identifier: GPL-3.0-or-later
// dispersa-cli: everything the window does, without one.
#include "app/cli/commands.h"
#include "app/cli/terminal.h"

#include <cstdio>
#include <exception>
#include <new>

int main(int argc, char** argv)
{
    using namespace dispersa::cli;
    CLI::App app("Dispersa: element maps from 4D-STEM diffraction patterns", "dispersa-cli");
    app.set_version_flag("--version", DISPERSA_VERSION);
    app.require_subcommand(1);
    Session session;
    addExample(app, session);
    addInfo(app, session);
    addStudy(app, session);
    addAlign(app, session);
    addRun(app, session);
    addTrain(app, session);
    addPredict(app, session);
    addCompare(app, session);
    addDose(app, session);
    addConvert(app, session);
    addFormats(app, session);
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
        command->add_flag("--quiet", session.quiet, "Print nothing but results and errors");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exitDone : exitUsage;
    } catch (const std::bad_alloc&) {
        std::fputs("dispersa-cli: There is not enough memory for this.\n", stderr);
        return exitFailed;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "dispersa-cli: %s\n", error.what());
        return exitFailed;
    }
    return session.exitCode;
}
