// SPDX-License-Identifier: GPL-3.0-or-later
// One acquisition of diffraction patterns, read lazily block by block. Readers in io implement it.
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/calibration.h"
#include "core/data/geometry.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

/// Number type of stored values.
enum class ElementType { Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Float16, Float32, Float64 };

/// "uint16", "float32", ... as NumPy names them.
const char* elementTypeName(ElementType type);
std::size_t elementSize(ElementType type);

/// Converts `count` values of `type` in this machine's byte order. `in` needs no alignment.
void convertToFloat(ElementType type, std::span<const std::byte> in, std::span<float> out);
void convertToDouble(ElementType type, std::span<const std::byte> in, std::span<double> out);

/// A 4-D dataset [scan_y, scan_x, det_y, det_x] in a file. Immutable; every function may be called from any thread.
class DiffractionScan {
  public:
    virtual ~DiffractionScan() = default;

    virtual ScanShape scanShape() const = 0;
    virtual PatternShape patternShape() const = 0;
    virtual ElementType elementType() const = 0;
    virtual const std::filesystem::path& file() const = 0;
    /// Dataset inside the file; empty for formats that hold one scan.
    virtual const std::string& dataset() const = 0;
    /// What the file says about sizes.
    virtual const Calibration& calibration() const = 0;
    /// Number of patterns that exist: fewer than scanShape().count() if the acquisition stopped early or skipped
    /// positions. The others read as zeros and are no data.
    virtual std::int64_t availablePatterns() const { return scanShape().count(); }
    /// True if the pattern at `point`, which must lie in the scan, exists. Unless a reader knows better, the first ones
    /// in scan order do.
    virtual bool isAvailable(ScanPoint point) const
    {
        return std::int64_t(point.y) * scanShape().width + point.x < availablePatterns();
    }

    /// Raw values of the patterns in `block`, in this machine's byte order, [y, x, det_y, det_x]; `out` has exactly
    /// block.count() * patternShape().count() * elementSize(elementType()) bytes. Errors: InvalidArgument (block outside
    /// the scan), FileUnreadable, FileTruncated.
    virtual Result<void> readRaw(const Region& block, std::span<std::byte> out) const = 0;
    /// The same for the detector pixels inside `window` (rows and columns of the pattern) alone, [y, x, win_y, win_x].
    /// Readers that can leave the rest of a pattern unread do so. Errors: those of readRaw().
    virtual Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const;

    /// The values of one pattern where they lie in memory, as readRaw() gives them and aligned for their type: nothing is
    /// copied, and only what is looked at is read from the file. Valid as long as the scan. Empty where the file does
    /// not hold them so (or `point` has no pattern): then read them.
    virtual std::span<const std::byte> mappedPattern(ScanPoint point) const;
    /// Patterns that come along when one is read, as rows and columns of the scan: a chunk that is decoded as a whole.
    /// Who visits positions in an order of his own takes such tiles whole.
    virtual ScanShape readGrain() const { return {1, 1}; }

    /// The same as float; `out` has block.count() * patternShape().count() values.
    Result<void> read(const Region& block, std::span<float> out) const;
    /// One pattern as float.
    Result<std::vector<float>> pattern(ScanPoint point) const;

  protected:
    /// InvalidArgument unless `block` lies in the scan and `bytes` is the size of its patterns.
    Result<void> checkBlock(const Region& block, std::size_t bytes) const;
    /// The same for the part `window` of each pattern.
    Result<void> checkWindow(const Region& block, const Region& window, std::size_t bytes) const;
};

using ScanPtr = std::shared_ptr<const DiffractionScan>;

/// Read grain of a scan whose positions show frames in their order, `together` of which are decoded as a whole.
ScanShape grainOfFrames(std::int64_t together, ScanShape scan);

/// Calls `visit(block, values)` for blocks that cover `region` in scan order, each at most `blockBytes` of float32 (at
/// least one pattern). `values` is valid during the call only. Errors: Cancelled, those of read(), those of visit.
Result<void> forEachBlock(const DiffractionScan& scan, const Region& region,
                          const std::function<Result<void>(const Region&, std::span<const float>)>& visit,
                          const ProgressSink& progress, std::stop_token stop, const std::string& stage = "read",
                          std::size_t blockBytes = 16u << 20);

} // namespace dispersa
