// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe that reads ring profiles instead of whole patterns sees of a probe position, and what it makes of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// Rings about the direct beam, out to half of the detector's shorter edge.
inline constexpr int ringCount = 64;
/// Each ring is cut into so many sectors of 30 degrees.
inline constexpr int sectorCount = 12;

/// One profile over the rings of a neighbourhood of probe positions, in logarithms.
struct ProfileFeature {
    /// mean: counts. trimmed: counts without the brightest quarter of the ring's sectors, so that Bragg spots do not count.
    /// polar: counts in each sector of each ring, row-major [ring][sector], without what rises far above the ring.
    enum class Kind { Mean, Trimmed, Polar };
    Kind kind = Kind::Mean;
    int neighbourhood = 1; ///< edge of the square of probe positions that are averaged; odd, 1..99
    int firstRing = 4;     ///< of ringCount; beyond the direct beam
    int lastRing = 44;     ///< included
    int rings() const { return lastRing - firstRing + 1; }
    int values() const { return rings() * (kind == Kind::Polar ? sectorCount : 1); }
    /// Sectors are compared over 3 x 3 positions before they are averaged.
    bool comparesSectors() const { return kind == Kind::Trimmed || kind == Kind::Polar; }
    bool operator==(const ProfileFeature&) const = default;
};
/// "mean", "trimmed", "polar".
const char* profileFeatureName(ProfileFeature::Kind kind);

enum class RegressorKind { Ridge, Kernel, Mlp, Polar };
/// "ridge", "kernel", "mlp", "polar".
const char* regressorName(RegressorKind kind);

/// One regression from some of the features to the targets.
struct RegressorOptions {
    RegressorKind kind = RegressorKind::Ridge;
    std::vector<std::size_t> features = {}; ///< numbers of the profiles it reads
    /// ridge, kernel: added to the diagonal, times the training points; mlp, polar: weight decay
    double penalty = 1e-3;
    double width = 1;      ///< kernel: of the Gaussian, in median distances between training points
    /// ridge, kernel: fitted to the logarithm of the targets, which small fractions lie better in.
    bool logarithm = false;
    // Of the networks, mlp and polar:
    double dropout = 0;    ///< share of the hidden units that rest in each step
    double noise = 0;      ///< sd of what is added to standardised features while training
    double mixing = 0;     ///< training points are mixed with others by up to this share
    int epochs = 40;       ///< 0: a few steps only, as a trial of how long they take
    double learningRate = 2e-3; ///< highest, of one cycle
    bool operator==(const RegressorOptions&) const = default;
    /// Steps from a start that is drawn, so that members differ.
    bool isNetwork() const { return kind == RegressorKind::Mlp || kind == RegressorKind::Polar; }
};

/// Whether counts are compared as they are or per dose. none: as they are. known: as if every scan had been recorded at
/// referenceDose_counts. if_known: that, unless the dose of a scan that is trained on cannot be told.
enum class DoseScale { None, IfKnown, Known };
/// "none", "if_known", "known".
const char* doseScaleName(DoseScale dose);
/// Counts of a whole pattern, direct beam included.
inline constexpr double referenceDose_counts = 250000;

/// All features, and the regressions whose mean is the prediction.
struct ProfileOptions {
    std::vector<ProfileFeature> features = {};
    std::vector<RegressorOptions> regressors = {};
    DoseScale dose = DoseScale::None;
    /// Of a trained model whose dose is known: mean over its training scans, which a scan is taken to have whose own cannot
    /// be told.
    std::optional<double> dose_counts = {};
    /// Of a trained model: width of a ring in 1/A, where the Q pixel was known. Rings follow the detector's edge, so that this
    /// and not the Q pixel must be the same where the model is used.
    std::optional<double> ringWidth_invA = {};
    bool composition = false; ///< of a trained model: its targets add up to 1, dense networks end in a softmax
    bool operator==(const ProfileOptions&) const = default;

    /// Values per probe position.
    int values() const
    {
        int sum = 0;
        for (const ProfileFeature& feature : features)
            sum += feature.values();
        return sum;
    }
    /// How far, in probe positions, a prediction looks.
    int contextRadius_px() const
    {
        int radius = 0;
        for (const ProfileFeature& feature : features)
            radius = std::max(radius, feature.neighbourhood / 2 + (feature.comparesSectors() ? 1 : 0));
        return radius;
    }
};

} // namespace dispersa
