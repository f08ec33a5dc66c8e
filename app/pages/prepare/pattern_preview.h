// SPDX-License-Identifier: GPL-3.0-or-later
// Before | after of a pattern step, with histograms and a small map to choose the pattern on.
#pragma once

#include "app/pages/prepare/prepare_steps.h"
#include "app/tasks/latest_job.h"
#include "app/tasks/message_log.h"
#include "core/workflow/open_scan.h"
#include "widgets/histogram_view.h"
#include "widgets/map_view.h"
#include "widgets/pattern_view.h"

#include <QComboBox>
#include <QLabel>
#include <QWidget>

#include <map>

namespace dispersa {

class PatternPreviewPane : public QWidget {
    Q_OBJECT
  public:
    PatternPreviewPane(TaskRunner& tasks, MessageLog& messages, QWidget* parent);
    /// Null: nothing to show, `placeholder` says why.
    void setScan(OpenedScanPtr scan, const QString& placeholder);
    /// `crop`: the probe positions a run would use; empty, or not inside the scan: all.
    void show(PrepareStep step, const DiffractionOptions& options, const std::optional<Region>& crop);

    /// Draws a ring of that radius where rings are measured.
    void setRing(double radius_px);

  Q_SIGNALS:
    void readout(const QString& text);
    void ringPicked(double radius_px); ///< by a click, where rings are measured

  private:
    void request();
    void present(const Result<PatternPreview>& preview, PrepareStep step);
    void presentFindings();
    void drawOverlays();
    void pick(const PatternView& view, int bin, ImagePoint point);
    QWidget* makeSide(const QString& name, PatternView*& view, QLabel*& caption, QComboBox*& scaling);

    MessageLog& m_messages;
    OpenedScanPtr m_scan;
    std::shared_ptr<const PreparationPlan> m_plan; ///< of m_scan, once known
    double m_ring_px = 0;
    ScanPoint m_point;
    PrepareStep m_step = PrepareStep::Centre;
    PrepareStep m_shownStep = PrepareStep::Centre; ///< that of the patterns on the screen
    DiffractionOptions m_options;
    std::optional<Region> m_crop;
    PatternView* m_before = nullptr;
    PatternView* m_after = nullptr;
    QLabel* m_beforeCaption = nullptr;
    QLabel* m_afterCaption = nullptr;
    QComboBox* m_beforeScaling = nullptr;
    QComboBox* m_afterScaling = nullptr;
    MapView* m_where;
    HistogramView* m_histogram;
    MapView* m_residuals; ///< of the descan fit
    QLabel* m_findings;   ///< what the step found in the scan
    int m_afterBin = 1;
    LatestJob m_job;
};

} // namespace dispersa
