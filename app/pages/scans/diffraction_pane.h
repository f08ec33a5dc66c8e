// SPDX-License-Identifier: GPL-3.0-or-later
// The left one of the two linked panes: a scan's pattern at the probe marker or the mean over a region, with a virtual
// detector to draw on it.
#pragma once

#include "app/tasks/latest_job.h"
#include "app/tasks/message_log.h"
#include "core/workflow/open_scan.h"
#include "widgets/pattern_view.h"

#include <QComboBox>
#include <QLabel>
#include <QTimer>
#include <QWidget>

#include <optional>

namespace dispersa {

class DiffractionPane : public QWidget {
    Q_OBJECT
  public:
    DiffractionPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent);

    /// Null empties the pane; `placeholder` says why nothing is shown.
    void setScan(OpenedScanPtr scan, const QString& placeholder);
    /// Shows the pattern at `probe`, unless a region is set.
    void setProbe(ScanPoint probe);
    /// Shows the mean pattern of the region's pixels; nullopt: the pattern at the probe.
    void setRegion(const std::optional<Shape>& region);

  Q_SIGNALS:
    void virtualImageChanged(const dispersa::MapPtr& image); ///< null: no detector
    void readout(const QString& text);

  private:
    void requestPattern();
    void showPattern(const Result<std::vector<float>>& pattern);
    void chooseDetector();
    void requestVirtualImage();
    void findBeam();
    void tellCursor(int y, int x, double value);

    MessageLog& m_messages;
    OpenedScanPtr m_scan;
    ScanPoint m_probe;
    std::optional<Shape> m_region;
    PatternView* m_view;
    QLabel* m_caption;
    QComboBox* m_detectorBox;
    LatestJob m_patternJob;
    LatestJob m_virtualJob;
    LatestJob m_beamJob;
    QTimer m_detectorPause; ///< a virtual image reads the whole scan: wait until the mouse rests
};

} // namespace dispersa
