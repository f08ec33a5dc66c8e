// SPDX-License-Identifier: GPL-3.0-or-later
// metrics.csv: one row per scan and target.
#include "core/assess/comparison.h"

#include <algorithm>
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

/// 95 % interval, as two cells.
std::string intervalCells(const std::optional<ScoreInterval>& interval)
{
    return interval ? ',' + number(interval->low) + ',' + number(interval->high) : ",,";
}

std::string accountCells(const TargetAccount& account)
{
    std::string cells = ',' + number(account.withoutRowMeans.value) + intervalCells(account.pearson) +
                        intervalCells(account.mae) + ',' + number(account.autocorrelation_px) + ',' +
                        number(account.effectiveSamples);
    cells += account.ceiling ? ',' + number(account.ceiling->r.value) + ',' + ceilingKindName(account.ceiling->kind) : ",,";
    const BaselineComparison& comparison = account.baselines;
    const auto best = std::find_if(comparison.baselines.begin(), comparison.baselines.end(),
                                   [&](const BaselineScores& scores) { return scores.kind == comparison.best; });
    if (best == comparison.baselines.end())
        return cells + ",,,";
    return cells + ',' + baselineName(best->kind) + ',' + number(best->pearson.value) + ',' +
           number(comparison.skill.value);
}

} // namespace

std::string metricsToCsv(const RunMetrics& metrics)
{
    std::string csv = "scan,role,in_sample,target,n,pearson,mae,error_percent,alpha,beta,correction_in_sample,"
                      "corrected_pearson,corrected_mae,pearson_without_row_means,pearson_low,pearson_high,mae_low,"
                      "mae_high,autocorrelation_px,effective_n,ceiling,ceiling_kind,best_baseline,best_baseline_pearson,"
                      "skill\n";
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
            csv += row + accountCells(target.account) + '\n';
        }
    }
    return csv;
}

} // namespace dispersa
