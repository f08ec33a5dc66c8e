// SPDX-License-Identifier: GPL-3.0-or-later
// The Help menu: what this program is, and which keys it knows.
#pragma once

#include <QWidget>

namespace dispersa {

void showAbout(QWidget* parent);
/// The formats that are read and written, from the registry.
void showFormats(QWidget* parent);
/// Lists the shortcuts of the window's actions and those of the views.
void showShortcuts(QWidget* window);

} // namespace dispersa
