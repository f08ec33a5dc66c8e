// SPDX-License-Identifier: GPL-3.0-or-later
// What a run will cost, said before it starts.
#pragma once

#include <QString>

namespace dispersa {

class StudyDocument;

/// Patterns to train on and to predict, room on disk, and the time if a run of this study with patterns of the same
/// size told the speed of this machine. Empty while no scan is open.
QString trainingEstimate(const StudyDocument& document);

} // namespace dispersa
