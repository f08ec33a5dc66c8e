// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/preparation_notes.h"

#include <cstdio>

namespace dispersa {
namespace {

/// Between areas of one kind of film the mean counts of a pattern differ by up to a tenth at one dose.
constexpr double notableDose = 1.25;

std::string shortNumber(double value, const char* format)
{
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

} // namespace

std::vector<Warning> preparationNotes(const std::string& scan, const PreparationReport& report,
                                      std::optional<double> trainingDose_counts)
{
    std::vector<Warning> notes;
    const auto add = [&](const char* code, std::string message) { notes.push_back({code, std::move(message), {}, scan}); };
    if (report.saturation)
        add("detector_saturated", "Scan '" + scan + "': " + std::to_string(report.saturation->values) +
                                      " values are at the detector's ceiling of " +
                                      shortNumber(report.saturation->ceiling, "%.0f") +
                                      "; what was brighter was not counted. Mask the beam, or record at a lower dose.");
    if (report.hotPixels + report.deadPixels > 0)
        add("bad_pixels_repaired", "Scan '" + scan + "': " + std::to_string(report.hotPixels) + " hot and " +
                                       std::to_string(report.deadPixels) +
                                       " dead detector pixels were replaced by the median of their neighbours.");
    if (report.levels && !report.levels->knowsDose()) {
        const std::string why = report.levels->dose_counts > 0
                                    ? "pixels at the detector's ceiling hold " +
                                          shortNumber(100 * report.levels->saturatedShare, "%.0f") + " % of the counts"
                                    : "no pattern has a direct beam above the detector's offset";
        add("dose_unknown", "Scan '" + scan + "': " + why +
                                ", so that the dose cannot be told. It is taken to be the same in all scans: record them at "
                                "one dose.");
    }
    if (report.levels && report.levels->knowsDose() && trainingDose_counts) {
        const double ratio = report.levels->dose_counts / *trainingDose_counts;
        if (ratio < 1 / notableDose || ratio > notableDose)
            add("dose_differs", "Scan '" + scan + "' has " + shortNumber(ratio, "%.2g") +
                                    " times the counts per pattern of the training scans. Counts were scaled to one dose; fewer "
                                    "counts are noisier all the same.");
    }
    if (report.descanSamples > 0) {
        const std::string fit = std::to_string(report.descanOutliers) + " of " + std::to_string(report.descanSamples) +
                                " patterns lie off the fitted descan, the median residual is " +
                                shortNumber(report.descanResidual_px, "%.2f") + " px.";
        if (3 * report.descanOutliers >= report.descanSamples)
            add("descan_uncertain", "Scan '" + scan + "': " + fit +
                                        " That is many: look at the residuals, or centre each pattern by itself.");
        else
            add("descan_fitted", "Scan '" + scan + "': " + fit);
    }
    return notes;
}

} // namespace dispersa
