// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of files that py4DSTEM 0.5 to 0.12 wrote.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists data cubes, real-space slices (maps) and diffraction slices (patterns) of every top group. Sizes come from the
/// top group's calibration metadata or Coordinates, else from the dim vectors. Thread-safe.
const Format& py4dstemLegacyFormat();

} // namespace dispersa
