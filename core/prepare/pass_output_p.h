// SPDX-License-Identifier: GPL-3.0-or-later
// What a pass has found so far: maps, running sums and statistics that its threads fill, and the previews of it.
#pragma once

#include "core/prepare/pass_kernels_p.h"
#include "core/prepare/pass_layout_p.h"
#include "core/prepare/pass_plan_p.h"
#include "core/prepare/scan_pass.h"

#include <mutex>
#include <vector>

namespace dispersa::pass {

class Output {
  public:
    Output(const DiffractionScan& scan, const PassRequest& request, const Plan& plan, PassPreview preview);

    /// From any thread, each position once.
    void setDetector(std::size_t index, ScanPoint point, const DetectorRuns& detector, const Moments& moments);
    void setCounts(ScanPoint point, const ValueCounts& counts);
    /// From any thread. Ends a round now and then, and shows it.
    void tileDone(std::size_t tile);
    /// Adds a thread's running sums.
    template<class S>
    void addSums(const std::vector<S>& sums)
    {
        const std::lock_guard lock(m_mutex);
        for (std::size_t i = 0; i < sums.size(); ++i)
            m_sums[i] += static_cast<double>(sums[i]);
    }
    template<class T>
    void addMaxima(const std::vector<T>& maxima)
    {
        for (std::size_t i = 0; i < maxima.size(); ++i)
            m_maxima[i] = maxima[i] > m_maxima[i] ? static_cast<double>(maxima[i]) : m_maxima[i];
    }
    /// Moves everything out.
    PassResult result();

  private:
    ElementMap mapOf(const char* quantity, MapUnit unit) const;
    std::vector<DetectorMaps> coarse(int step) const;

    const DiffractionScan& m_scan;
    const PassRequest& m_request;
    const Plan& m_plan;
    PassPreview m_preview;
    std::vector<DetectorMaps> m_detectors;
    ScanStatistics m_statistics;
    ValueCounts m_counts;
    std::vector<double> m_largest; ///< of each pattern, where there are statistics
    std::vector<double> m_sums;
    std::vector<double> m_maxima;
    std::mutex m_mutex;
    std::vector<std::size_t> m_left; ///< tiles that rounds still wait for
    std::size_t m_round = 0;         ///< the first round that is not complete
};

} // namespace dispersa::pass
