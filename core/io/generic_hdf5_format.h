// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of HDF5 files of no known dialect: every dataset of numbers is offered, to be chosen by hand.
#pragma once

#include "core/io/format.h"

namespace dispersa {

/// Lists datasets of four dimensions as diffraction, of three and more than four as stacks, and of two as maps that are
/// guesses (FileItem::isGuess). Thread-safe.
const Format& genericHdf5Format();

} // namespace dispersa
