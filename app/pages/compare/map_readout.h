// SPDX-License-Identifier: GPL-3.0-or-later
// What the status bar says about a pixel of a run's maps.
#pragma once

#include "core/workflow/run_result.h"

#include <QString>

#include <string>

namespace dispersa {

/// "0.49 ± 0.06": as many digits as the half width has a use for; the value alone where that is not known.
QString valueWithHalfWidth(double value, double halfWidth);

/// "0037: y 42  x 17  (44.2 nm, 17.9 nm)  O 0.51 (real), predicted 0.49 ± 0.06 (80 % interval)  ·  unlike the training
///  ·  real | pred.: Si 0.1 | 0.12"; without intervals sigma takes their place. `pixel` in the crop; `quantity`: that of the map under the cursor, told in
/// full; the others in brief.
QString mapReadout(const RunResult& run, const ScanResult& scan, const std::string& quantity, ScanPoint pixel);

} // namespace dispersa
