// SPDX-License-Identifier: GPL-3.0-or-later
// The left one of the two linked panes: a scan's pattern at the probe marker, or the mean or maximum over a region or the
// whole scan, with a virtual detector to draw on it.
#pragma once

#include "app/tasks/latest_job.h"
#include "app/tasks/message_log.h"
#include "app/tasks/refining_job.h"
#include "core/prepare/scan_pass.h"
#include "core/workflow/open_scan.h"
#include "widgets/pattern_view.h"

#include <QComboBox>
#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include <optional>

namespace dispersa {

class DiffractionPane : public QWidget {
    Q_OBJECT
  public:
    DiffractionPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent);

    /// Null empties the pane; `placeholder` says why nothing is shown.
    void setScan(OpenedScanPtr scan, const QString& placeholder);
    /// Shows the pattern at `probe`, unless a mean or maximum is chosen.
    void setProbe(ScanPoint probe);
    /// Mean and maximum are over the region's pixels; nullopt: over the whole scan. Drawing a region chooses the mean.
    void setRegion(const std::optional<Shape>& region);

  Q_SIGNALS:
    /// Maps of the detector, refining; empty: no detector. `step` as in PassPreview, 1: complete.
    void virtualImagesChanged(const std::vector<dispersa::MapPtr>& images, int step);
    /// How much of the scan the detector's maps rest on, 0..100; 100: all of it, or there is nothing to wait for.
    void virtualProgress(int percent);
    void readout(const QString& text);

  private:
    enum class Source { AtProbe, Mean, Maximum };
    struct VirtualImages {
        std::vector<MapPtr> maps = {}; ///< empty: no round is complete so far
        int step = 1;
        int percent = 100; ///< of the patterns read
    };

    QLayout* makeDetectorRow();
    Source source() const;
    DetectorMode mode() const;
    void chooseSource();
    void requestPattern();
    void requestCombined(PatternStatistic statistic);
    void showPattern(const Result<std::vector<float>>& pattern);
    void chooseDetector();
    void requestVirtualImage();
    void showVirtualImages(const VirtualImages& images);
    void showStatistics();
    void findBeam();
    void tellCursor(int y, int x, double value);

    MessageLog& m_messages;
    OpenedScanPtr m_scan;
    ScanPoint m_probe;
    std::optional<Shape> m_region;
    PatternView* m_view;
    QLabel* m_caption;
    QComboBox* m_sourceBox;
    QComboBox* m_detectorBox;
    QComboBox* m_modeBox;
    QToolButton* m_statisticsButton;
    bool m_sourceByRegion = false; ///< a drawn region chose the mean: without it, back to the probe
    std::optional<ImagePoint> m_beam;
    TaskRunner& m_tasks;
    LatestJob m_patternJob;
    RefiningJob m_virtualJob;
    LatestJob m_beamJob;
};

} // namespace dispersa
