// SPDX-License-Identifier: GPL-3.0-or-later
// What a task is doing, for people: the core's stage names and numbers become words.
#pragma once

#include "core/base/progress.h"

#include <QString>

namespace dispersa {

/// "Training", "Predicting 0037"; the stage as it is when it is not one we know.
QString stageText(const Progress& progress);

} // namespace dispersa
