// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of the Berkeley EMD 0.x files that openNCEM, HyperSpy and others write.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists the `data` of every group whose emd_group_type is 1, with sizes from dim1, dim2, ... Names of the dims that
/// suggest another order than scan_y, scan_x, det_y, det_x become a warning. Thread-safe.
/// Format: https://emdatasets.com/format, ncempy.io.emd.
const Format& berkeleyEmdFormat();

} // namespace dispersa
