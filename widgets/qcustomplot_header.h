// SPDX-License-Identifier: GPL-3.0-or-later
// The only way to include qcustomplot.h: it needs the keywords `signals`, `slots` and `foreach` that this project
// switches off. To be included last, in .cpp files.
#pragma once

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH

#include <qcustomplot.h>

#undef signals
#undef slots
#undef foreach
