// SPDX-License-Identifier: GPL-3.0-or-later
// The context menu that every view has: Copy, Save figure... (a picture of it), Save data... (its values).
#pragma once

#include "widgets/figure.h"

#include <QObject>

#include <functional>

class QMenu;
class QWidget;

namespace dispersa {

/// Appends the three entries to `menu`. `figure` is called when Copy or Save figure... is chosen; `exportData` tells
/// the owner that the values shall be saved. `view` is the parent of dialogs; its accessible name proposes the file
/// name.
void addViewActions(QMenu& menu, QWidget* view, std::function<Figure()> figure, std::function<void()> exportData);

/// The figure on the clipboard, as an image and as SVG.
void copyFigure(const Figure& figure);
/// Asks for a file and saves; says what went wrong in a message box.
void saveFigureWithDialog(QWidget* parent, const Figure& figure, const QString& proposedName);

} // namespace dispersa
