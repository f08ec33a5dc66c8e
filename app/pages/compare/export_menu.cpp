// SPDX-License-Identifier: GPL-3.0-or-later
// Exports of a run; see export_menu.h.
#include "app/pages/compare/export_menu.h"

#include "app/figures/run_figures.h"
#include "app/figures/run_report.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/compare/export_dialog.h"
#include "app/pages/compare/map_export.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"

#include <QAction>
#include <QDesktopServices>
#include <QDir>
#include <QMenu>
#include <QUrl>

namespace dispersa {

namespace {
using Paths = std::vector<std::filesystem::path>;
}

ExportMenu::ExportMenu(PageContext context, QWidget* parent) : QPushButton(tr("Export"), parent), m_context(context)
{
    setObjectName("compare_export");
    auto* menu = new QMenu(this);
    const auto add = [this, menu](const QString& text, const char* name, auto&& slot) {
        QAction* action = menu->addAction(text, this, slot);
        action->setObjectName(name);
    };
    add(tr("Figures…"), "export_figures", [this] { askFigures(); });
    add(tr("Maps…"), "export_maps", [this] { askMaps(); });
    menu->addSeparator();
    add(tr("Open report"), "open_report", [this] { openReport(); });
    menu->addSeparator();
    add(tr("Scores as CSV…"), "export_scores_csv", [this] { askScores(false); });
    add(tr("Scores as JSON…"), "export_scores_json", [this] { askScores(true); });
    setMenu(menu);
    setRun(nullptr);
}

void ExportMenu::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    setEnabled(m_run != nullptr);
    for (QAction* action : menu()->actions())
        action->setEnabled(m_run != nullptr);
    setToolTip(m_run ? tr("Save figures, maps or scores of this run") : tr("There is no run to export yet."));
}

void ExportMenu::askFigures()
{
    ExportDialog dialog(tr("Export figures"), QString::fromStdString((m_run->folder / "figures").string()),
                        {{QStringLiteral("svg"), tr("SVG: text and lines stay editable"), true},
                         {QStringLiteral("pdf"), tr("PDF: for manuscripts"), true},
                         {QStringLiteral("png"), tr("PNG: for slides"), true}},
                        this);
    dialog.addDpi(300);
    if (dialog.exec() == QDialog::Accepted)
        exportFigures(dialog.folder(), dialog.chosenFormats(), dialog.dpi());
}

void ExportMenu::exportFigures(const QString& folder, const QStringList& formats, int dpi)
{
    if (!m_run)
        return;
    FigureOptions options;
    options.dpi = dpi;
    options.maps = m_mapRows;
    options.formats.clear();
    for (const FigureFormat format : {FigureFormat::Svg, FigureFormat::Pdf, FigureFormat::Png})
        if (formats.contains(QLatin1String(figureFormatName(format))))
            options.formats.push_back(format);
    m_context.tasks.start<Paths>(
        TaskLane::Io, tr("Export figures"), this,
        [run = m_run, options, path = std::filesystem::path(folder.toStdString())](
            const ProgressSink&, std::stop_token) { return drawRunFigures(*run, options, path); },
        [this, folder](Result<Paths> files) {
            if (files)
                m_context.messages.addNote(tr("Wrote %n figure file(s) to %1.", nullptr, int(files->size()))
                                               .arg(QDir::toNativeSeparators(folder)));
            else
                m_context.messages.addError(files.error());
        });
}

void ExportMenu::openReport()
{
    if (!m_run)
        return;
    m_context.tasks.start<std::filesystem::path>(
        TaskLane::Io, tr("Write report"), this,
        [run = m_run](const ProgressSink&, std::stop_token) { return writeRunReport(*run); },
        [this](Result<std::filesystem::path> file) {
            if (!file) {
                m_context.messages.addError(file.error());
                return;
            }
            const QString path = QString::fromStdString(file->string());
            m_context.messages.addNote(tr("Wrote the report %1.").arg(QDir::toNativeSeparators(path)));
            if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path)))
                m_context.messages.addNote(tr("No browser was found to show it."));
        });
}

void ExportMenu::askMaps()
{
    ExportDialog dialog(tr("Export maps"), QString::fromStdString((m_run->folder / "exported maps").string()),
                        {{QStringLiteral("mrc"), tr("MRC 2014, float32"), true},
                         {QStringLiteral("tiff"), tr("TIFF, float32, for Fiji"), false},
                         {QStringLiteral("csv"), tr("CSV: one file per map"), false},
                         {QStringLiteral("emd"), tr("EMD 1.0 (HDF5): one file for py4DSTEM and emdfile"), false}},
                        this);
    if (dialog.exec() == QDialog::Accepted)
        exportMapsTo(dialog.folder(), dialog.chosenFormats());
}

void ExportMenu::exportMapsTo(const QString& folder, const QStringList& formats)
{
    if (!m_run)
        return;
    MapExportFormats chosen;
    chosen.mrc = formats.contains(QLatin1String("mrc"));
    chosen.tiff = formats.contains(QLatin1String("tiff"));
    chosen.csv = formats.contains(QLatin1String("csv"));
    chosen.emd = formats.contains(QLatin1String("emd"));
    m_context.tasks.start<int>(
        TaskLane::Io, tr("Export maps"), this,
        [run = m_run, chosen, path = std::filesystem::path(folder.toStdString())](const ProgressSink& progress,
                                                                                  std::stop_token stop) {
            return exportMaps(*run, chosen, path, progress, stop);
        },
        [this, folder](Result<int> files) {
            if (files)
                m_context.messages.addNote(
                    tr("Wrote %n map file(s) to %1.", nullptr, *files).arg(QDir::toNativeSeparators(folder)));
            else
                m_context.messages.addError(files.error());
        });
}

void ExportMenu::askScores(bool json)
{
    if (json)
        saveTextWithDialog(this, QStringLiteral("scores.json"), tr("JSON (*.json)"), metricsToJson(m_run->metrics),
                           m_context.messages);
    else
        saveTextWithDialog(this, QStringLiteral("scores.csv"), tr("Comma-separated values (*.csv)"),
                           metricsToCsv(m_run->metrics), m_context.messages);
}

} // namespace dispersa
