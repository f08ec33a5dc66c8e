// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/in_sample.h"

#include "core/base/os_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dispersa {

std::vector<bool> inSampleScans(const OpenedStudy& opened, const Model& model, bool trainedNow)
{
    std::vector<std::string> seen;
    const auto provenance = nlohmann::json::parse(model.description().provenanceJson, nullptr, false);
    if (!trainedNow && provenance.is_object())
        for (const auto& input : provenance.value("inputs", nlohmann::json::array()))
            if (input.is_object() && input.contains("fingerprint") && input["fingerprint"].is_string())
                seen.push_back(input["fingerprint"].get<std::string>());
    std::vector<std::string> trainedOn;
    if (provenance.is_object() && provenance.contains("trained_on") && provenance["trained_on"].is_array())
        for (const auto& name : provenance["trained_on"])
            if (name.is_string())
                trainedOn.push_back(name.get<std::string>());
    std::vector<bool> result;
    for (const OpenedScanPtr& scan : opened.scans) {
        bool inSample = trainedNow && scan->entry.role == ScanRole::Train;
        if (!trainedNow &&
            std::find(trainedOn.begin(), trainedOn.end(), scan->entry.name) != trainedOn.end())
            // What the study names and what is read differ where a header file stands for its frames.
            for (const auto& file : {scan->entry.diffraction->path, scan->diffraction->file()})
                if (const auto hash = fingerprint(file))
                    inSample = inSample || std::find(seen.begin(), seen.end(), *hash) != seen.end();
        result.push_back(inSample);
    }
    return result;
}

} // namespace dispersa
