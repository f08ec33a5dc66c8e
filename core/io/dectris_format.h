// SPDX-License-Identifier: GPL-3.0-or-later
// Dectris detectors (Arina and relatives): a master file with links to data files, and the microscope's file beside it.
#pragma once

#include "core/io/format.h"

namespace dispersa {

const Format& dectrisFormat();

} // namespace dispersa
