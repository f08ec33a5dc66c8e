// SPDX-License-Identifier: GPL-3.0-or-later
// The training scans side by side with the sets of their pixels, and how much of them each set takes.
#pragma once

#include "app/document/study_document.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QHBoxLayout;
class QLabel;

namespace dispersa {

class SplitMap;

class SplitStrip : public QWidget {
    Q_OBJECT
  public:
    SplitStrip(StudyDocument& document, QWidget* parent);

  Q_SIGNALS:
    void blockDragged(int block_px);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void refresh();

    StudyDocument& m_document;
    QTimer m_soon;
    QHBoxLayout* m_row;
    std::vector<SplitMap*> m_maps;
    QLabel* m_legend;
};

} // namespace dispersa
