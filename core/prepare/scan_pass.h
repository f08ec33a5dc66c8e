// SPDX-License-Identifier: GPL-3.0-or-later
// One read over a scan for everything that is wanted of it: images of virtual detectors, combined patterns, statistics.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/shape.h"

#include <functional>
#include <optional>
#include <vector>

namespace dispersa {

/// What a virtual detector makes of the values inside it, in py4D-browser's words.
enum class DetectorMode {
    Integrating,  ///< their sum
    Maximum,      ///< the largest
    CentreOfMass, ///< where their centre lies
};

enum class PatternStatistic { Mean, Sum, Maximum };

struct DetectorRequest {
    Shape detector = {}; ///< detector pixels
    DetectorMode mode = DetectorMode::Integrating;
    /// Where a centre of mass counts from; empty: the pattern's middle, ((height - 1) / 2, (width - 1) / 2).
    std::optional<ImagePoint> origin = {};
    /// Calibration::qrRotation_deg, for a centre of mass along the scan's axes; 0: along the detector's.
    double qrRotation_deg = 0;
};

/// All of it is computed in the same read.
struct PassRequest {
    std::vector<DetectorRequest> detectors = {};
    std::vector<PatternStatistic> patterns = {};
    bool statistics = false;
    std::vector<ScanPoint> pixels = {}; ///< probe positions to visit; empty: the whole scan
};

/// Of values and patterns. Saturated: at the detector's ceiling, as SaturationCounter finds it. NaN and Inf (notFinite)
/// are in no other.
struct ScanStatistics {
    double min = 0; ///< NaN, as max and mean, if no value is finite
    double max = 0;
    double sum = 0;
    double mean = 0;
    std::int64_t values = 0;
    std::int64_t saturated = 0;
    std::int64_t negative = 0;
    std::int64_t notFinite = 0;
    std::int64_t patterns = 0;
    /// Per pattern; no data where none was read.
    ElementMap patternSum = {};
    ElementMap patternMaximum = {};
    ElementMap patternSaturated = {}; ///< number of saturated values
    ElementMap patternInvalid = {};   ///< number of negative and not finite values
};

/// Maps of one detector. Integrating and Maximum: one, "virtual", Counts. CentreOfMass: "CoM y", "CoM x" and
/// "CoM magnitude" in detector pixels, along the axes that the request says, no data where the sum is not positive.
using DetectorMaps = std::vector<ElementMap>;

struct PassResult {
    std::vector<DetectorMaps> detectors = {};       ///< in the request's order
    std::vector<std::vector<float>> patterns = {};  ///< the same; row-major [det_y, det_x]
    std::optional<ScanStatistics> statistics = {};
    std::int64_t patternsRead = 0;
};

/// Receives the detectors' maps while the pass goes on, complete in themselves: positions not yet read show their
/// nearest neighbour that is. `step`: every step-th row and column is read. Called on a worker's thread, one at a time.
using PassPreview = std::function<void(std::vector<DetectorMaps> maps, int step)>;

/// Streams over the scan once, on all cores, straight from the file's mapping where there is one; patterns that do not
/// exist are left out and are no data in maps; NaN and Inf count as zero. With a `preview` positions are visited from
/// coarse to fine, each once, and the preview is called after each round but the last (and but those that a later one
/// overtook on a busy machine); scans that are through at once have a single round. Errors: InvalidArgument (no pixel inside a detector, position outside the scan, no pattern at
/// all), Cancelled, OutOfMemory, those of reading.
Result<PassResult> runScanPass(const DiffractionScan& scan, const PassRequest& request, const ProgressSink& progress,
                               std::stop_token stop, const PassPreview& preview = {});

} // namespace dispersa
