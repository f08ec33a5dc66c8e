// SPDX-License-Identifier: GPL-3.0-or-later
// The registry of file formats: each reader declares what it can do; dialogs, `info` and the documentation ask it.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"
#include "core/data/element_map.h"
#include "core/data/scan_order.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispersa {

enum class ItemKind { Diffraction, Map, Stack, Spectrum };
const char* itemKindName(ItemKind kind);

/// One axis of an item, in array order.
struct ItemAxis {
    std::string name;   ///< "scan_y", "scan_x", "det_y", "det_x", "y", "x", "frame", ...
    double scale = 1;   ///< size of a pixel
    std::string unit;   ///< "nm", "1/A", "mrad", "px", ...
};

/// min, max, sum over all values, the first four and the last, in the file's own order.
struct ItemStatistics {
    double min = 0;
    double max = 0;
    double sum = 0;
    std::vector<double> first = {};
    double last = 0;
};

/// One thing in a file that can be opened.
struct FileItem {
    std::string id; ///< dataset path, or "" for formats that hold one thing
    ItemKind kind = ItemKind::Map;
    std::optional<std::string> quantity = {};
    std::optional<MapUnit> unit = {};
    std::vector<std::int64_t> shape = {};
    ElementType type = ElementType::Float32;
    std::vector<ItemAxis> axes = {};
    Calibration calibration = {};
    std::optional<ScanShape> scanHint = {}; ///< a stack's likely grid, from metadata that may mean something else
    bool isSerpentine = false; ///< metadata says that odd rows were scanned backwards; only of formats that tell it
    bool isGuess = false; ///< nothing but its rank says what it is; listed to be chosen by hand, never taken unasked
};

/// What `inspect` finds without reading data.
struct FileInfo {
    std::filesystem::path path; ///< of the data: not the file asked for when that is a side file such as .hdr or .xml
    std::string format; ///< short name of the format, e.g. "mrc"
    std::vector<FileItem> items = {};
    std::vector<Warning> warnings = {};
};

/// Whether files of a format tell something.
enum class Tells { Never, Sometimes, Always };

/// What a format can do; docs and dialogs are generated from it.
struct FormatTraits {
    std::string name;        ///< "mrc"
    std::string title;       ///< "MRC 2014"
    std::vector<std::string> extensions = {}; ///< lower case, without dot
    bool readsDiffraction = false;
    bool readsMaps = false;
    bool readsSpectra = false;      ///< raw counts per element
    bool writesDiffraction = false;
    bool writesMaps = false;
    Tells tellsScanShape = Tells::Never;
    Tells tellsCalibration = Tells::Never;
    bool tellsSerpentine = false;   ///< some files say in which direction rows were scanned
    std::string companions = {};    ///< side files that are read too, e.g. ".hdr"
    std::string note = {};          ///< one sentence on what is special
};

/// Root links and text attributes of an HDF5 file, so that its dialect can be told without opening it again.
struct Hdf5Marks {
    std::vector<std::string> links = {};
    std::map<std::string, std::string> attributes = {};
    bool has(std::string_view link) const;
};

/// What a format is recognised by.
struct FileProbe {
    const std::filesystem::path& path;
    std::span<const std::byte> head; ///< the first bytes, up to 1024
    std::uint64_t size = 0;          ///< bytes
    const Hdf5Marks* hdf5 = nullptr; ///< null unless it is an HDF5 file that opens

    bool startsWith(std::string_view signature) const;
    /// Lower case, without dot.
    std::string extension() const;
};

/// A reader. Stateless; every function may be called from any thread.
class Format {
  public:
    virtual ~Format() = default;
    virtual const FormatTraits& traits() const = 0;
    /// True if the content says that it is this format.
    virtual bool recognises(const FileProbe& probe) const = 0;
    /// Asked when no content is recognised: true if the name says so, for formats without a signature and so that a
    /// damaged file is told from an unknown one. The default: never.
    virtual bool claimsName(const FileProbe& probe) const;
    /// Items with shape, type and calibration; reads no data. Errors: those of opening, FormatInvalid, FileTruncated.
    virtual Result<FileInfo> inspect(const std::filesystem::path& path) const = 0;
    /// Opens a 4-D dataset lazily, frames in the file's order; `id` empty means the only one. `scanShape` is needed for
    /// flat stacks.
    /// Errors: DatasetMissing, ScanShapeUnknown, ShapeMismatch, FormatUnsupported, ...
    virtual Result<ScanPtr> openDiffraction(const std::filesystem::path& path, const std::string& id,
                                            std::optional<ScanShape> scanShape) const;
    /// Reads a 2-D map as it is in the file (no unit conversion). Errors: DatasetMissing, FormatUnsupported, ...
    virtual Result<ElementMap> readMap(const std::filesystem::path& path, const std::string& id) const;
    /// Statistics of one item, read in blocks in the file's own order.
    virtual Result<ItemStatistics> statistics(const std::filesystem::path& path, const std::string& id,
                                              const ProgressSink& progress, std::stop_token stop) const = 0;
};

/// Every known format, in the order they are tried.
std::span<const Format* const> formats();

/// The format that recognises the file. Errors: FileNotFound, FileUnreadable, FormatInvalid, FormatUnknown, OutOfMemory.
Result<const Format*> formatOf(const std::filesystem::path& path);

/// The item that holds the patterns `dataset` names; empty: the first scan, else the first flat stack. Names are taken as
/// HDF5 readers take them: with or without a leading slash, also that of the dataset's group; what a file's only item is
/// called does not matter. Null if there is none.
const FileItem* patternsItem(const FileInfo& info, const std::string& dataset);
/// Frames of that item if it is a flat stack, which tells no grid.
std::optional<int> flatFrames(const FileInfo& info, const std::string& dataset);

/// Over formatOf(). What a library throws comes back as OutOfMemory or Internal: the application calls these, not the
/// formats.
Result<FileInfo> inspectFile(const std::filesystem::path& path);
/// `scanShape`: rows and columns as scanned, empty where the file tells. Rows that the file says were scanned backwards are
/// turned unless `order` says what they are. Errors beside those of the format: StudyInvalid (order out of range),
/// ShapeMismatch.
Result<ScanPtr> openDiffraction(const std::filesystem::path& path, const std::string& dataset = {},
                                std::optional<ScanShape> scanShape = {}, const ScanOrder& order = {});
Result<ElementMap> readMap(const std::filesystem::path& path, const std::string& dataset = {});
Result<ItemStatistics> itemStatistics(const std::filesystem::path& path, const std::string& dataset,
                                      const ProgressSink& progress, std::stop_token stop);

} // namespace dispersa
