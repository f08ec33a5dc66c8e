// SPDX-License-Identifier: GPL-3.0-or-later
// A study small enough to train in a test: a few scans whose ring radius tells the composition.
#pragma once

#include "core/base/error.h"
#include "core/data/study.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dispersa::test {

struct SmallStudyOptions {
    std::vector<std::string> scans = {"0033", "0034"};
    int rows = 12;
    int cols = 10;
    int pixels = 96;
    bool mapsOfLast = true; ///< false: the last scan has no maps, like one without an X-ray detector
    int counts = 0; ///< of X-rays per position: the element maps hold Poisson counts of them; 0: fractions without noise
};

/// Writes "<name> 4DSTEM.h5" and "GST - <name>-{O,Te}-at.mrc", "-HAADF.mrc" into `folder`; returns a study of recipe quick
/// with bin 1, one epoch, batches of 16, targets O and Te; the first scan trains. O + Te = 1 everywhere.
Result<Study> writeSmallStudy(const std::filesystem::path& folder, const SmallStudyOptions& options = {});

} // namespace dispersa::test
