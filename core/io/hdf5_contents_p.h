// SPDX-License-Identifier: GPL-3.0-or-later
// What an HDF5 file holds, as its dialect describes it, and the parts of that description that all dialects share.
#pragma once

#include "core/io/format.h"
#include "core/io/hdf5_p.h"

#include <functional>

namespace dispersa::hdf5 {

/// One dataset worth listing.
struct FoundItem {
    FileItem item;
    bool isMain = false; ///< marked as the file's own: wins over others of its kind when no dataset is named
};

struct FileContents {
    std::string format = {}; ///< short name of the format where it differs from the dialect's
    std::vector<FoundItem> items = {};
    std::vector<Warning> warnings = {};
};

/// Completes what a dialect knows of a dataset; false: not worth listing. Its warnings count only if it is listed.
using Describe = std::function<bool(FoundItem& found, hid_t dataset, std::vector<Warning>& warnings)>;

/// Lists the datasets `ids` with type, shape, the kind that their rank suggests and plain axes, completed by
/// `describe`. Left out with a warning: datasets that do not open, complex and compound values of two and more
/// dimensions. Left out without: texts, truth values, empty ones. A missing filter is a warning. Reads no data. The
/// lock must be held.
void addDatasets(hid_t file, const std::filesystem::path& path, const std::vector<std::string>& ids,
                 const Describe& describe, FileContents& contents);

/// Puts what is marked as main first, in the order found.
void putMainFirst(FileContents& contents);

/// Why a file of which nothing was listed and nothing said shows nothing: it is empty, or it holds lists such as the events
/// of a counting detector. The lock must be held.
Warning whyNothing(hid_t file, const std::filesystem::path& path);

/// The item listed as `dataset`, a path to it or to its group; else any dataset of numbers at that path, described by
/// its rank alone. Errors: DatasetMissing, FormatUnsupported (not numbers).
Result<FoundItem> itemNamed(hid_t file, const std::filesystem::path& path, const std::string& dataset,
                            const FileContents& contents);

/// Axes of a scan, a stack, a map or a pattern in array order, with the sizes of `calibration`.
std::vector<ItemAxis> scanAxes(const Calibration& calibration);
std::vector<ItemAxis> stackAxes(const Calibration& calibration);
std::vector<ItemAxis> mapAxes(const Calibration& calibration);
std::vector<ItemAxis> patternAxes(const Calibration& calibration);

/// Makes a 2-D item one diffraction pattern: it stays of kind Map, to be shown, but its axes are the detector's.
void becomePattern(FileItem& item);

/// Longer edge of the last two dimensions.
std::int64_t patternEdge(const FileItem& item);

} // namespace dispersa::hdf5
