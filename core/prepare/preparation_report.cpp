// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/preparation_report.h"

namespace dispersa {

PreparationReport reportOf(const PreparationPlan& plan, const SaturationCounter& saturation, ElementType type)
{
    PreparationReport report;
    for (const BadPixel& bad : plan.badPixels)
        ++(bad.kind == BadPixelKind::Hot ? report.hotPixels : report.deadPixels);
    report.saturation = saturation.found(type);
    if (plan.descan) {
        report.descanSamples = static_cast<std::int64_t>(plan.descan->samples().size());
        report.descanOutliers = static_cast<std::int64_t>(plan.descan->outliers());
        report.descanResidual_px = plan.descan->medianResidual_px();
    }
    return report;
}

} // namespace dispersa
