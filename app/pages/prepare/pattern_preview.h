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
    void show(PrepareStep step, const DiffractionOptions& options);

  Q_SIGNALS:
    void readout(const QString& text);

  private:
    void request();
    void present(const Result<PatternPreview>& preview, PrepareStep step);
    QWidget* makeSide(const QString& name, PatternView*& view, QLabel*& caption, QComboBox*& scaling);

    MessageLog& m_messages;
    OpenedScanPtr m_scan;
    std::optional<ImagePoint> m_beamCentre; ///< of m_scan, once known
    ScanPoint m_point;
    PrepareStep m_step = PrepareStep::Centre;
    DiffractionOptions m_options;
    PatternView* m_before = nullptr;
    PatternView* m_after = nullptr;
    QLabel* m_beforeCaption = nullptr;
    QLabel* m_afterCaption = nullptr;
    QComboBox* m_beforeScaling = nullptr;
    QComboBox* m_afterScaling = nullptr;
    MapView* m_where;
    HistogramView* m_histogram;
    LatestJob m_job;
};

} // namespace dispersa
