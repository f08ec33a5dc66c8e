// SPDX-License-Identifier: GPL-3.0-or-later
// "Save data..." of maps and plots: asks for a file, writes, says what went wrong.
#pragma once

#include "core/data/element_map.h"
#include "core/data/geometry.h"

#include <QString>

class QWidget;

namespace dispersa {

class MessageLog;

/// MRC, TIFF or CSV by the ending chosen.
void saveMapWithDialog(QWidget* parent, const ElementMap& map, ScanPoint cropOrigin, MessageLog& messages);
/// Text as it is; `filter` as QFileDialog takes it.
void saveTextWithDialog(QWidget* parent, const QString& proposedName, const QString& filter, const std::string& text,
                        MessageLog& messages);

} // namespace dispersa
