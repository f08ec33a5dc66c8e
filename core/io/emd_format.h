// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of EMD 1.0 / py4DSTEM files, also of py4DSTEM 0.13 with its group types as numbers.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists 4-D datasets as diffraction (DataCubes first), 2-D EMD arrays as maps or patterns, 3-D datasets as stacks; reads
/// any other HDF5 file by rank alone. Thread-safe. Formats: https://emdatasets.com/format, py4DSTEM.
const Format& emdFormat();

} // namespace dispersa
