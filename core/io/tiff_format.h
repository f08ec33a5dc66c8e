// SPDX-License-Identifier: GPL-3.0-or-later
// The TIFF reader: maps with one channel of integers or floats.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// 8 to 64-bit integers and 16 to 64-bit floats, strips or tiles, every compression of libtiff; pixel size from
/// ImageJ's description or DigitalMicrograph's tags. Pages of a multi-page file have the ids "0", "1", ...
const Format& tiffFormat();

} // namespace dispersa
