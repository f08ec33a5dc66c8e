// SPDX-License-Identifier: GPL-3.0-or-later
// A scan seen through the count steps of the pattern preparation, computed as it is read: for conversion and display.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"

namespace dispersa {

/// Number type of counts after the count steps: the raw type when nothing is changed; the smallest of uint8, uint16 and
/// uint32 that holds a bin of full pixels when raw counts are unsigned, at most 16 bits wide and stay whole; else float32 (also where steps interpolate).
/// Decided by the options alone, so that every scan of a study gets the same type.
ElementType preparedType(ElementType raw, const DiffractionOptions& options);

/// `scan` with the count steps of `options` (all but scaling), pattern by pattern. What they need to know of the whole scan
/// is found first (makePreparationPlan(); `region` is where the typical direct beam is looked for). Keeps which patterns
/// exist; a bin widens the Q pixel. Returns `scan` itself when no step changes anything. Errors: StudyInvalid (options out
/// of range), PatternTooSmall, InvalidArgument (region outside the scan), Cancelled, those of reading.
Result<ScanPtr> preparedScan(ScanPtr scan, const DiffractionOptions& options, const Region& region,
                             const ProgressSink& progress = {}, std::stop_token stop = {});

} // namespace dispersa
