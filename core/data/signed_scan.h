// SPDX-License-Identifier: GPL-3.0-or-later
// Counts whose sign was lost when they were stored: -3 that became 65533.
#pragma once

#include "core/data/diffraction_scan.h"

#include <optional>

namespace dispersa {

/// The signed type of as many bits; nullopt unless `type` is an unsigned integer.
std::optional<ElementType> signedType(ElementType type);

/// `scan` with its unsigned values read as signed ones of the same width. Nothing is copied. Error: InvalidArgument if
/// its values are not unsigned integers.
Result<ScanPtr> withSign(ScanPtr scan);

} // namespace dispersa
