// SPDX-License-Identifier: GPL-3.0-or-later
// The reader of Gatan DigitalMicrograph files: maps, stacks and 4D-STEM.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// DM3 and DM4 in both byte orders; images of real numbers with two axes are maps, with three stacks, with four
/// diffraction, whichever of the two axis orders the file has. Images of a file of several have the ids "1", "2", ...
/// (their place in the file's list).
const Format& dmFormat();

} // namespace dispersa
