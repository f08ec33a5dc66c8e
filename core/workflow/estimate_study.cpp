// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/estimate_study.h"

#include "core/prepare/prepared_scan.h"
#include "core/workflow/opened_study.h"

#include <cmath>

namespace dispersa {

Result<TrainingEstimate> estimateStudy(const Study& wanted, const RunOptions& options, std::stop_token stop)
{
    const Study study = effectiveStudy(wanted, options);
    if (study.model)
        return fail(ErrorCode::InvalidArgument, "The study uses a trained model: nothing is trained.");
    std::vector<Error> obstacles;
    const OpenedStudy opened = openStudy(study, obstacles);
    if (!obstacles.empty())
        return fail(obstacles.front());
    const auto network = networkFor(opened);
    if (!network)
        return fail(network.error());
    std::int64_t training = 0;
    TrainingAmount amount;
    for (const OpenedScanPtr& scan : opened.scans) {
        const std::int64_t patterns = opened.crop(*scan).count();
        amount.predict += patterns;
        if (scan->entry.role == ScanRole::Train)
            training += patterns;
        if (scan->diffraction && preparedType(scan->diffraction->elementType(), opened.diffraction) != ElementType::UInt16)
            amount.wholeNumbers = false;
    }
    const SplitOptions& split = study.split;
    const double stops = split.validationFraction > 0 ? split.validationFraction : split.testFraction;
    const double held = split.testFraction + split.validationFraction + split.calibrationFraction;
    amount.train = std::int64_t(std::llround(double(training) * (1 - held)));
    amount.validation = std::int64_t(std::llround(double(training) * stops));
    ModelDescription description;
    description.network = *network;
    description.profile = opened.recipe->profile;
    description.targets = opened.targets;
    return estimateTraining(description, trainOptions(opened, options), amount, stop);
}

} // namespace dispersa
