// SPDX-License-Identifier: GPL-3.0-or-later
// How maps and patterns were prepared, in words that stand within a line.
#pragma once

#include "core/data/preparation.h"

#include <QString>

namespace dispersa {

/// "none", "mean", "Gaussian", "median", "bilateral".
QString filterText(MapFilterKind kind);
/// "not centred", "to whole pixels", "to parts of a pixel".
QString centreText(CentreKind kind);
/// "each pattern by itself", "a plane over the scan".
QString descanText(DescanModel model);
/// "linear", "square root", "logarithmic".
QString scalingText(Scaling scaling);

} // namespace dispersa
