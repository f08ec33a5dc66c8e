// SPDX-License-Identifier: GPL-3.0-or-later
// Reader for Quantum Detectors' Merlin: .mib frames with the .hdr file beside them.
#pragma once

#include "core/io/format.h"

namespace dispersa {

const Format& mibFormat();

} // namespace dispersa
