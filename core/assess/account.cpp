// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/assess/account.h"

#include "core/assess/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dispersa {

const char* intervalPlaceName(IntervalPlace place)
{
    switch (place) {
    case IntervalPlace::TrainingScans: return "training_scans";
    case IntervalPlace::Calibration: return "calibration";
    case IntervalPlace::Validation: return "validation";
    case IntervalPlace::Test: return "test";
    case IntervalPlace::NamedScans: return "named_scans";
    }
    return "test";
}

bool IntervalSource::includes(const std::string& scan) const
{
    return std::find(scans.begin(), scans.end(), scan) != scans.end();
}

std::optional<double> medianOf(const std::vector<std::optional<double>>& values)
{
    std::vector<double> known;
    for (const auto& value : values)
        if (value)
            known.push_back(*value);
    if (known.empty())
        return std::nullopt;
    std::sort(known.begin(), known.end());
    return quantile(known, 0.5);
}

bool positionPredicts(const LeakGap& gap)
{
    return std::any_of(gap.rows.begin(), gap.rows.end(), [](const LeakGapRow& row) {
        return row.model == "position" && medianOf(row.random).value_or(0) > leakyPosition;
    });
}

std::string leakGapSentence(const LeakGap& gap)
{
    const auto number = [](const std::optional<double>& value) {
        char text[16];
        std::snprintf(text, sizeof text, "%.2f", value.value_or(0));
        return std::string(text);
    };
    std::string sentence, left;
    if (gap.blocksTrain)
        left = " (which leaves " + std::to_string(std::lround(100 * *gap.blocksTrain)) + " % to train on)";
    for (const LeakGapRow& row : gap.rows) {
        std::string said;
        const auto add = [&](const std::vector<std::optional<double>>& values, const std::string& where) {
            if (const auto median = medianOf(values))
                said += (said.empty() ? "" : ", ") + number(median) + " " + where;
        };
        add(row.random, "on a random split");
        add(row.blocks, "on blocks with a guard of " + std::to_string(gap.guard_px) + " px" + left);
        add(row.heldOutScans, "on scans it was not trained on");
        if (!said.empty())
            sentence += (sentence.empty() ? "" : "; ") +
                        (row.model == "position" ? std::string("position alone") : row.model) + " reaches r " + said;
    }
    if (positionPredicts(gap))
        sentence += ". Where position alone predicts so well, the random split's score says nothing about diffraction";
    return sentence.empty() ? sentence : sentence + ".";
}

} // namespace dispersa
