// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of a run, drawn without a screen: what `dispersa figures` and Export > Figures write.
#pragma once

#include "app/figures/map_figures.h"
#include "core/base/error.h"
#include "core/workflow/run_result.h"
#include "widgets/figure.h"

#include <filesystem>
#include <vector>

namespace dispersa {

struct FigureOptions {
    std::vector<FigureFormat> formats = {FigureFormat::Svg, FigureFormat::Pdf, FigureFormat::Png};
    int dpi = 300; ///< of PNG, 30..2400
    MapFigureRows maps = {};
};

struct RunFigure {
    std::string name; ///< of its file, e.g. "figure3_maps_0037"
    QString caption;  ///< one sentence on what it shows
    Figure figure;
};
/// All that the run has values for, in the order of the paper's figures.
std::vector<RunFigure> runFigures(const RunResult& run, const MapFigureRows& rows = {});

/// Draws the figures of the paper's kinds that the run has values for: figure1_training, figure2_scores,
/// figure3_maps_<scan>, figure4_correlation_<scan>, figure8_correction_<scan>, figure9_filtering_<scan>. Needs a
/// QGuiApplication (offscreen will do). Returns the files written. Errors: InvalidArgument, WriteFailed.
Result<std::vector<std::filesystem::path>> drawRunFigures(const RunResult& run, const FigureOptions& options,
                                                          const std::filesystem::path& outFolder);

/// "svg", "pdf", "png".
const char* figureFormatName(FigureFormat format);

} // namespace dispersa
