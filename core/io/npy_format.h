// SPDX-License-Identifier: GPL-3.0-or-later
// Reader for NumPy arrays (.npy): maps, stacks of patterns and 4-D scans [scan_y, scan_x, det_y, det_x].
#pragma once

#include "core/io/format.h"

namespace dispersa {

const Format& npyFormat();

} // namespace dispersa
