// SPDX-License-Identifier: GPL-3.0-or-later
// The loss per epoch as a CSV file.
#pragma once

#include "core/base/error.h"
#include "core/data/training_history.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dispersa {

/// "epoch,loss,val_loss,seconds" and one line per epoch; an absent val_loss is empty.
std::string historyCsv(const std::vector<EpochRecord>& history);

/// Replaces the file atomically. Error: WriteFailed.
Result<void> writeHistoryCsv(const std::vector<EpochRecord>& history, const std::filesystem::path& path);

} // namespace dispersa
