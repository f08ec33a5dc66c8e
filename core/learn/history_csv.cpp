// SPDX-License-Identifier: GPL-3.0-or-later
// Writes history.csv.
#include "core/learn/history_csv_p.h"

#include "core/base/os_file.h"

#include <charconv>

namespace dispersa {

namespace {

/// Shortest text that reads back as the same number; a decimal point whatever the locale.
std::string text(double value)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, end.ptr};
}

} // namespace

std::string historyCsv(const std::vector<EpochRecord>& history)
{
    std::string csv = "epoch,loss,val_loss,seconds\n";
    for (const EpochRecord& epoch : history)
        csv += std::to_string(epoch.epoch) + ',' + text(epoch.loss) + ',' +
               (epoch.valLoss ? text(*epoch.valLoss) : "") + ',' + text(epoch.seconds) + '\n';
    return csv;
}

Result<void> writeHistoryCsv(const std::vector<EpochRecord>& history, const std::filesystem::path& path)
{
    return writeFileAtomically(path, historyCsv(history));
}

} // namespace dispersa
