// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of the EMD files of Thermo Fisher Velox.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists detector images, element maps (EDS and EELS apart) and camera images as maps or patterns, series of them also
/// as stacks, and raw X-ray counts per element from the spectrum stream as maps of unit Counts, computed when they are
/// read. Thread-safe. Reference: rosettasciio.emd, openNCEM emdVelox.
const Format& veloxFormat();

} // namespace dispersa
