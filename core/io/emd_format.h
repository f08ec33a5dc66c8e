// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of EMD 1.0 / py4DSTEM files and of any 4-D dataset in a generic HDF5 file.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists 4-D datasets as diffraction (DataCubes first), 2-D EMD arrays as maps, 3-D datasets as stacks. Thread-safe.
/// Formats: https://emdatasets.com/format, py4DSTEM.
const Format& emdFormat();

} // namespace dispersa
