// SPDX-License-Identifier: GPL-3.0-or-later
// The document: scans with roles, crop, filters, split, recipe. Values only; core/io/study_file reads and writes it.
#pragma once

#include "core/data/calibration.h"
#include "core/data/element_map.h"
#include "core/data/geometry.h"
#include "core/data/preparation.h"
#include "core/data/scan_order.h"
#include "core/data/training_settings.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// JSON text of keys this version does not know, by key: they survive a round trip.
using UnknownKeys = std::map<std::string, std::string>;

/// train: teaches the network. predict: predicted, and compared too when it has maps. ignore: left alone.
enum class ScanRole { Train, Predict, Ignore };

/// Where a scan's patterns are.
struct DiffractionSource {
    std::filesystem::path path;          ///< absolute in memory, relative to the study on disk
    std::string dataset = {};            ///< inside the file; empty: the only one
    std::optional<ScanShape> scanShape = {}; ///< rows and columns as scanned, where the file does not tell
    ScanOrder order = {};                ///< how the file's frames lie on that grid
    bool isSigned = false;               ///< unsigned values are negative numbers that lost their sign
    UnknownKeys unknown = {};
    bool operator==(const DiffractionSource&) const = default;
};

/// Where a map is and what it shows.
struct MapSource {
    std::string quantity;
    std::filesystem::path path;
    std::string dataset = {};
    std::optional<MapUnit> unit = {}; ///< empty: inferred from the values
    UnknownKeys unknown = {};
    bool operator==(const MapSource&) const = default;
};

/// Position of a scan pixel on the maps: map = scale * scan + (dy, dx).
struct MapFromScan {
    double dy = 0;
    double dx = 0;
    double scale = 1;
    bool operator==(const MapFromScan&) const = default;
};

struct StudyScan {
    std::string name; ///< unique in a study
    ScanRole role = ScanRole::Predict;
    std::optional<DiffractionSource> diffraction = {};
    std::vector<MapSource> maps = {};
    std::optional<MapFromScan> mapFromScan = {};
    std::optional<Region> crop = {}; ///< overrides the study's crop
    UnknownKeys unknown = {};
    bool operator==(const StudyScan&) const = default;
};

enum class Normalise { None, Sum };
enum class SplitKind { Random, Blocks, Scans, LeaveOneOut };

/// How the training scans' pixels are divided into training, validation, calibration and test.
struct SplitOptions {
    SplitKind kind = SplitKind::Random;
    double testFraction = 0.2;       ///< 0 < f < 1
    double validationFraction = 0;   ///< 0 <= f < 1; 0 stops training on the test part, as the paper does
    /// 0 <= f < 1; kept from training, stopping and scoring: what corrections and intervals are fitted on.
    double calibrationFraction = 0;
    std::uint64_t seed = 42;
    int block_px = 15;               ///< blocks: edge of a block on the scan grid
    /// Width of the unused margin around held-out blocks; empty: as wide as what pixels share (guardByRule()).
    std::optional<int> guard_px = {};
    UnknownKeys unknown = {};
    bool operator==(const SplitOptions&) const = default;
};

/// The recipe by name, and what the user changed of it.
struct RecipeChoice {
    std::string name = "paper";
    /// Two are always said, since they are what people look for first in a study.
    TrainingChanges changes = {{"epochs", std::int64_t(100)}, {"weights", std::string("last")}};
    std::optional<std::filesystem::path> startFrom = {}; ///< fine-tuning: a trained model whose weights are the first
    UnknownKeys unknown = {};
    bool operator==(const RecipeChoice&) const = default;
};

enum class CorrectionKind { None, Linear, Polynomial, Isotonic, Quantile };

/// A curve per target from what was predicted to what is real, fitted on `fitOn`: "validation", "calibration", "test" or a
/// scan's name. Linear is the paper's y = alpha y_network + beta.
struct CorrectionOptions {
    CorrectionKind kind = CorrectionKind::Linear;
    std::string fitOn = "validation";
    bool simplex = false; ///< corrected fractions are moved to where none is negative and all add up to 1
    UnknownKeys unknown = {};
    bool operator==(const CorrectionOptions&) const = default;
};

/// What is said about how sure a prediction is, and what the run measures to be honest about itself.
struct AccountOptions {
    double level = 0.8;     ///< of intervals around predictions; 0.5..0.99
    /// Names of scans with maps that nothing is trained on: intervals are fitted there. Empty: on what the split holds out.
    std::vector<std::string> calibrateOn = {};
    int dropoutPasses = 0;  ///< predictions with dropout on, whose spread adds to the members'; 0..200
    /// Also recipes that take minutes are trained once more per kind of split, so that all scores can stand side by side.
    bool leakGap = false;
    UnknownKeys unknown = {};
    bool operator==(const AccountOptions&) const = default;
};

/// The whole document. A default one is a valid empty study.
struct Study {
    std::vector<StudyScan> scans = {};
    Calibration calibration = {}; ///< overrides what the files say
    std::optional<Region> crop = {};
    MapFilterOptions mapFilter = {};
    std::optional<DiffractionOptions> diffraction = {}; ///< empty: what the recipe recommends
    std::vector<std::string> targets = {"O", "Si", "Ge", "Sb", "Te"};
    Normalise normalise = Normalise::None;
    SplitOptions split = {};
    RecipeChoice recipe = {};
    std::optional<std::filesystem::path> model = {}; ///< a trained model instead of training
    CorrectionOptions correction = {};
    AccountOptions account = {};
    UnknownKeys unknown = {};
    bool operator==(const Study&) const = default;

    const StudyScan* scan(const std::string& name) const;
    /// Crop that holds for a scan of that shape: its own, else the study's, else the whole scan.
    Region cropOf(const StudyScan& scan, ScanShape shape) const;
    /// Ranges and words that JSON types cannot express. Error: StudyInvalid naming the key.
    Result<void> check() const;
};

/// Words of the study file.
const char* scanRoleName(ScanRole role);
const char* normaliseName(Normalise normalise);
const char* splitKindName(SplitKind kind);
const char* correctionKindName(CorrectionKind kind);

} // namespace dispersa
