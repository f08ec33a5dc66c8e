// SPDX-License-Identifier: GPL-3.0-or-later
// Before | after of a map step for any map of the scan, with histograms; the crop is drawn here.
#pragma once

#include "app/pages/map_strip.h"
#include "app/pages/prepare/prepare_steps.h"
#include "app/tasks/latest_job.h"
#include "app/tasks/message_log.h"
#include "core/workflow/open_scan.h"
#include "widgets/histogram_view.h"
#include "widgets/map_link.h"
#include "widgets/map_view.h"

#include <QLabel>
#include <QWidget>

#include <optional>

namespace dispersa {

class MapPreviewPane : public QWidget {
    Q_OBJECT
  public:
    MapPreviewPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent);
    void setScan(OpenedScanPtr scan, const QString& placeholder);
    void show(PrepareStep step, const MapFilterOptions& filter, const std::optional<Region>& crop);
    /// The next drag on the map draws the crop.
    void startDrawingCrop();

  Q_SIGNALS:
    void cropChanged(const dispersa::Region& crop); ///< while dragging
    void cropEdited(const dispersa::Region& crop);  ///< the gesture is over
    void readout(const QString& text);

  private:
    void request();
    void present();
    void presentCropped();
    void tellCursor(int y, int x);

    MessageLog& m_messages;
    OpenedScanPtr m_scan;
    PrepareStep m_step = PrepareStep::Crop;
    MapFilterOptions m_filter;
    std::optional<Region> m_crop;
    MapPreview m_preview;
    MapStrip* m_strip;
    MapView* m_before;
    MapView* m_after;
    QLabel* m_beforeCaption;
    QLabel* m_afterCaption;
    HistogramView* m_histogram;
    MapLink m_link;
    LatestJob m_job;
};

} // namespace dispersa
