// SPDX-License-Identifier: GPL-3.0-or-later
// Step 1: which scans there are, what they do, and what they look like.
#pragma once

#include "app/pages/page.h"

class QStackedWidget;

namespace dispersa {

class DiffractionPane;
class ScanList;
class ScanPane;
class StudyFiles;

class ScansPage : public Page {
    Q_OBJECT
  public:
    ScansPage(PageContext context, StudyFiles& files, QWidget* parent);
    StepStatus status() const override;

  private:
    void refresh();
    void showCurrentScan();
    QString placeholder() const;

    QStackedWidget* m_stack;
    ScanList* m_list;
    DiffractionPane* m_diffraction;
    ScanPane* m_scan;
};

} // namespace dispersa
