// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of a run; see run_figures.h.
#include "app/figures/run_figures.h"

#include "app/figures/map_figures.h"
#include "app/figures/score_figures.h"
#include "core/base/os_file.h"

#include <optional>
#include <string>
#include <utility>

namespace dispersa {

namespace {

/// Scan names come from files and may hold what a file name cannot.
std::string fileName(const std::string& name)
{
    std::string result = name;
    for (char& c : result)
        if (c == '/' || c == '\\' || c == ':')
            c = '_';
    return result;
}

class Drawing {
  public:
    Drawing(const FigureOptions& options, std::filesystem::path folder)
        : m_options(options), m_folder(std::move(folder))
    {
    }

    Result<void> save(const std::string& name, const std::optional<Figure>& figure)
    {
        if (!figure)
            return {};
        for (const FigureFormat format : m_options.formats) {
            const auto path = m_folder / (name + "." + figureFormatName(format));
            if (auto saved = saveFigure(*figure, path, format, m_options.dpi); !saved)
                return saved;
            m_files.push_back(path);
        }
        return {};
    }
    std::vector<std::filesystem::path> takeFiles() { return std::move(m_files); }

  private:
    FigureOptions m_options;
    std::filesystem::path m_folder;
    std::vector<std::filesystem::path> m_files;
};

} // namespace

const char* figureFormatName(FigureFormat format)
{
    switch (format) {
    case FigureFormat::Svg:
        return "svg";
    case FigureFormat::Pdf:
        return "pdf";
    case FigureFormat::Png:
        break;
    }
    return "png";
}

Result<std::vector<std::filesystem::path>> drawRunFigures(const RunResult& run, const FigureOptions& options,
                                                          const std::filesystem::path& outFolder)
{
    if (options.formats.empty())
        return fail(ErrorCode::InvalidArgument, "No figure format was chosen; choose svg, pdf or png.", {}, {"format"});
    if (auto folder = makeWritableFolder(outFolder); !folder)
        return fail(folder.error());
    Drawing drawing(options, outFolder);
    std::vector<std::pair<std::string, std::optional<Figure>>> figures;
    figures.emplace_back("figure1_training", trainingFigure(run));
    figures.emplace_back("figure2_scores", scoresFigure(run));
    for (const ScanResult& scan : run.scans) {
        const std::string name = fileName(scan.name);
        figures.emplace_back("figure3_maps_" + name, mapsFigure(run, scan, options.maps));
        if (const ScanScores* scores = run.scores(scan.name))
            figures.emplace_back("figure4_correlation_" + name, correlationFigure(*scores));
        figures.emplace_back("figure8_correction_" + name, correctionFigure(run, scan));
        figures.emplace_back("figure9_filtering_" + name, filteringFigure(run, scan));
    }
    for (const auto& [name, figure] : figures)
        if (auto saved = drawing.save(name, figure); !saved)
            return fail(saved.error());
    return drawing.takeFiles();
}

} // namespace dispersa
