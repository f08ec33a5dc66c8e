// SPDX-License-Identifier: GPL-3.0-or-later
// What an empty study shows: three ways to begin, and that files can be dropped.
#pragma once

#include <QWidget>

namespace dispersa {

class StudyFiles;

class StartPanel : public QWidget {
    Q_OBJECT
  public:
    StartPanel(StudyFiles& files, QWidget* parent);
};

} // namespace dispersa
