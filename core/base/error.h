// SPDX-License-Identifier: GPL-3.0-or-later
// How the core reports failure: a code, the sentence for the log, and what the sentence is about.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace dispersa {

/// What went wrong. The application turns code + arguments into a translated sentence (app/text).
enum class ErrorCode {
    Cancelled,         ///< the user asked to stop; never shown as a failure
    InvalidArgument,   ///< an option is out of its range
    FileNotFound,      ///< no such file or folder
    FileUnreadable,    ///< exists but cannot be opened or read (permissions, lock, I/O error)
    FileTruncated,     ///< shorter than its header says
    FormatUnknown,     ///< no reader recognises the file
    FormatInvalid,     ///< the header or structure contradicts itself or the file size
    FormatUnsupported, ///< recognised, but a feature of it cannot be read (complex data, a missing HDF5 filter)
    DatasetMissing,    ///< the file has no such dataset or map
    ScanShapeUnknown,  ///< a flat stack of patterns whose scan grid nothing tells
    ShapeMismatch,     ///< two things that must agree in shape do not; arguments name both shapes
    StudyInvalid,      ///< a key of the study file has a wrong type or value; argument 0 names the key
    UnknownRecipe,     ///< no recipe of that name
    PatternTooSmall,   ///< the network cannot take patterns this small; arguments: size, minimum, bin
    NothingToTrain,    ///< no scan with role train, or no valid pixel in it
    ModelInvalid,      ///< a model file that is damaged or not one of ours
    ModelMismatch,     ///< a model that does not fit the scan (pattern size, targets)
    DeviceUnavailable, ///< the requested device does not exist or ran out of memory
    OutOfMemory,       ///< the machine's memory does not suffice
    WriteFailed,       ///< an output could not be written (permissions, full disk)
    Internal           ///< a defect of the program
};

/// Stable name of a code for logs and JSON, e.g. "file_not_found".
const char* errorCodeName(ErrorCode code);

/// One failure. `message` is a whole English sentence: what happened, to which file, what to do.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;                ///< for the log and the command line
    std::filesystem::path file = {};    ///< the file it is about; empty if none
    std::vector<std::string> arguments = {}; ///< values the translated sentence names, in the order of the code's comment
    std::string detail = {};            ///< text of the library that failed, if any
};

template<class T>
using Result = tl::expected<T, Error>;

/// Shorthand: `return fail(ErrorCode::FileNotFound, "...", path);`
inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::filesystem::path file = {},
                                  std::vector<std::string> arguments = {}, std::string detail = {})
{
    return tl::unexpected<Error>(
        Error{code, std::move(message), std::move(file), std::move(arguments), std::move(detail)});
}

/// Passes on an error of another result.
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// Finding that is not fatal; shown in the Messages list, which jumps to `file` or `scan`.
struct Warning {
    std::string code;                ///< stable name, e.g. "map_sum_unusual"
    std::string message;             ///< English sentence
    std::filesystem::path file = {}; ///< may be empty
    std::string scan = {};           ///< scan it concerns; may be empty
};

} // namespace dispersa
