// SPDX-License-Identifier: GPL-3.0-or-later
// Above the maps: which rows are shown, and whether predictions are hatched where patterns are unlike those of the training.
#pragma once

#include "app/figures/map_figures.h"
#include "app/figures/run_values.h"

#include <QWidget>

#include <span>
#include <vector>

class QCheckBox;
class QLabel;
class QToolButton;

namespace dispersa {

/// Sigma and interval: not maps of a quantity but of how well it is known.
bool isUncertainty(MapStage stage);

class MapSwitches : public QWidget {
    Q_OBJECT
  public:
    explicit MapSwitches(QWidget* parent);

    /// The rows there are, from top to bottom.
    static std::span<const MapStage> stages();
    /// What is looked at: rows without a map in any of the scans cannot be switched on, and say why.
    void setScans(const std::vector<const ScanResult*>& scans);
    bool isShown(MapStage stage) const;
    bool isHatched() const;
    /// The same for figures.
    MapFigureRows figureRows() const;

  Q_SIGNALS:
    void changed(); ///< by the user

  private:
    std::vector<QToolButton*> m_rows;
    QCheckBox* m_hatch;
    QLabel* m_swatch;
    QLabel* m_legend;
};

} // namespace dispersa
