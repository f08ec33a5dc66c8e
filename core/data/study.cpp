// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/study.h"

#include <cmath>
#include <set>

namespace dispersa {
namespace {

Result<void> outOfRange(const std::string& key, const std::string& what)
{
    return fail(ErrorCode::StudyInvalid, "Study: '" + key + "' " + what + ".", {}, {key, what});
}

constexpr int maxSplit_px = 100'000; // wider than any scan, and far from where sums of it overflow

/// Scans are folders of a run, and quantities files in them: neither may lead elsewhere.
bool canNameFile(const std::string& name)
{
    return !name.empty() && name.find('/') == std::string::npos && name != "." && name != "..";
}

} // namespace

const char* mapFilterName(MapFilterKind kind)
{
    switch (kind) {
    case MapFilterKind::None: return "none";
    case MapFilterKind::Mean: return "mean";
    case MapFilterKind::Gaussian: return "gaussian";
    case MapFilterKind::Median: return "median";
    case MapFilterKind::Bilateral: return "bilateral";
    }
    return "none";
}

const char* centreName(CentreKind kind)
{
    switch (kind) {
    case CentreKind::None: return "none";
    case CentreKind::CentreOfMass: return "com";
    case CentreKind::SubPixel: return "subpixel";
    }
    return "none";
}

const char* descanName(DescanModel model)
{
    switch (model) {
    case DescanModel::None: return "none";
    case DescanModel::Constant: return "constant";
    case DescanModel::Plane: return "plane";
    case DescanModel::Parabola: return "parabola";
    case DescanModel::Rows: return "rows";
    }
    return "none";
}

const char* badPixelsName(BadPixels badPixels) { return badPixels == BadPixels::Repair ? "repair" : "keep"; }

const char* scalingName(Scaling scaling)
{
    switch (scaling) {
    case Scaling::Linear: return "linear";
    case Scaling::SquareRoot: return "sqrt";
    case Scaling::Log: return "log";
    }
    return "linear";
}

const char* scanRoleName(ScanRole role)
{
    switch (role) {
    case ScanRole::Train: return "train";
    case ScanRole::Predict: return "predict";
    case ScanRole::Ignore: return "ignore";
    }
    return "ignore";
}

const char* normaliseName(Normalise normalise) { return normalise == Normalise::Sum ? "sum" : "none"; }

const char* splitKindName(SplitKind kind)
{
    switch (kind) {
    case SplitKind::Random: return "random";
    case SplitKind::Blocks: return "blocks";
    case SplitKind::Scans: return "scans";
    case SplitKind::LeaveOneOut: return "leave_one_out";
    }
    return "random";
}

const char* correctionKindName(CorrectionKind kind)
{
    switch (kind) {
    case CorrectionKind::None: return "none";
    case CorrectionKind::Linear: return "linear";
    case CorrectionKind::Polynomial: return "polynomial";
    case CorrectionKind::Isotonic: return "isotonic";
    case CorrectionKind::Quantile: return "quantile";
    }
    return "none";
}

Result<void> MapFilterOptions::check() const
{
    if (kind == MapFilterKind::None)
        return {};
    if (size < 1 || size > 99 || size % 2 == 0)
        return outOfRange("map_filter.size", "is " + std::to_string(size) + " but must be an odd number from 1 to 99");
    if (kind == MapFilterKind::Bilateral && !(sigmaColor > 0))
        return outOfRange("map_filter.sigma_color", "must be greater than 0");
    if (kind == MapFilterKind::Bilateral && !(sigmaSpace > 0))
        return outOfRange("map_filter.sigma_space", "must be greater than 0");
    return {};
}

Result<void> DiffractionOptions::check() const
{
    if (!(beamMask_px >= 0 && beamMask_px <= 10000))
        return outOfRange("diffraction.beam_mask_px", "must be a radius from 0 to 10000 pixels");
    if (bin < 1 || bin > 16)
        return outOfRange("diffraction.bin", "is " + std::to_string(bin) + " but must lie between 1 and 16");
    if (!(beamMaskEdge_px >= 0 && beamMaskEdge_px <= 10000))
        return outOfRange("diffraction.beam_mask_edge_px", "must be a width from 0 to 10000 pixels");
    if (!(badPixel_sigmas >= 3 && badPixel_sigmas <= 1000))
        return outOfRange("diffraction.bad_pixel_sigmas", "must lie between 3 and 1000");
    if (!(ellipseRatio >= 1 && ellipseRatio <= 2))
        return outOfRange("diffraction.ellipse_ratio", "must lie between 1 and 2, the long axis over the short one");
    if (!(ellipseAngle_deg >= -180 && ellipseAngle_deg <= 180))
        return outOfRange("diffraction.ellipse_angle_deg", "must lie between -180 and 180");
    return {};
}

const StudyScan* Study::scan(const std::string& name) const
{
    for (const StudyScan& candidate : scans)
        if (candidate.name == name)
            return &candidate;
    return nullptr;
}

Region Study::cropOf(const StudyScan& scan, ScanShape shape) const
{
    if (scan.crop)
        return *scan.crop;
    return crop.value_or(wholeRegion(shape));
}

Result<void> Study::check() const
{
    std::set<std::string> names;
    for (const StudyScan& scan : scans) {
        if (!canNameFile(scan.name))
            return outOfRange("scans.name", "is '" + scan.name + "', which cannot name a folder");
        for (const MapSource& map : scan.maps)
            if (!canNameFile(map.quantity))
                return outOfRange("scans.maps.quantity", "is '" + map.quantity + "', which cannot name a file");
        if (!names.insert(scan.name).second)
            return outOfRange("scans.name", "uses '" + scan.name + "' twice");
        if (scan.crop && scan.crop->empty())
            return outOfRange("scans.crop", "of scan '" + scan.name + "' has no pixel");
        if (scan.mapFromScan && !(scan.mapFromScan->scale > 0))
            return outOfRange("scans.map_from_scan.scale", "must be greater than 0");
    }
    if (crop && crop->empty())
        return outOfRange("crop", "has no pixel");
    if (auto checked = mapFilter.check(); !checked)
        return checked;
    if (diffraction)
        if (auto checked = diffraction->check(); !checked)
            return checked;
    if (targets.empty() && !model)
        return outOfRange("targets", "is empty; name at least one map to learn");
    if (std::set<std::string>(targets.begin(), targets.end()).size() != targets.size())
        return outOfRange("targets", "names a target twice");
    for (const std::string& target : targets)
        if (!canNameFile(target))
            return outOfRange("targets", "names '" + target + "', which cannot name a file");
    if (calibration.qPixel_invA && !(*calibration.qPixel_invA > 0))
        return outOfRange("calibration.q_pixel_invA", "must be greater than 0");
    if (calibration.scanStep_nm && !(*calibration.scanStep_nm > 0))
        return outOfRange("calibration.scan_step_nm", "must be greater than 0");
    if (calibration.qrRotation_deg && !(std::abs(*calibration.qrRotation_deg) <= 360))
        return outOfRange("calibration.qr_rotation_deg", "must lie between -360 and 360");
    if (!(split.testFraction > 0 && split.testFraction < 1))
        return outOfRange("split.test_fraction", "must lie between 0 and 1");
    if (!(split.validationFraction >= 0 && split.validationFraction + split.testFraction < 1))
        return outOfRange("split.validation_fraction", "must be at least 0 and leave pixels to train on");
    if (!(split.calibrationFraction >= 0 &&
          split.calibrationFraction + split.validationFraction + split.testFraction < 1))
        return outOfRange("split.calibration_fraction", "must be at least 0 and leave pixels to train on");
    if (split.block_px < 1 || split.block_px > maxSplit_px)
        return outOfRange("split.block_px", "must lie between 1 and " + std::to_string(maxSplit_px));
    if (split.guard_px && (*split.guard_px < 0 || *split.guard_px > maxSplit_px))
        return outOfRange("split.guard_px", "must lie between 0 and " + std::to_string(maxSplit_px));
    if (auto settings = withChanges({}, recipe.changes); !settings)
        return fail(settings.error());
    if (correction.kind != CorrectionKind::None && correction.fitOn != "validation" && correction.fitOn != "test" &&
        correction.fitOn != "calibration" && !scan(correction.fitOn))
        return outOfRange("correction.fit_on", "is '" + correction.fitOn +
                                                   "' but must be validation, calibration, test or the name of a scan");
    if (correction.kind != CorrectionKind::None && correction.fitOn == "calibration" && !model &&
        !(split.calibrationFraction > 0))
        return outOfRange("correction.fit_on",
                          "is 'calibration', but 'split.calibration_fraction' keeps no pixel for it");
    if (!(account.level >= 0.5 && account.level <= 0.99))
        return outOfRange("account.level", "must lie between 0.5 and 0.99");
    for (const std::string& name : account.calibrateOn)
        if (const StudyScan* fitted = scan(name); !fitted || fitted->role != ScanRole::Predict)
            return outOfRange("account.calibrate_on",
                              "names '" + name + "' but must name scans with the role predict");
    if (std::set<std::string>(account.calibrateOn.begin(), account.calibrateOn.end()).size() != account.calibrateOn.size())
        return outOfRange("account.calibrate_on", "names a scan twice");
    if (account.dropoutPasses < 0 || account.dropoutPasses > 200)
        return outOfRange("account.dropout_passes", "must lie between 0 and 200");
    return {};
}

} // namespace dispersa
