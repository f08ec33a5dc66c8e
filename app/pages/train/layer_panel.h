// SPDX-License-Identifier: GPL-3.0-or-later
// The network's layers for the patterns as they are prepared now, or the sentence that says why they do not fit.
#pragma once

#include "app/document/study_document.h"

#include <QWidget>

class QLabel;
class QTableWidget;
class QToolButton;

namespace dispersa {

class LayerPanel : public QWidget {
    Q_OBJECT
  public:
    LayerPanel(StudyDocument& document, QWidget* parent);

  Q_SIGNALS:
    void prepareRequested(); ///< the link beside "pattern too small"

  private:
    void refresh();
    void showError(const QString& text, bool mendedInPrepare);

    StudyDocument& m_document;
    QToolButton* m_fold;
    QLabel* m_error;
    QTableWidget* m_table;
};

} // namespace dispersa
