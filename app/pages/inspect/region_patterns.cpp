// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns of regions; see region_patterns.h.
#include "app/pages/inspect/region_patterns.h"

#include "core/prepare/pattern_preparation.h"
#include "core/prepare/preparation_plan.h"
#include "core/prepare/virtual_detector.h"

#include <algorithm>

namespace dispersa {

namespace {
std::vector<ScanPoint> pixelsOf(const Region& region)
{
    std::vector<ScanPoint> pixels;
    pixels.reserve(std::size_t(region.count()));
    for (int y = region.y; y < region.y + region.height; ++y)
        for (int x = region.x; x < region.x + region.width; ++x)
            pixels.push_back({y, x});
    return pixels;
}

PatternPtr scaled(const std::vector<float>& sum, double factor)
{
    auto pattern = std::make_shared<std::vector<float>>(sum.size());
    std::transform(sum.begin(), sum.end(), pattern->begin(), [factor](float v) { return float(v * factor); });
    return pattern;
}
} // namespace

RegionPatterns::RegionPatterns(TaskRunner& tasks, QObject* parent)
    : QObject(parent), m_cropJob(tasks, QStringLiteral("inspect/crop"), this),
      m_regionJob(tasks, QStringLiteral("inspect/region"), this)
{
}

void RegionPatterns::setScan(ScanPtr scan, const Region& crop)
{
    if (scan == m_scan && crop == m_crop)
        return;
    m_cropJob.cancel();
    m_regionJob.cancel();
    m_scan = std::move(scan);
    m_crop = crop;
    m_cropSum.clear();
    m_badPixels.clear();
    m_regionSum.clear();
    m_pixels.clear();
    derive();
    if (!m_scan || m_crop.empty() || !m_crop.fitsInto(m_scan->scanShape()))
        return;
    m_centre = {m_scan->patternShape().height / 2.0, m_scan->patternShape().width / 2.0};
    std::vector<ScanPoint> pixels = pixelsOf(m_crop);
    m_cropCount = available(pixels);
    m_cropJob.run<Crop>(
        [source = m_scan, region = m_crop, pixels = std::move(pixels)](const ProgressSink& progress,
                                                                       std::stop_token stop) -> Result<Crop> {
            auto sum = combinedPattern(*source, pixels, PatternStatistic::Sum, progress, stop);
            if (!sum)
                return fail(sum.error());
            auto plan = makePreparationPlan(*source, region, {.badPixels = BadPixels::Repair}, progress, stop);
            if (!plan)
                return fail(plan.error());
            return Crop{std::move(*sum), std::move(plan->badPixels)};
        },
        [this](Result<Crop> result) { takeCrop(std::move(result)); });
}

void RegionPatterns::takeCrop(Result<Crop> crop)
{
    if (!crop) {
        Q_EMIT failed(crop.error());
        return;
    }
    m_cropSum = std::move(crop->sum);
    m_badPixels = std::move(crop->badPixels);
    m_centre = directBeamCentre(m_cropSum, m_scan->patternShape());
    derive();
}

void RegionPatterns::setRegion(std::vector<ScanPoint> pixels)
{
    if (!m_scan)
        return;
    std::erase_if(pixels, [this](ScanPoint pixel) { return !m_crop.contains(pixel); });
    if (pixels.empty()) {
        m_regionJob.cancel();
        m_regionSum.clear();
        m_pixels.clear();
        derive();
        return;
    }
    m_regionJob.run<std::vector<float>>(
        [source = m_scan, pixels](const ProgressSink& progress, std::stop_token stop) {
            return combinedPattern(*source, pixels, PatternStatistic::Sum, progress, stop);
        },
        [this, pixels](Result<std::vector<float>> sum) {
            if (!sum) {
                Q_EMIT failed(sum.error());
                return;
            }
            m_regionSum = std::move(*sum);
            m_pixels = pixels;
            derive();
        });
}

void RegionPatterns::setShowsSum(bool sum)
{
    m_showsSum = sum;
    derive();
}

std::int64_t RegionPatterns::available(const std::vector<ScanPoint>& pixels) const
{
    return std::count_if(pixels.begin(), pixels.end(), [this](ScanPoint pixel) { return m_scan->isAvailable(pixel); });
}

void RegionPatterns::derive()
{
    m_region.reset();
    m_reference.reset();
    m_difference.reset();
    m_regionCount = m_scan ? available(m_pixels) : 0;
    m_referenceCount = 0;
    if (!m_regionSum.empty() && m_regionCount > 0)
        m_region = scaled(m_regionSum, m_showsSum ? 1 : 1.0 / double(m_regionCount));
    if (!m_cropSum.empty()) {
        // The crop's sum is read once; the rest of it follows by subtraction.
        std::vector<float> rest = m_cropSum;
        for (std::size_t i = 0; i < m_regionSum.size(); ++i)
            rest[i] = std::max(0.0f, rest[i] - m_regionSum[i]);
        m_referenceCount = m_cropCount - (m_regionSum.empty() ? 0 : m_regionCount);
        if (m_referenceCount > 0) {
            m_reference = scaled(rest, m_showsSum ? 1 : 1.0 / double(m_referenceCount));
            if (m_region) {
                auto difference = std::make_shared<std::vector<float>>(rest.size());
                for (std::size_t i = 0; i < rest.size(); ++i)
                    (*difference)[i] =
                        float(m_regionSum[i] / double(m_regionCount) - rest[i] / double(m_referenceCount));
                m_difference = std::move(difference);
            }
        }
    }
    Q_EMIT changed();
}

} // namespace dispersa
