// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthetic_run.h"

#include <cmath>
#include <random>

namespace dispersa {

namespace {

const std::vector<std::string> targets = {"O", "Si", "Ge", "Sb", "Te", "HAADF"};
constexpr Region crop{20, 0, 70, 45};

/// Layers of a film with a wavy interface: O and Si above, Ge, Sb and Te below.
double truth(const std::string& target, double y, double x, int scan)
{
    const double depth = y + 4 * std::sin(x / 9.0 + scan) - 30;
    const double film = 1 / (1 + std::exp(-depth / 4));
    const double ripple = 0.04 * std::sin(x / 5.0 + 2.0 * scan) * std::cos(y / 7.0);
    if (target == "O")
        return 0.55 * (1 - film) + 0.05 + ripple;
    if (target == "Si")
        return 0.3 * (1 - film) + 0.02;
    if (target == "Ge")
        return 0.22 * film + 0.02 + ripple / 2;
    if (target == "Sb")
        return 0.2 * film + 0.01;
    if (target == "Te")
        return 0.5 * film + 0.03 - ripple;
    return 9000 + 12000 * film + 9000 * ripple;
}

MapPtr makeMap(const std::string& target, int scan, double noise, double slope, double offset, bool spot, unsigned seed)
{
    const bool haadf = target == "HAADF";
    auto map =
        std::make_shared<ElementMap>(emptyMap(target, haadf ? MapUnit::Arbitrary : MapUnit::Fraction, crop.shape()));
    map->scanStep_nm = 1.053;
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    const double scale = haadf ? 20000 : 1;
    for (int y = 0; y < crop.height; ++y)
        for (int x = 0; x < crop.width; ++x) {
            double value = slope * truth(target, y, x, scan) + offset * scale + noise * scale * normal(random);
            const double distance = std::hypot(y - plantedSpot.y, x - plantedSpot.x);
            if (spot && haadf)
                value += 9000 * std::exp(-distance * distance / 8);
            map->at(y, x) = float(std::max(0.0, value));
        }
    return map;
}

ScanScores scoresOf(const ScanResult& scan, bool inSample)
{
    ScanScores scores;
    scores.name = scan.name;
    scores.role = scanRoleName(scan.role);
    scores.inSample = inSample;
    std::vector<MapPtr> real;
    std::vector<MapPtr> predicted;
    const auto scaled = [](const ElementMap& map) { // HAADF is scored in a 0..1 scale
        std::vector<float> values = map.values;
        for (float& value : values)
            value /= map.quantity == "HAADF" ? 20000.0f : 1.0f;
        return values;
    };
    for (const QuantityMaps& maps : scan.quantities) {
        const std::vector<float> actual = scaled(*maps.real);
        const std::vector<float> output = scaled(*maps.predicted);
        scores.targets.push_back(
            scoreTarget(maps.quantity, actual, output, fitLinearCorrection(actual, output), inSample));
        real.push_back(maps.real);
        predicted.push_back(maps.predicted);
    }
    scores.correlation = correlationMatrices(targets, real, predicted);
    return scores;
}

} // namespace

void addAccount(RunMetrics& metrics)
{
    const auto fill = [](TargetScores& target) {
        const double r = target.pearson.value.value_or(0);
        TargetAccount& account = target.account;
        account.withoutRowMeans.value = r / 2;
        account.pearson = ScoreInterval{r - 0.1, std::min(1.0, r + 0.05), 24};
        account.mae = ScoreInterval{*target.mae.value * 0.8, *target.mae.value * 1.3, 24};
        account.autocorrelation_px = 7.5;
        account.effectiveSamples = 60;
        const CeilingKind kind = target.name == "HAADF" ? CeilingKind::Counts : CeilingKind::Estimate;
        account.ceiling = NoiseCeiling{kind, {0.97, {}}, {0.94, {}}};
        account.baselines.baselines = {
            {BaselineKind::TrainingMean, 3150, {std::nullopt, "constant_map"}, {}, {0.2, {}}, {0.9, {}}},
            {BaselineKind::DepthProfile, 3150, {r - 0.2, {}}, {}, {0.05, {}}, {0.25, {}}}};
        account.baselines.best = BaselineKind::DepthProfile;
        account.baselines.skill.value = 0.25;
        account.baselines.n = 3150;
    };
    for (ScanScores& scan : metrics.scans)
        for (TargetScores& target : scan.targets)
            fill(target);
    for (TargetScores& target : metrics.testTargets)
        fill(target);
    metrics.leakGap.targets = {"O", "Si"};
    metrics.leakGap.guard_px = 12;
    metrics.leakGap.blocksTrain = 0.16;
    metrics.leakGap.rows = {{"paper-haadf", {0.97, 0.95}, {}, {0.7, 0.6}}, {"position", {0.99, 0.97}, {0.1, 0.2}, {0.3, 0.2}}};
}

RunResult syntheticRun()
{
    RunResult run;
    run.folder = "/nowhere/2026-01-02 03.04.05";
    run.study.targets = {"O", "Si", "Ge", "Sb", "Te"};
    run.study.recipe.name = "paper-haadf";
    run.study.crop = crop;
    run.study.scans = {StudyScan{"0033", ScanRole::Train}, StudyScan{"0037", ScanRole::Predict}};
    for (int epoch = 1; epoch <= 40; ++epoch)
        run.history.push_back({epoch, 0.12 * std::exp(-epoch / 9.0) + 0.012,
                               0.13 * std::exp(-epoch / 10.0) + 0.02 + 0.0004 * std::max(0, epoch - 30), 1.5, 2000});
    run.bestEpoch = 32;
    run.stoppedEarly = true;
    run.device = "CPU, 2 threads";
    run.seconds = 75;

    unsigned seed = 1;
    for (int i = 0; i < 2; ++i) {
        ScanResult scan;
        scan.name = i == 0 ? "0033" : "0037";
        scan.role = i == 0 ? ScanRole::Train : ScanRole::Predict;
        scan.scanShape = {110, 45};
        scan.crop = crop;
        for (const std::string& target : targets) {
            QuantityMaps maps{target};
            maps.measured = makeMap(target, i, 0.03, 1, 0, false, seed++);
            maps.real = makeMap(target, i, 0.004, 1, 0, false, seed++);
            maps.predicted = makeMap(target, i, 0.012, i == 0 ? 0.95 : 0.8, 0.03, i == 1, seed++);
            auto corrected = std::make_shared<ElementMap>(*maps.predicted);
            if (const auto fit = fitLinearCorrection(maps.real->values, maps.predicted->values))
                for (float& value : corrected->values)
                    value = float(fit->apply(value));
            maps.corrected = corrected;
            scan.quantities.push_back(std::move(maps));
        }
        run.scans.push_back(std::move(scan));
        run.metrics.scans.push_back(scoresOf(run.scans.back(), i == 0));
    }
    run.metrics.splitKind = "random";
    run.metrics.testTargets = run.metrics.scans.front().targets;
    run.metrics.summary = summarise(run.metrics.scans);
    std::mt19937 random(42);
    for (int y = crop.y; y < crop.y + crop.height; ++y)
        for (int x = crop.x; x < crop.x + crop.width; ++x)
            run.split.push_back({"0033", y, x, random() % 5 == 0 ? "test" : "train"});
    return run;
}

} // namespace dispersa
