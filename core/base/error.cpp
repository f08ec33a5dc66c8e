// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace dispersa {

const char* errorCodeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::InvalidArgument: return "invalid_argument";
    case ErrorCode::FileNotFound: return "file_not_found";
    case ErrorCode::FileUnreadable: return "file_unreadable";
    case ErrorCode::FileTruncated: return "file_truncated";
    case ErrorCode::FormatUnknown: return "format_unknown";
    case ErrorCode::FormatInvalid: return "format_invalid";
    case ErrorCode::FormatUnsupported: return "format_unsupported";
    case ErrorCode::DatasetMissing: return "dataset_missing";
    case ErrorCode::ScanShapeUnknown: return "scan_shape_unknown";
    case ErrorCode::ShapeMismatch: return "shape_mismatch";
    case ErrorCode::StudyInvalid: return "study_invalid";
    case ErrorCode::UnknownRecipe: return "unknown_recipe";
    case ErrorCode::PatternTooSmall: return "pattern_too_small";
    case ErrorCode::NothingToTrain: return "nothing_to_train";
    case ErrorCode::ModelInvalid: return "model_invalid";
    case ErrorCode::ModelMismatch: return "model_mismatch";
    case ErrorCode::DeviceUnavailable: return "device_unavailable";
    case ErrorCode::OutOfMemory: return "out_of_memory";
    case ErrorCode::WriteFailed: return "write_failed";
    case ErrorCode::Internal: return "internal";
    }
    return "internal";
}

} // namespace dispersa
