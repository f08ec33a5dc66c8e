// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/os_library.h"

#include <dlfcn.h>

namespace dispersa {

void* loadedFunction(const char* name) { return dlsym(RTLD_DEFAULT, name); }

} // namespace dispersa
