// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/draw_figures.h"

#include "core/base/os_process.h"

namespace dispersa::cli {

void drawFigures(const std::filesystem::path& folder, Terminal& terminal)
{
    const std::filesystem::path program = programFolder() / "dispersa";
    std::error_code code;
    if (!std::filesystem::exists(program, code)) {
        terminal.line("figures: run 'dispersa figures " + folder.string() + "' to draw them");
        return;
    }
    const auto drawn = runProgram(program, {"figures", folder.string()});
    terminal.line(drawn && *drawn == 0 ? "figures drawn" : "figures could not be drawn");
}

} // namespace dispersa::cli
