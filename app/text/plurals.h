// SPDX-License-Identifier: GPL-3.0-or-later
// Loads the texts that even English takes from a file: plurals.
#pragma once

namespace dispersa {

/// Installs the plurals for the application that runs; does nothing the second time.
void installPlurals();

} // namespace dispersa
