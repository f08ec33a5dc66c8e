// SPDX-License-Identifier: GPL-3.0-or-later
// dispersa [STUDY...]: the window. dispersa figures RUN_DIR: every figure of a run and its report, without a screen.
#include "app/figures/run_figures.h"
#include "app/figures/run_report.h"
#include "app/log_file.h"
#include "app/main_window.h"
#include "core/io/format_table.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int exitDone = 0;
constexpr int exitFailed = 1;
constexpr int exitUsage = 2;

struct Arguments {
    std::vector<std::string> paths;
    bool figures = false;
    std::string runFolder;
    std::vector<std::string> formats{"svg", "pdf", "png"};
    int dpi = 300;
};

int drawFigures(const Arguments& arguments)
{
    const auto failed = [](const dispersa::Error& error) {
        std::fprintf(stderr, "dispersa: %s\n", error.message.c_str());
        return exitFailed;
    };
    const auto run = dispersa::loadRun(arguments.runFolder);
    if (!run)
        return failed(run.error());
    dispersa::FigureOptions options{{}, arguments.dpi};
    for (const dispersa::FigureFormat format :
         {dispersa::FigureFormat::Svg, dispersa::FigureFormat::Pdf, dispersa::FigureFormat::Png})
        if (std::count(arguments.formats.begin(), arguments.formats.end(), dispersa::figureFormatName(format)) > 0)
            options.formats.push_back(format);
    const auto written = dispersa::drawRunFigures(**run, options, (*run)->folder / "figures");
    if (!written)
        return failed(written.error());
    for (const auto& path : *written)
        std::printf("%s\n", path.c_str());
    const auto report = dispersa::writeRunReport(**run);
    if (!report)
        return failed(report.error());
    std::printf("%s\n", report->c_str());
    return exitDone;
}

bool hasDisplay()
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
}

} // namespace

int main(int argc, char** argv)
{
    Arguments arguments;
    CLI::App parser("Element maps from 4D-STEM diffraction patterns.", "dispersa");
    parser.set_version_flag("--version", std::string("dispersa ") + DISPERSA_VERSION);
    parser.add_option("STUDY", arguments.paths, "A study, or scans, maps and folders to open");
    parser.footer("Opens " +
                  dispersa::formatList([](const dispersa::FormatTraits&) { return true; }) +
                  ", studies and folders.");
    CLI::App* figures = parser.add_subcommand("figures", "Draw every figure of a run and write its report.html, without a screen");
    figures->add_option("RUN_DIR", arguments.runFolder, "Folder of a run")->required();
    figures->add_option("--format", arguments.formats, "svg, pdf, png")
        ->delimiter(',')
        ->check(CLI::IsMember({"svg", "pdf", "png"}))
        ->capture_default_str();
    figures->add_option("--dpi", arguments.dpi, "Resolution of PNG")
        ->check(CLI::Range(30, 2400))
        ->capture_default_str();
    try {
        parser.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return parser.exit(error) == 0 ? exitDone : exitUsage;
    }
    arguments.figures = figures->parsed();
    if (arguments.figures || (!hasDisplay() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))) {
        if (!arguments.figures) {
            std::fprintf(stderr, "dispersa: no display was found. Use dispersa-cli for work without a screen.\n");
            return exitFailed;
        }
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }

    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("dispersa"));
    QApplication::setApplicationDisplayName(QStringLiteral("Dispersa"));
    QApplication::setApplicationVersion(QStringLiteral(DISPERSA_VERSION));
    QApplication::setOrganizationName(QStringLiteral("dispersa"));
    QApplication::setDesktopFileName(QStringLiteral("org.dispersa.Dispersa"));
    QApplication::setStyle(QStringLiteral("Fusion"));
    if (arguments.figures)
        return drawFigures(arguments);

    dispersa::startLogFile();
    QTranslator qtTexts;
    if (qtTexts.load(QLocale(), QStringLiteral("qt"), QStringLiteral("_"),
                     QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QApplication::installTranslator(&qtTexts);
    int result = exitDone;
    {
        dispersa::MainWindow window;
        window.show();
        QStringList paths;
        for (const std::string& path : arguments.paths)
            paths << QString::fromLocal8Bit(path.c_str());
        if (!paths.isEmpty())
            window.openPaths(paths);
        result = QApplication::exec();
    }
    dispersa::stopLogFile();
    return result;
}
