// SPDX-License-Identifier: GPL-3.0-or-later
// Maps side by side: rows real, predicted, corrected, difference, uncertainty; columns quantities; one colour bar per column.
#pragma once

#include "app/figures/map_figures.h"
#include "app/figures/run_values.h"
#include "app/pages/page.h"
#include "widgets/map_link.h"

#include <QWidget>

#include <vector>

class QGridLayout;
class QScrollArea;

namespace dispersa {

class ColumnStrip;
class MapSwitches;
class MapView;
class RunScanBox;

class MapsTab : public QWidget {
    Q_OBJECT
  public:
    MapsTab(PageContext context, QWidget* parent);
    void setRun(RunResultPtr run);
    /// The rows of uncertainty and the hatch as they are switched, for figures.
    MapFigureRows figureRows() const;

  Q_SIGNALS:
    void readout(const QString& text);
    void rowsChanged();

  private:
    struct Row {
        const ScanResult* scan;
        MapStage stage;
    };
    void rebuild();
    std::vector<const ScanResult*> scans() const;
    std::vector<Row> rows() const;
    void addHeaders(const std::vector<std::string>& quantities);
    void addRow(int row, const Row& what, const std::vector<std::string>& quantities);
    void addCell(int row, int column, const Row& what, const QuantityMaps& maps);
    void addBars(const std::vector<std::string>& quantities);
    ColorScale columnScale(const std::string& quantity) const;
    /// What the elements of a row share (HAADF has its own), where its columns do not have theirs.
    std::optional<ColorScale> rowScale(const Row& what, bool haadf) const;
    void showCursor(int y, int x);

    PageContext m_context;
    RunScanBox* m_scan;
    MapSwitches* m_switches;
    QScrollArea* m_scroll;
    ColumnStrip* m_names; ///< of the columns, above the maps
    ColumnStrip* m_bars;  ///< their colours, below
    QGridLayout* m_grid = nullptr;
    MapLink m_link;
    RunResultPtr m_run;
    const ScanResult* m_cursorScan = nullptr;
    std::string m_cursorQuantity;
    bool m_tall = false; ///< more rows than fit
};

} // namespace dispersa
