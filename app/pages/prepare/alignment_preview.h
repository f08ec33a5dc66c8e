// SPDX-License-Identifier: GPL-3.0-or-later
// The virtual image of the patterns under the measured map, to be moved onto each other, and both beside it.
#pragma once

#include "app/pages/prepare/alignment_draft.h"
#include "widgets/map_view.h"
#include "widgets/overlay_view.h"

#include <QComboBox>
#include <QLabel>
#include <QWidget>

namespace dispersa {

class AlignmentPane : public QWidget {
    Q_OBJECT
  public:
    AlignmentPane(AlignmentDraft& draft, MessageLog& messages, QWidget* parent);

  Q_SIGNALS:
    void readout(const QString& text);

  private:
    void refresh();
    void nudge(double dy, double dx);
    QString placeholder() const;

    AlignmentDraft& m_draft;
    OverlayView* m_overlay;
    MapView* m_virtual;
    MapView* m_map;
    QComboBox* m_mode;
    QLabel* m_legend;
    QLabel* m_virtualCaption;
    QLabel* m_mapCaption;
};

} // namespace dispersa
