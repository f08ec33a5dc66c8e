// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of NeXus files: the signals of their NXdata groups.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists the signal of each NXdata group, the default one first: four dimensions as a scan, three as a stack, two as a
/// map. Signal and axes may be named by the group (new style) or marked on the datasets (old style). Thread-safe.
/// Format: https://manual.nexusformat.org/datarules.html
const Format& nexusFormat();

} // namespace dispersa
