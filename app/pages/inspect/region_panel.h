// SPDX-License-Identifier: GPL-3.0-or-later
// The list of regions, and what the chosen one holds: mean composition real and predicted, MAE.
#pragma once

#include "app/pages/inspect/inspected_scan.h"
#include "app/pages/inspect/region_list.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableWidget;

namespace dispersa {

class RegionPanel : public QWidget {
    Q_OBJECT
  public:
    RegionPanel(RegionList& regions, QWidget* parent);
    void setScan(const InspectedScan& scan);

  private:
    void fillRegions();
    void fillStatistics();
    void refreshCounts();
    void chooseColor(int index);
    std::vector<ScanPoint> pixelsOf(const InspectedRegion& region) const; ///< in the maps' coordinates

    RegionList& m_regions;
    InspectedScan m_scan;
    QTableWidget* m_list;
    QLabel* m_title;
    QTableWidget* m_statistics;
    QPushButton* m_remove;
};

} // namespace dispersa
