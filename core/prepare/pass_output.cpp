// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pass_output_p.h"

#include "core/prepare/saturation.h"

#include <algorithm>
#include <cmath>

namespace dispersa::pass {

Output::Output(const DiffractionScan& scan, const PassRequest& request, const Plan& plan, PassPreview preview)
    : m_scan(scan), m_request(request), m_plan(plan), m_preview(std::move(preview))
{
    for (const DetectorRequest& detector : request.detectors) {
        if (detector.mode == DetectorMode::CentreOfMass)
            m_detectors.push_back({mapOf("CoM y", MapUnit::Pixels), mapOf("CoM x", MapUnit::Pixels),
                                   mapOf("CoM magnitude", MapUnit::Pixels)});
        else
            m_detectors.push_back({mapOf("virtual", MapUnit::Counts)});
    }
    const auto pixels = static_cast<std::size_t>(scan.patternShape().count());
    for (const PatternStatistic statistic : request.patterns) {
        if (statistic == PatternStatistic::Maximum)
            m_maxima.resize(pixels, -std::numeric_limits<double>::infinity());
        else
            m_sums.resize(pixels);
    }
    if (request.statistics) {
        m_statistics.patternSum = mapOf("pattern sum", MapUnit::Counts);
        m_statistics.patternMaximum = mapOf("pattern maximum", MapUnit::Counts);
        m_statistics.patternSaturated = mapOf("saturated values", MapUnit::Counts);
        m_largest.resize(static_cast<std::size_t>(scan.scanShape().count()));
        m_statistics.patternInvalid = mapOf("invalid values", MapUnit::Counts);
    }
    std::size_t begin = 0;
    for (const std::size_t end : plan.roundEnds) {
        m_left.push_back(end - begin);
        begin = end;
    }
}

ElementMap Output::mapOf(const char* quantity, MapUnit unit) const
{
    ElementMap map = emptyMap(quantity, unit, m_scan.scanShape());
    map.scanStep_nm = m_scan.calibration().scanStep_nm;
    return map;
}

void Output::setDetector(std::size_t index, ScanPoint point, const DetectorRuns& detector, const Moments& moments)
{
    DetectorMaps& maps = m_detectors[index];
    switch (detector.mode) {
    case DetectorMode::Integrating:
        maps[0].at(point.y, point.x) = static_cast<float>(moments.sum);
        return;
    case DetectorMode::Maximum:
        if (std::isfinite(moments.largest))
            maps[0].at(point.y, point.x) = static_cast<float>(moments.largest);
        return;
    case DetectorMode::CentreOfMass:
        if (!(moments.sum > 0))
            return;
        const double y = moments.sumY / moments.sum - detector.origin.y;
        const double x = moments.sumX / moments.sum - detector.origin.x;
        maps[0].at(point.y, point.x) = static_cast<float>(detector.cosine * y - detector.sine * x);
        maps[1].at(point.y, point.x) = static_cast<float>(detector.sine * y + detector.cosine * x);
        maps[2].at(point.y, point.x) = static_cast<float>(std::hypot(y, x));
        return;
    }
}

void Output::setCounts(ScanPoint point, const ValueCounts& counts)
{
    m_statistics.patternSum.at(point.y, point.x) = static_cast<float>(counts.sum);
    if (std::isfinite(counts.max))
        m_statistics.patternMaximum.at(point.y, point.x) = static_cast<float>(counts.max);
    // Which of them are saturated only the largest value of all patterns tells.
    m_statistics.patternSaturated.at(point.y, point.x) = static_cast<float>(counts.atCeiling);
    m_largest[static_cast<std::size_t>(std::int64_t(point.y) * m_scan.scanShape().width + point.x)] = counts.max;
    m_statistics.patternInvalid.at(point.y, point.x) = static_cast<float>(counts.negative + counts.notFinite);
    const std::lock_guard lock(m_mutex);
    m_counts.add(counts);
}

void Output::tileDone(std::size_t tile)
{
    const auto round = static_cast<std::size_t>(
        std::upper_bound(m_plan.roundEnds.begin(), m_plan.roundEnds.end(), tile) - m_plan.roundEnds.begin());
    const std::lock_guard lock(m_mutex);
    --m_left[round];
    const std::size_t before = m_round;
    while (m_round < m_left.size() && m_left[m_round] == 0)
        ++m_round;
    // The last round is the result. Under the lock, which makes the values of complete rounds visible to this thread.
    if (m_preview && m_round > before && m_round < m_left.size())
        m_preview(coarse(m_plan.steps[m_round - 1]), m_plan.steps[m_round - 1]);
}

std::vector<DetectorMaps> Output::coarse(int step) const
{
    const ScanShape shape = m_scan.scanShape();
    std::vector<DetectorMaps> shown;
    for (const DetectorMaps& maps : m_detectors)
        for (shown.emplace_back(); const ElementMap& map : maps) {
            shown.back().push_back(emptyMap(map.quantity, map.unit, shape));
            shown.back().back().scanStep_nm = map.scanStep_nm;
        }
    std::vector<int> columns;
    for (int x = 0; x < shape.width; ++x)
        columns.push_back(m_plan.shownFor({0, x}, step, shape).x);
    for (int y = 0; y < shape.height; ++y) {
        const int row = m_plan.shownFor({y, 0}, step, shape).y;
        for (std::size_t d = 0; d < shown.size(); ++d)
            for (std::size_t m = 0; m < shown[d].size(); ++m)
                for (int x = 0; x < shape.width; ++x)
                    shown[d][m].at(y, x) = m_detectors[d][m].at(row, columns[static_cast<std::size_t>(x)]);
    }
    return shown;
}

PassResult Output::result()
{
    PassResult result;
    result.detectors = std::move(m_detectors);
    result.patternsRead = m_plan.patterns;
    for (const PatternStatistic statistic : m_request.patterns) {
        const std::vector<double>& values = statistic == PatternStatistic::Maximum ? m_maxima : m_sums;
        const double divisor = statistic == PatternStatistic::Mean ? static_cast<double>(m_plan.patterns) : 1.0;
        std::vector<float>& pattern = result.patterns.emplace_back(values.size());
        std::transform(values.begin(), values.end(), pattern.begin(), [divisor](double value) {
            return std::isfinite(value) ? static_cast<float>(value / divisor) : 0.0f;
        });
    }
    if (m_request.statistics) {
        ScanStatistics& statistics = result.statistics.emplace(std::move(m_statistics));
        statistics.patterns = m_plan.patterns;
        statistics.values = m_plan.patterns * m_scan.patternShape().count();
        SaturationCounter counter;
        counter.add(m_counts.max, m_counts.atCeiling);
        const std::optional<Saturation> saturation = counter.found(m_scan.elementType());
        statistics.saturated = saturation ? saturation->values : 0;
        for (std::size_t i = 0; i < m_largest.size(); ++i)
            if (float& values = statistics.patternSaturated.values[i]; values > 0 && (!saturation || m_largest[i] < saturation->ceiling))
                values = 0;
        statistics.negative = m_counts.negative;
        statistics.notFinite = m_counts.notFinite;
        statistics.sum = m_counts.sum;
        const bool any = m_counts.min <= m_counts.max;
        const double none = std::numeric_limits<double>::quiet_NaN();
        statistics.min = any ? m_counts.min : none;
        statistics.max = any ? m_counts.max : none;
        statistics.mean = any ? m_counts.sum / static_cast<double>(statistics.values - m_counts.notFinite) : none;
    }
    return result;
}

} // namespace dispersa::pass
