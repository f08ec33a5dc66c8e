// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/frame_stack.h"

#include <limits>

namespace dispersa {
namespace {

constexpr std::int64_t mostFrames = std::numeric_limits<int>::max();
constexpr std::int64_t largestPattern = std::int64_t(1) << 28; ///< values; 16384 x 16384

tl::unexpected<Error> impossible(const FrameStack& stack, const std::string& scan)
{
    return fail(ErrorCode::FormatInvalid,
                "'" + stack.path.string() + "' states " + scan + " with patterns of " + toText(stack.pattern) +
                    ", which is impossible.",
                stack.path, {scan, toText(stack.pattern)});
}

std::string framesText(std::int64_t frames)
{
    return std::to_string(frames) + (frames == 1 ? " frame" : " frames");
}

} // namespace

Result<void> settleFrames(FrameStack& stack, const AnnouncedFrames& announced)
{
    const std::string name = "'" + stack.path.filename().string() + "'";
    if (stack.pattern.height <= 0 || stack.pattern.width <= 0 || stack.pattern.count() > largestPattern)
        return impossible(stack, "frames");
    if (announced.grid &&
        (announced.grid->height <= 0 || announced.grid->width <= 0 || announced.grid->count() > mostFrames))
        return impossible(stack, "a scan of " + toText(*announced.grid));
    if (announced.wholeFrames > static_cast<std::uint64_t>(mostFrames))
        return impossible(stack, std::to_string(announced.wholeFrames) + " frames");
    const auto inFile = static_cast<std::int64_t>(announced.wholeFrames);
    if (inFile == 0)
        return fail(ErrorCode::FileTruncated,
                    "'" + stack.path.string() + "' is cut off: it does not hold one whole pattern of " +
                        toText(stack.pattern) + ". Copy or export it again.",
                    stack.path, {toText(stack.pattern)});
    stack.grid = announced.grid;
    stack.frames = announced.grid ? announced.grid->count() : announced.frames.value_or(inFile);
    if (stack.frames <= 0 || stack.frames > mostFrames)
        return impossible(stack, std::to_string(stack.frames) + " frames");
    if (stack.frames < inFile) { // more than announced
        if (stack.grid) {
            stack.warnings.push_back({"extra_frames",
                                      name + " holds " + framesText(inFile) + ", but a scan of " + toText(*stack.grid) +
                                          " has " + std::to_string(stack.frames) +
                                          ". Give the rows and columns, and the frames to skip at the start or after "
                                          "each row.",
                                      stack.path});
            stack.hint = std::exchange(stack.grid, std::nullopt);
            stack.spareFrames = true;
        }
        stack.frames = inFile;
    }
    stack.available = inFile;
    if (inFile < stack.frames)
        stack.warnings.push_back({"file_truncated",
                                  name + " ends early: " + std::to_string(inFile) + " of " + framesText(stack.frames) +
                                      " are there; the rest is no data.",
                                  stack.path});
    else if (announced.endsInside)
        stack.warnings.push_back({"frame_cut",
                                  name + " ends within a frame: " + framesText(inFile) +
                                      (inFile == 1 ? " is whole" : " are whole") + ", what follows is ignored.",
                                  stack.path});
    return {};
}

FileItem itemOf(const FrameStack& stack, std::string id)
{
    FileItem item;
    item.id = std::move(id);
    item.type = stack.type;
    item.calibration = stack.calibration;
    item.scanHint = stack.hint;
    const double step = stack.calibration.scanStep_nm.value_or(1);
    const char* stepUnit = stack.calibration.scanStep_nm ? "nm" : "px";
    const double pixel = stack.calibration.qPixel_invA.value_or(1);
    const char* pixelUnit = stack.calibration.qPixel_invA ? "1/A" : "px";
    if (stack.grid) {
        item.kind = ItemKind::Diffraction;
        item.shape = {stack.grid->height, stack.grid->width};
        item.axes = {{"scan_y", step, stepUnit}, {"scan_x", step, stepUnit}};
    } else {
        item.kind = ItemKind::Stack;
        item.shape = {stack.frames};
        item.axes = {{"frame", 1, ""}};
    }
    item.shape.insert(item.shape.end(), {stack.pattern.height, stack.pattern.width});
    item.axes.insert(item.axes.end(), {{"det_y", pixel, pixelUnit}, {"det_x", pixel, pixelUnit}});
    return item;
}

Result<ScanShape> gridToOpen(const FrameStack& stack, std::optional<ScanShape> wanted)
{
    const std::string frames = std::to_string(stack.frames);
    if (!wanted && !stack.grid)
        return fail(ErrorCode::ScanShapeUnknown,
                    "'" + stack.path.string() + "' is a flat stack of " + frames +
                        " patterns and does not tell its scan grid. Give the rows and columns of the scan, or put a "
                        "map of the same scan beside it.",
                    stack.path, {frames});
    if (!wanted)
        return *stack.grid;
    const bool fits = wanted->height > 0 && wanted->width > 0 &&
                      (stack.spareFrames ? wanted->count() <= stack.frames : wanted->count() == stack.frames);
    if (!fits)
        return fail(ErrorCode::ShapeMismatch,
                    "'" + stack.path.string() + "' holds " + frames + " patterns, but a scan of " + toText(*wanted) +
                        " has " + std::to_string(wanted->count()) + ". Check the scan shape.",
                    stack.path, {frames, toText(*wanted)});
    return *wanted;
}

ScanShape framesInOneRow(const FrameStack& stack)
{
    return {1, static_cast<int>(stack.frames)};
}

Result<void> checkOnlyItem(const std::filesystem::path& path, const std::string& id)
{
    if (id.empty())
        return {};
    return fail(ErrorCode::DatasetMissing,
                "'" + path.string() + "' has no dataset '" + id + "'; it holds one item without a name.", path, {id});
}

} // namespace dispersa
