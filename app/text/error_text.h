// SPDX-License-Identifier: GPL-3.0-or-later
// Translated sentences for the core's errors and warnings: what happened, to which file, what to do.
#pragma once

#include "core/base/error.h"

#include <QString>

namespace dispersa {

QString errorText(const Error& error);
QString warningText(const Warning& warning);

} // namespace dispersa
