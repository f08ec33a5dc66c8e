// SPDX-License-Identifier: GPL-3.0-or-later
// The right one of the two linked panes: any map of the scan with the probe marker, a region and the crop.
#pragma once

#include "app/pages/map_strip.h"
#include "core/workflow/open_scan.h"
#include "widgets/map_view.h"

#include <QComboBox>
#include <QProgressBar>
#include <QTimer>
#include <QWidget>

#include <optional>
#include <vector>

namespace dispersa {

class ScanPane : public QWidget {
    Q_OBJECT
  public:
    explicit ScanPane(QWidget* parent);

    /// Null empties the pane; `placeholder` says why nothing is shown. The marker stays where it is if it fits.
    void setScan(OpenedScanPtr scan, const QString& placeholder);
    /// Maps beside those of the scan: of a virtual detector; empty takes them away. `step` above 1: only every step-th
    /// position is read so far.
    void setVirtualImages(const std::vector<MapPtr>& images, int step);
    /// Shows, once waiting can be felt, how much of the scan the virtual images rest on; 100: all of it.
    void setVirtualProgress(int percent);
    void setCrop(const std::optional<Region>& crop);
    ScanPoint marker() const { return m_marker; }
    MapPtr shownMap() const { return m_strip->current(); }

  Q_SIGNALS:
    void markerMoved(dispersa::ScanPoint marker);
    void regionChanged(const std::optional<dispersa::Shape>& region);
    void readout(const QString& text);
    void dataExportRequested();

  private:
    void refreshMaps();
    void showMap(const MapPtr& map);
    void showTitle();
    void chooseRegion();
    void setRegion(const std::optional<Shape>& region);
    void tellCursor(int y, int x);

    OpenedScanPtr m_scan;
    std::vector<MapPtr> m_virtual;
    int m_virtualStep = 1;
    int m_virtualPercent = 100;
    ScanPoint m_marker;
    bool m_markerPlaced = false;
    std::optional<Shape> m_region;
    MapView* m_view;
    MapStrip* m_strip;
    QComboBox* m_regionBox;
    QProgressBar* m_progress;
    QTimer m_waiting; ///< until a wait can be felt
};

} // namespace dispersa
