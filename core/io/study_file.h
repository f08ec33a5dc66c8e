// SPDX-License-Identifier: GPL-3.0-or-later
// The study file (*.dispersa): JSON, version 1. Paths are relative to the file on disk and absolute in memory.
#pragma once

#include "core/base/error.h"
#include "core/data/study.h"

#include <filesystem>
#include <string>

namespace dispersa {

/// Reads and checks a study. Errors: FileNotFound, FileUnreadable, FormatInvalid (not JSON), StudyInvalid naming the key.
Result<Study> readStudy(const std::filesystem::path& path);

/// Writes atomically. Error: WriteFailed.
Result<void> writeStudy(const Study& study, const std::filesystem::path& path);

/// The JSON text; `folder` is what paths are made relative to. `parseStudy` is its inverse.
std::string studyToJson(const Study& study, const std::filesystem::path& folder);
Result<Study> parseStudy(const std::string& json, const std::filesystem::path& folder);

} // namespace dispersa
