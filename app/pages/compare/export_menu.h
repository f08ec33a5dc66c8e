// SPDX-License-Identifier: GPL-3.0-or-later
// The Export button of the Compare page: figures, maps, scores. Writing happens beside the window.
#pragma once

#include "app/figures/map_figures.h"
#include "app/pages/page.h"
#include "core/workflow/run_result.h"

#include <QPushButton>

namespace dispersa {

class ExportMenu : public QPushButton {
    Q_OBJECT
  public:
    ExportMenu(PageContext context, QWidget* parent);
    void setRun(RunResultPtr run);
    /// What figures of maps show besides real, predicted and difference: as the page has it.
    void setMapRows(const MapFigureRows& rows) { m_mapRows = rows; }

    // What the entries do once a folder is chosen.
    void exportFigures(const QString& folder, const QStringList& formats, int dpi);
    /// Writes the run's report.html beside the window, then shows it in the browser.
    void openReport();
    void exportMapsTo(const QString& folder, const QStringList& formats);

  private:
    void askFigures();
    void askMaps();
    void askScores(bool json);

    PageContext m_context;
    RunResultPtr m_run;
    MapFigureRows m_mapRows;
};

} // namespace dispersa
