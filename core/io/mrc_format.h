// SPDX-License-Identifier: GPL-3.0-or-later
// The MRC 2014 reader: maps, and 4D-STEM as a flat stack of patterns.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Modes 0, 1, 2, 6 and 12 in both byte orders, FEI1/FEI2 extended headers. A stack gets its scan grid from the caller,
/// from volume stacks (space groups 401 and up), from what a Direct Electron camera wrote beside it, or from the FEI scan
/// rectangle. Whole numbers whose sign the header tells wrongly or not at all have the datasets "int8" and "uint8",
/// "int16" and "uint16".
const Format& mrcFormat();

} // namespace dispersa
