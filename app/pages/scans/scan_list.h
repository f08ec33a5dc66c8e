// SPDX-License-Identifier: GPL-3.0-or-later
// The left third of the Scans page: the table of scans with its buttons.
#pragma once

#include "app/pages/scans/scans_model.h"

#include <QTableView>
#include <QWidget>

class QLabel;

namespace dispersa {

class ScanTools;
class StudyFiles;

class ScanList : public QWidget {
    Q_OBJECT
  public:
    ScanList(StudyDocument& document, StudyFiles& files, QWidget* parent);
    QList<QAction*> scanActions() const { return m_actions; }

  private:
    std::vector<std::string> chosen() const;
    void followDocument();
    void followSelection();
    void refreshHint();

    StudyDocument& m_document;
    ScanTools& m_tools;
    ScansModel m_model;
    QTableView* m_table;
    QLabel* m_hint;
    QList<QAction*> m_actions;
    bool m_following = false;
};

} // namespace dispersa
