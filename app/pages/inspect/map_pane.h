// SPDX-License-Identifier: GPL-3.0-or-later
// The map to draw regions on: which quantity, which kind, and the drawing tools.
#pragma once

#include "app/pages/inspect/inspected_scan.h"
#include "app/pages/inspect/region_list.h"
#include "app/pages/page.h"

#include <QWidget>

class QComboBox;
class QToolButton;

namespace dispersa {

class MapView;

class MapPane : public QWidget {
    Q_OBJECT
  public:
    MapPane(PageContext context, RegionList& regions, QWidget* parent);
    /// Keeps quantity and kind if the scan has them; else predicted HAADF, else what there is.
    void setScan(const InspectedScan& scan);
    /// Shows a virtual image that was just made.
    void showQuantity(const std::string& quantity);
    MapView& view() { return *m_view; }

  Q_SIGNALS:
    void readout(const QString& text);
    void disagreementWanted();

  private:
    QWidget* makeTools();
    void fillStages();
    void showMap();
    void showRegions();
    void showCursor(int y, int x, double value);
    Shape toView(const Shape& shape) const;
    Shape toScan(const Shape& shape) const;

    PageContext m_context;
    RegionList& m_regions;
    InspectedScan m_scan;
    QComboBox* m_quantity;
    QComboBox* m_stage;
    QToolButton* m_disagreement = nullptr;
    MapView* m_view;
    MapPtr m_shown;
    bool m_busy = false;
};

} // namespace dispersa
