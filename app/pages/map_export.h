// SPDX-License-Identifier: GPL-3.0-or-later
// Saves a map's values ("Save data..." of a view) as MRC, TIFF or CSV.
#pragma once

#include "core/data/element_map.h"

#include <QWidget>

namespace dispersa {

class MessageLog;

/// Asks for a file; what goes wrong becomes a message.
void exportMapWithDialog(QWidget* parent, const ElementMap& map, const QString& scan, MessageLog& messages);

} // namespace dispersa
