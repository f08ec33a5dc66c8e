// SPDX-License-Identifier: GPL-3.0-or-later
// Reader for maps in plain text: comma-, semicolon-, tab- or blank-separated numbers.
#pragma once

#include "core/io/format.h"

namespace dispersa {

const Format& csvFormat();

} // namespace dispersa
