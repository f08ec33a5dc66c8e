// SPDX-License-Identifier: GPL-3.0-or-later
// Actions on the scans that are chosen in the table. Each knows when it makes sense.
#pragma once

#include "app/document/study_document.h"

#include <QAction>

#include <functional>
#include <string>
#include <vector>

namespace dispersa {

/// Names of the chosen scans, asked when an action runs or decides whether it is enabled.
using ChosenScans = std::function<std::vector<std::string>()>;

/// Gives the chosen scans a role; enabled when one of them has another. Keys T, P, I.
class RoleAction : public QAction {
    Q_OBJECT
  public:
    RoleAction(StudyDocument& document, ScanRole role, ChosenScans chosen, QObject* parent);
    void refresh();

  private:
    StudyDocument& m_document;
    ScanRole m_role;
    ChosenScans m_chosen;
};

/// Takes the chosen scans out of the study (no file is deleted).
class RemoveScansAction : public QAction {
    Q_OBJECT
  public:
    RemoveScansAction(StudyDocument& document, ChosenScans chosen, QObject* parent);
    void refresh();

  private:
    StudyDocument& m_document;
    ChosenScans m_chosen;
};

} // namespace dispersa
