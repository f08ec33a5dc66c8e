// SPDX-License-Identifier: GPL-3.0-or-later
// metrics.csv: one row per scan and target.
#include "core/assess/comparison.h"

#include <array>
#include <charconv>

namespace dispersa {
namespace {

/// Shortest text that reads back as the same number; empty where undefined.
std::string number(const std::optional<double>& value)
{
    if (!value)
        return {};
    std::array<char, 32> text = {};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), *value).ptr;
    return {text.data(), end};
}

/// RFC 4180: text with separators is quoted, quotes inside are doubled.
std::string quoted(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string result = "\"";
    for (const char character : text) {
        if (character == '"')
            result += '"';
        result += character;
    }
    return result + '"';
}

const char* truth(bool value)
{
    return value ? "true" : "false";
}

} // namespace

std::string metricsToCsv(const RunMetrics& metrics)
{
    std::string csv = "scan,role,in_sample,target,n,pearson,mae,error_percent,alpha,beta,correction_in_sample,"
                      "corrected_pearson,corrected_mae\n";
    for (const ScanScores& scan : metrics.scans) {
        for (const TargetScores& target : scan.targets) {
            std::string row = quoted(scan.name) + ',' + quoted(scan.role) + ',' + truth(scan.inSample) + ',' +
                              quoted(target.name) + ',' + std::to_string(target.n) + ',' +
                              number(target.pearson.value) + ',' + number(target.mae.value) + ',' +
                              number(target.errorPercent.value);
            const LinearCorrection* line = target.correction ? target.correction->linear() : nullptr;
            if (line)
                row += ',' + number(line->alpha) + ',' + number(line->beta) + ',' + truth(target.correctionInSample);
            else if (target.correction)
                row += std::string(",,,") + truth(target.correctionInSample);
            else
                row += ",,,";
            if (target.corrected)
                row += ',' + number(target.corrected->pearson.value) + ',' + number(target.corrected->mae.value);
            else
                row += ",,";
            csv += row + '\n';
        }
    }
    return csv;
}

} // namespace dispersa
