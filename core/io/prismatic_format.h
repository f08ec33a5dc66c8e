// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of simulations that Prismatic wrote.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists the patterns at each depth as scans and 2-D detector images as maps. Prismatic computes in angstrom: its first
/// files (format 0.5) called that "[n_m]", so the label is not believed. Thread-safe. Source: prismatic, fileIO.cpp.
const Format& prismaticFormat();

} // namespace dispersa
