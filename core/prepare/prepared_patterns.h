// SPDX-License-Identifier: GPL-3.0-or-later
// The patterns training and prediction read, prepared once into one memory-mapped file: RAM is a cache, never a limit.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/pattern_source.h"
#include "core/data/preparation.h"
#include "core/prepare/pattern_cache.h"
#include "core/prepare/preparation_report.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dispersa {

/// Part of a scan whose patterns are wanted, in scan order.
struct PatternSelection {
    ScanPtr scan;
    Region region;
    /// Tells the scan's patterns from all others (file, fingerprint, dataset, order): what a cache knows them by. Empty:
    /// not to be kept.
    std::string identity = {};
};

/// Each pattern is kept as uint16 when its counts are whole numbers that fit, else as float32; scaling happens in
/// gather(), which is safe from any thread. Patterns that a stopped scan lacks are zeros: leave them out by
/// isAvailable().
class PreparedPatterns : public PatternSource {
  public:
    /// Reads, prepares and stores the patterns of `selections`, one after the other, into an unlinked temporary file in
    /// `folder` (empty: the system's). Uses all cores; stage "prepare". Each selection has its own
    /// makePreparationPlan() (stage "examine"). With a `cache` whose size suffices they
    /// are taken from there if they were prepared before (what is damaged or foreign is passed over), else kept there; a
    /// cache that cannot be written is none. The quantile is 1 until withQuantile(). Errors: ShapeMismatch
    /// (pattern sizes differ; arguments both), PatternTooSmall (bin), InvalidArgument (region outside its scan, nothing
    /// selected), StudyInvalid (options), WriteFailed (disk full), OutOfMemory, Cancelled, those of reading.
    static Result<std::shared_ptr<const PreparedPatterns>> create(const std::vector<PatternSelection>& selections,
                                                                  const DiffractionOptions& options,
                                                                  const std::filesystem::path& folder,
                                                                  const ProgressSink& progress, std::stop_token stop,
                                                                  const PatternCache& cache = {});
    /// 99.9 % quantile of the prepared counts over the patterns `indices` (all values of them); at least 1. Exact: the
    /// smallest count that 99.9 % do not exceed (numpy.quantile, method "inverted_cdf"). Error: InvalidArgument.
    virtual Result<double> quantile999(std::span<const std::int64_t> indices) const = 0;
    /// The same patterns with the quantile that sqrt and log scaling divide by (1 if it is not > 0). Shares the file.
    virtual std::shared_ptr<const PreparedPatterns> withQuantile(double quantile) const = 0;
    virtual double quantile() const = 0;
    /// One per selection.
    virtual const std::vector<PreparationReport>& reports() const = 0;
};

} // namespace dispersa
