// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of a run; see run_figures.h.
#include "app/figures/run_figures.h"

#include "app/figures/map_figures.h"
#include "app/figures/run_values.h"
#include "app/figures/score_figures.h"
#include "core/base/os_file.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("Figures", source);
}

/// Scan names come from files and may hold what a file name cannot.
std::string fileName(const std::string& name)
{
    std::string result = name;
    for (char& c : result)
        if (c == '/' || c == '\\' || c == ':')
            c = '_';
    return result;
}

/// Says what the rows of maps are, as far as the scan has them.
QString mapsCaption(const ScanResult& scan, const MapFigureRows& rows)
{
    QStringList sentences{text("Real and predicted maps of %1, and their difference.").arg(QString::fromStdString(scan.name))};
    const auto has = [&scan](MapStage stage) {
        return std::any_of(scan.quantities.begin(), scan.quantities.end(),
                           [stage](const QuantityMaps& maps) { return stageMap(maps, stage) != nullptr; });
    };
    if (rows.sigma && has(MapStage::Sigma))
        sentences << text("Sigma: how far the members of the ensemble are apart.");
    if (rows.interval && has(MapStage::Interval))
        sentences << text("Interval: the real value is expected within this distance of the predicted one.");
    if (rows.hatched && unlikeTraining(scan))
        sentences << text("Hatched: patterns unlike those of the training.");
    return sentences.join(QLatin1Char(' '));
}

class Drawing {
  public:
    Drawing(const FigureOptions& options, std::filesystem::path folder)
        : m_options(options), m_folder(std::move(folder))
    {
    }

    Result<void> save(const std::string& name, const Figure& figure)
    {
        for (const FigureFormat format : m_options.formats) {
            const auto path = m_folder / (name + "." + figureFormatName(format));
            if (auto saved = saveFigure(figure, path, format, m_options.dpi); !saved)
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

std::vector<RunFigure> runFigures(const RunResult& run, const MapFigureRows& rows)
{
    std::vector<RunFigure> figures;
    const auto add = [&figures](std::string name, const QString& caption, std::optional<Figure> figure) {
        if (figure)
            figures.push_back({std::move(name), caption, std::move(*figure)});
    };
    add("figure1_training", text("Training: error per step, and scores of the test part."), trainingFigure(run));
    add("figure2_scores",
        text("Scores per target and scan. Whiskers: 95 % intervals; lines: noise ceilings; diamonds: what predicts best "
             "without the model."),
        scoresFigure(run));
    for (const ScanResult& scan : run.scans) {
        const std::string name = fileName(scan.name);
        const QString shown = QString::fromStdString(scan.name);
        add("figure3_maps_" + name, mapsCaption(scan, rows), mapsFigure(run, scan, rows));
        if (const ScanScores* scores = run.scores(scan.name))
            add("figure4_correlation_" + name, text("Correlation between the maps of %1.").arg(shown),
                correlationFigure(*scores));
        add("figure8_correction_" + name,
            text("Real, predicted and corrected map of %1; circled where they disagree most.").arg(shown),
            correctionFigure(run, scan));
        add("figure9_filtering_" + name, text("Maps of %1 as measured and after the filter.").arg(shown),
            filteringFigure(run, scan));
    }
    return figures;
}

Result<std::vector<std::filesystem::path>> drawRunFigures(const RunResult& run, const FigureOptions& options,
                                                          const std::filesystem::path& outFolder)
{
    if (options.formats.empty())
        return fail(ErrorCode::InvalidArgument, "No figure format was chosen; choose svg, pdf or png.", {}, {"format"});
    if (auto folder = makeWritableFolder(outFolder); !folder)
        return fail(folder.error());
    Drawing drawing(options, outFolder);
    for (const RunFigure& figure : runFigures(run, options.maps))
        if (auto saved = drawing.save(figure.name, figure.figure); !saved)
            return fail(saved.error());
    return drawing.takeFiles();
}

} // namespace dispersa
