// SPDX-License-Identifier: GPL-3.0-or-later
// Split before the training; see split_preview.h.
#include "app/pages/train/split_preview.h"

#include "app/document/study_document.h"
#include "app/pages/train/recipe_text.h"
#include "core/workflow/target_maps.h"

#include <algorithm>

namespace dispersa {

GuardRule guardRule(const StudyDocument& document)
{
    std::vector<OpenedScanPtr> training;
    for (const StudyScan& scan : document.study().scans)
        if (const OpenedScanPtr opened = document.opened(scan.name); opened && scan.role == ScanRole::Train) {
            auto current = std::make_shared<OpenedScan>(*opened); // its entry is that of the moment it was opened
            current->entry = scan;
            training.push_back(std::move(current));
        }
    return guardRule(document.study(), training);
}

double SplitPreview::share(PixelSet set) const
{
    std::int64_t count = 0, all = 0;
    for (const auto& scan : sets) {
        count += std::count(scan.begin(), scan.end(), set);
        all += std::int64_t(scan.size());
    }
    return all > 0 ? double(count) / double(all) : 0;
}

Result<SplitPreview> splitPreview(const StudyDocument& document)
{
    OpenedStudy opened;
    opened.study = document.study();
    if (const auto recipe = recipeNamed(opened.study.recipe.name)) {
        opened.recipe = *recipe;
        opened.targets = effectiveTargets(opened.study, *recipe);
    }
    SplitPreview preview;
    std::vector<SplitScan> usable;
    for (const StudyScan& scan : opened.study.scans) {
        const OpenedScanPtr file = document.opened(scan.name);
        if (scan.role != ScanRole::Train || !file || !file->diffraction || file->obstacle)
            continue;
        const ScanShape shape = file->shape();
        const Region crop = opened.study.cropOf(scan, shape);
        if (crop.y < 0 || crop.x < 0 || crop.y + crop.height > shape.height || crop.x + crop.width > shape.width)
            continue; // said among the obstacles
        preview.scans.push_back(file);
        preview.crops.push_back(crop);
        OpenedScan current = *file; // its entry is that of the moment it was opened
        current.entry = scan;
        usable.push_back(usablePixels(opened, current));
    }
    if (usable.empty())
        return fail(ErrorCode::NothingToTrain, "No training scan is open yet.");
    const int guard = opened.study.split.guard_px.value_or(guardRule(document).total());
    auto sets = splitPixels(usable, opened.study.split, guard);
    if (!sets)
        return fail(sets.error());
    preview.sets = std::move(*sets);
    return preview;
}

} // namespace dispersa
