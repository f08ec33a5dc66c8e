// SPDX-License-Identifier: GPL-3.0-or-later
// Reader for the Electron Microscope Pixel Array Detector: headerless .raw frames with the XML file beside them.
#pragma once

#include "core/io/format.h"

namespace dispersa {

const Format& empadFormat();

} // namespace dispersa
