// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/run_dose.h"

#include "core/assess/comparison.h"
#include "core/base/log.h"
#include "core/base/os_file.h"

namespace dispersa {
namespace fs = std::filesystem;

fs::path doseFile(const fs::path& folder)
{
    return folder / "dose.json";
}

Result<void> writeDosePlan(const DosePlan& plan, const fs::path& folder)
{
    for (const auto& [file, text] :
         {std::pair{doseFile(folder), dosePlanToJson(plan)}, std::pair{folder / "dose.csv", dosePlanToCsv(plan)}})
        if (auto written = writeFileAtomically(file, text); !written)
            return written;
    const fs::path scores = folder / "metrics.json";
    std::error_code code;
    if (!fs::exists(scores, code))
        return {};
    const auto text = readTextFile(scores);
    if (!text)
        return fail(text.error());
    auto metrics = metricsFromJson(*text);
    if (!metrics)
        return fail(metrics.error());
    metrics->dosePlan = plan;
    return writeFileAtomically(scores, metricsToJson(*metrics));
}

std::optional<DosePlan> dosePlanBeside(const fs::path& folder)
{
    std::error_code code;
    if (!fs::exists(doseFile(folder), code))
        return std::nullopt;
    const auto text = readTextFile(doseFile(folder));
    auto plan = text ? dosePlanFromJson(*text) : Result<DosePlan>(fail(text.error()));
    if (plan)
        return std::move(*plan);
    log(LogLevel::Warning, doseFile(folder).string() + ": " + plan.error().message);
    return std::nullopt;
}

} // namespace dispersa
