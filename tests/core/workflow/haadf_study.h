// SPDX-License-Identifier: GPL-3.0-or-later
// The study that tests of whole runs share: two small scans with HAADF among the targets, so that a run takes every
// path of the export.
#pragma once

#include "core/io/study_file.h"
#include "tests/support/small_study.h"

#include <filesystem>

namespace dispersa::test {

/// Scans 0033 (trains) and 0034, cropped to 10 x 10 positions; files in `folder`.
inline Result<Study> writeHaadfStudy(const std::filesystem::path& folder)
{
    auto study = writeSmallStudy(folder);
    if (study) {
        study->recipe.name = "paper-haadf";
        study->crop = Region{1, 0, 10, 10};
    }
    return study;
}

} // namespace dispersa::test
