// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workflow/scan_frames.h"

#include "core/io/format.h"

#include <utility>

namespace dispersa {

Result<ScanFrames> scanFrames(const StudyScan& scan)
{
    if (!scan.diffraction)
        return fail(ErrorCode::DatasetMissing, "Scan '" + scan.name + "' has no diffraction patterns to arrange.", {},
                    {scan.name});
    const DiffractionSource& source = *scan.diffraction;
    const auto info = inspectFile(source.path);
    if (!info)
        return fail(info.error());
    ScanFrames result;
    const FileItem* item = patternsItem(*info, source.dataset);
    std::optional<ScanShape> row; // a flat stack opens as one row of all its frames
    if (const auto count = flatFrames(*info, source.dataset))
        row = ScanShape{1, *count};
    ScanOrder asRecorded;
    if (item && item->isSerpentine)
        asRecorded.serpentine = false;
    auto frames = openDiffraction(source.path, source.dataset, row, asRecorded);
    if (!frames)
        return fail(frames.error());
    result.frames = std::move(*frames);
    result.isSerpentine = item && item->isSerpentine;
    if (!row)
        result.told = result.frames->scanShape();
    for (const MapSource& map : scan.maps) {
        auto read = readMap(map.path, map.dataset);
        if (!read)
            continue;
        read->quantity = map.quantity;
        read->source = map.path;
        if (!scan.mapFromScan) // else it lies on a grid of its own
            result.hints.push_back({read->shape, ShapeSource::Companion});
        result.companions.push_back(std::make_shared<const ElementMap>(std::move(*read)));
    }
    if (source.scanShape)
        result.hints.push_back({*source.scanShape, ShapeSource::Study});
    if (item && item->scanHint)
        result.hints.push_back({*item->scanHint, ShapeSource::FileHint});
    return result;
}

std::vector<ShapeHint> ScanFrames::allHints(bool swapAxes) const
{
    std::vector<ShapeHint> all = hints;
    if (const auto own = ownGrid(swapAxes))
        all.push_back({*own, ShapeSource::FileHint});
    return all;
}

DiffractionSource arranged(DiffractionSource source, const ScanFrames& frames, ScanShape acquired, ScanOrder order)
{
    const std::optional<ScanShape> own = frames.ownGrid(order.swapAxes);
    if (order.isSerpentine() == frames.isSerpentine)
        order.serpentine.reset();
    order.partial = !shapeFit(acquired, order, frames.count(order.swapAxes)).exact();
    // A reader that tells its grid refuses another one unless the frames are put in order afterwards.
    if (own && acquired != *own && order.isDefault())
        order.partial = true;
    source.scanShape = own == acquired ? std::nullopt : std::optional(acquired);
    source.order = order;
    return source;
}

} // namespace dispersa
