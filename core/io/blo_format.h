// SPDX-License-Identifier: GPL-3.0-or-later
// Reader for NanoMEGAS block files (.blo): a virtual bright-field map and the scan of 8-bit precession patterns.
#pragma once

#include "core/io/format.h"

namespace dispersa {

const Format& bloFormat();

} // namespace dispersa
