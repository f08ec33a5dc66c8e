// SPDX-License-Identifier: GPL-3.0-or-later
// What is trained: the network's layers for the patterns as they are prepared now, or the sentence that says why they do
// not fit; of recipes that read ring profiles, the profiles and the regressions.
#pragma once

#include "app/document/study_document.h"
#include "core/learn/recipe.h"

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
    void showLayers(const NetworkOptions& network, int bin);
    void showProfiles(const ProfileOptions& profile, int members);
    void addRow(const QString& name, const QString& output, std::int64_t count);
    void showError(const QString& text, bool mendedInPrepare);

    StudyDocument& m_document;
    QToolButton* m_fold;
    QLabel* m_error;
    QTableWidget* m_table;
};

} // namespace dispersa
