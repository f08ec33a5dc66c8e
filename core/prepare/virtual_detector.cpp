// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/virtual_detector.h"

namespace dispersa {

Result<ElementMap> virtualImage(const DiffractionScan& scan, const Shape& detector, const ProgressSink& progress,
                                std::stop_token stop)
{
    PassRequest request;
    request.detectors.push_back({detector});
    auto result = runScanPass(scan, request, progress, stop);
    if (!result)
        return fail(std::move(result.error()));
    ElementMap image = std::move(result->detectors.front().front());
    image.quantity = "virtual image";
    return image;
}

Result<std::vector<float>> combinedPattern(const DiffractionScan& scan, const std::vector<ScanPoint>& pixels,
                                           PatternStatistic statistic, const ProgressSink& progress,
                                           std::stop_token stop)
{
    PassRequest request;
    request.patterns.push_back(statistic);
    request.pixels = pixels;
    auto result = runScanPass(scan, request, progress, stop);
    if (!result)
        return fail(std::move(result.error()));
    return std::move(result->patterns.front());
}

} // namespace dispersa
