// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to one diffraction pattern before a network sees it: repair, centre, beam mask, bin (counts), then
// scaling.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/data/preparation.h"
#include "core/data/shape.h"
#include "core/prepare/beam_centre.h"
#include "core/prepare/preparation_plan.h"

#include <span>

namespace dispersa {

/// Size after binning: floor(height / bin) x floor(width / bin); rows and columns left over are cut at the far edge.
PatternShape preparedShape(PatternShape raw, int bin);

/// Steps that yield counts, in the order of DiffractionOptions: repair, one resampling or a whole-pixel shift, beam
/// mask, binning. `raw` is the pattern at `point` of the scan that the plan was made for. Pure: the same pattern and plan
/// give the same counts, from any thread. NaN and Inf become 0; pixels shifted in from outside are 0; the mask includes
/// its border. `out` has preparedShape().count() values.
void prepareCounts(std::span<const float> raw, ScanPoint point, const PreparationPlan& plan, std::span<float> out);

/// Counts to network input. linear: v / (65536 bin^2); sqrt: sqrt(max(v,0) / quantile); log: log1p(max(v,0)) /
/// log1p(quantile). `quantile` is the training 99.9 % quantile of counts, > 0; unused for linear.
float scaledCount(float count, const DiffractionOptions& options, double quantile);

} // namespace dispersa
