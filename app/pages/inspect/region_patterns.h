// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns of a region and of the rest of the crop, computed beside the window while the region is dragged.
#pragma once

#include "app/tasks/latest_job.h"
#include "core/data/diffraction_scan.h"
#include "core/data/shape.h"
#include "core/prepare/bad_pixels.h"

#include <QObject>

#include <memory>
#include <vector>

namespace dispersa {

using PatternPtr = std::shared_ptr<const std::vector<float>>;

class RegionPatterns : public QObject {
    Q_OBJECT
  public:
    RegionPatterns(TaskRunner& tasks, QObject* parent);

    /// Starts the sum over the crop when scan or crop are new. A null scan clears everything.
    void setScan(ScanPtr scan, const Region& crop);
    /// Pixels in coordinates of the full scan; empty: no region. While a job runs only the newest request waits.
    void setRegion(std::vector<ScanPoint> pixels);

    PatternShape shape() const { return m_scan ? m_scan->patternShape() : PatternShape{}; }
    bool isBusy() const { return m_cropJob.isBusy() || m_regionJob.isBusy(); }
    /// Mean (or sum) patterns; null while unknown. Reference: the crop without the region, or all of it without one.
    PatternPtr region() const { return m_region; }
    PatternPtr reference() const { return m_reference; }
    PatternPtr difference() const { return m_difference; } ///< region - reference, of means
    std::int64_t regionPatterns() const { return m_regionCount; }
    std::int64_t referencePatterns() const { return m_referenceCount; }
    void setShowsSum(bool sum);
    /// Direct beam of the crop's mean pattern; the middle while unknown.
    ImagePoint beamCentre() const { return m_centre; }
    /// Of the scan; empty while unknown. The patterns show them as they are.
    const std::vector<BadPixel>& badPixels() const { return m_badPixels; }

  Q_SIGNALS:
    void changed();
    void failed(const dispersa::Error& error);

  private:
    struct Crop {
        std::vector<float> sum;
        std::vector<BadPixel> badPixels;
    };
    void takeCrop(Result<Crop> crop);
    void derive();
    std::int64_t available(const std::vector<ScanPoint>& pixels) const;

    LatestJob m_cropJob;
    LatestJob m_regionJob;
    ScanPtr m_scan;
    Region m_crop;
    std::vector<ScanPoint> m_pixels; ///< of m_regionSum
    std::vector<float> m_cropSum;
    std::vector<float> m_regionSum;
    std::vector<BadPixel> m_badPixels;
    std::int64_t m_cropCount = 0;
    std::int64_t m_regionCount = 0;
    std::int64_t m_referenceCount = 0;
    bool m_showsSum = false;
    ImagePoint m_centre;
    PatternPtr m_region;
    PatternPtr m_reference;
    PatternPtr m_difference;
};

} // namespace dispersa
