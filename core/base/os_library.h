// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of libraries that are loaded already, for libraries that may be there in one of several makes.
#pragma once

namespace dispersa {

/// Address of the C function `name` in whatever is loaded; null if nothing has it.
void* loadedFunction(const char* name);

} // namespace dispersa
