// SPDX-License-Identifier: GPL-3.0-or-later
// What a run will cost, said before it starts.
#pragma once

#include <QString>

namespace dispersa {

class StudyDocument;

/// Patterns to train on and to predict, and room on disk. Empty while no scan is open.
QString trainingEstimate(const StudyDocument& document);

} // namespace dispersa
