// SPDX-License-Identifier: GPL-3.0-or-later
// The menu bar of the main window.
#pragma once

#include "app/pages/page.h"

#include <QMainWindow>

#include <functional>

namespace dispersa {

class StudyFiles;

/// What the menus act on.
struct MenuTargets {
    StudyDocument& document;
    StudyFiles& files;
    std::function<Page&(Step)> page; ///< its actions() fill the menu of its name
    std::function<void(Step)> showStep;
    std::function<void()> reopenScans;
    std::function<void(bool)> showMessages;
};

void buildMenus(QMainWindow& window, const MenuTargets& targets);

} // namespace dispersa
