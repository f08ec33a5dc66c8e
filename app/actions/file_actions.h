// SPDX-License-Identifier: GPL-3.0-or-later
// Actions of the File menu that decide for themselves when they are enabled.
#pragma once

#include "app/actions/study_files.h"

#include <QAction>
#include <QMenu>

namespace dispersa {

/// Saves the study; enabled while there is something to save.
class SaveAction : public QAction {
    Q_OBJECT
  public:
    SaveAction(StudyDocument& document, StudyFiles& files, QObject* parent);

  private:
    void refresh(StudyDocument& document);
};

/// The studies opened last, newest first; says so when there is none.
class RecentStudiesMenu : public QMenu {
    Q_OBJECT
  public:
    RecentStudiesMenu(StudyFiles& files, QWidget* parent);

  private:
    void refresh();
    StudyFiles& m_files;
};

} // namespace dispersa
