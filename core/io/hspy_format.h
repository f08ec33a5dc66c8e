// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of HyperSpy's .hspy files.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists the signal of every experiment: four dimensions with two that navigate are a scan, two are a map or one
/// pattern, three a stack, a line of patterns or a spectrum image. A reciprocal unit is read as q = 1/d, as HyperSpy
/// and pyxem mean it; units that say otherwise ("q_A^-1", "rad/nm") are divided by 2 pi with a warning. Thread-safe.
/// Format: https://hyperspy.org/rosettasciio/user_guide/supported_formats/hspy.html
const Format& hspyFormat();

} // namespace dispersa
