// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/diffraction_ring.h"

#include "core/prepare/parallel_blocks.h"
#include "core/prepare/pattern_preparation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numbers>

namespace dispersa {
namespace {

constexpr int meanSamples = 200;
constexpr int sectors = 36;
constexpr double windowPart = 0.25;  ///< of the radius, on either side
constexpr double leastHump = 0.01;   ///< of the background
constexpr double step_px = 0.5;
constexpr double pi = std::numbers::pi;

/// Solves the n x n normal equations `a` (with the right side in the last column); false if they are singular.
template<std::size_t N>
bool solve(std::array<std::array<double, N + 1>, N>& a)
{
    for (std::size_t i = 0; i < N; ++i) {
        std::size_t pivot = i;
        for (std::size_t row = i + 1; row < N; ++row)
            if (std::abs(a[row][i]) > std::abs(a[pivot][i]))
                pivot = row;
        std::swap(a[i], a[pivot]);
        if (!(std::abs(a[i][i]) > 1e-12))
            return false;
        for (std::size_t row = 0; row < N; ++row) {
            if (row == i)
                continue;
            const double factor = a[row][i] / a[i][i];
            for (std::size_t column = i; column <= N; ++column)
                a[row][column] -= factor * a[i][column];
        }
    }
    for (std::size_t i = 0; i < N; ++i)
        a[i][N] /= a[i][i];
    return true;
}

template<std::size_t N>
void addRow(std::array<std::array<double, N + 1>, N>& a, const std::array<double, N>& terms, double value, double weight)
{
    for (std::size_t i = 0; i < N; ++i) {
        for (std::size_t j = 0; j < N; ++j)
            a[i][j] += weight * terms[i] * terms[j];
        a[i][N] += weight * terms[i] * value;
    }
}

double medianOf(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Value between pixels; the border continues outside.
double valueAt(std::span<const float> pattern, PatternShape shape, double y, double x)
{
    y = std::clamp(y, 0.0, shape.height - 1.0);
    x = std::clamp(x, 0.0, shape.width - 1.0);
    const int y0 = std::min(static_cast<int>(y), std::max(0, shape.height - 2));
    const int x0 = std::min(static_cast<int>(x), std::max(0, shape.width - 2));
    const auto at = [&](int row, int column) {
        const float value = pattern[static_cast<std::size_t>(std::min(row, shape.height - 1)) *
                                        static_cast<std::size_t>(shape.width) +
                                    static_cast<std::size_t>(std::min(column, shape.width - 1))];
        return std::isfinite(value) ? static_cast<double>(value) : 0.0;
    };
    const double fy = y - y0;
    const double fx = x - x0;
    return (1 - fy) * ((1 - fx) * at(y0, x0) + fx * at(y0, x0 + 1)) +
           fy * ((1 - fx) * at(y0 + 1, x0) + fx * at(y0 + 1, x0 + 1));
}

double angleOf(int sector) { return 2 * pi * sector / sectors; }

/// Mean over the sector's angles at each radius of the window, all radii stretched by `scale`.
std::vector<double> sectorProfile(std::span<const float> pattern, PatternShape shape, ImagePoint beam,
                                  std::span<const double> radii, int sector, double scale)
{
    std::vector<double> profile;
    for (const double radius : radii) {
        const double r = radius * scale;
        const int samples = std::max(1, static_cast<int>(std::lround(2 * pi * r / sectors)));
        double sum = 0;
        for (int i = 0; i < samples; ++i) {
            const double angle = angleOf(sector) + 2 * pi / sectors * ((i + 0.5) / samples - 0.5);
            sum += valueAt(pattern, shape, beam.y + r * std::sin(angle), beam.x + r * std::cos(angle));
        }
        profile.push_back(sum / samples);
    }
    return profile;
}

/// How much further out than in `typical` the ring of `profile` lies, as a part of the radius; empty if it has none.
std::optional<double> stretchOf(const std::vector<double>& profile, const std::vector<double>& typical,
                                std::span<const double> radii)
{
    std::array<std::array<double, 4>, 3> a = {};
    for (std::size_t i = 1; i + 1 < radii.size(); ++i) {
        const double slope = (typical[i + 1] - typical[i - 1]) / (radii[i + 1] - radii[i - 1]);
        addRow<3>(a, {typical[i], 1.0, -slope * radii[i]}, profile[i], 1);
    }
    if (!solve<3>(a) || !(a[0][3] > 0))
        return std::nullopt;
    const double stretch = a[2][3] / a[0][3];
    return std::abs(stretch) < windowPart ? std::optional(stretch) : std::nullopt;
}

/// Radius over the angle.
struct RingShape {
    std::array<double, 5> terms = {}; ///< r0, a, b, c, d
    double at(double angle) const
    {
        return terms[0] + terms[1] * std::cos(angle) + terms[2] * std::sin(angle) + terms[3] * std::cos(2 * angle) +
               terms[4] * std::sin(2 * angle);
    }
};

std::optional<RingShape> fitShape(const std::array<std::optional<double>, sectors>& radii, double& residual)
{
    std::array<double, sectors> weights;
    weights.fill(1);
    std::optional<RingShape> shape;
    for (int step = 0; step < 30; ++step) {
        std::array<std::array<double, 6>, 5> a = {};
        for (int k = 0; k < sectors; ++k)
            if (const auto radius = radii[std::size_t(k)])
                addRow<5>(a,
                          {1, std::cos(angleOf(k)), std::sin(angleOf(k)), std::cos(2 * angleOf(k)),
                           std::sin(2 * angleOf(k))},
                          *radius, weights[std::size_t(k)]);
        if (!solve<5>(a))
            return shape;
        shape.emplace();
        for (std::size_t i = 0; i < 5; ++i)
            shape->terms[i] = a[i][5];
        std::vector<double> distances;
        for (int k = 0; k < sectors; ++k)
            if (const auto radius = radii[std::size_t(k)])
                distances.push_back(std::abs(*radius - shape->at(angleOf(k))));
        residual = medianOf(distances);
        const double limit = 4.685 * std::max(1e-3, 1.4826 * residual);
        for (int k = 0; k < sectors; ++k)
            if (const auto radius = radii[std::size_t(k)]) {
                const double u = (*radius - shape->at(angleOf(k))) / limit;
                weights[std::size_t(k)] = std::abs(u) < 1 ? (1 - u * u) * (1 - u * u) : 0;
            }
    }
    return shape;
}

} // namespace

Result<std::vector<float>> centredMeanPattern(const DiffractionScan& scan, const DiffractionOptions& options,
                                              const ProgressSink& progress, std::stop_token stop)
{
    DiffractionOptions centred = options;
    centred.centre = CentreKind::SubPixel;
    centred.ellipseRatio = 1;
    centred.beamMask_px = centred.beamMaskEdge_px = 0;
    centred.bin = 1;
    const auto plan = makePreparationPlan(scan, wholeRegion(scan.scanShape()), centred, progress, stop);
    if (!plan)
        return fail(plan.error());
    const std::int64_t count = scan.scanShape().count();
    const std::int64_t samples = std::min<std::int64_t>(meanSamples, count);
    const auto pixels = static_cast<std::size_t>(scan.patternShape().count());
    std::vector<double> sum(pixels, 0.0);
    std::int64_t added = 0;
    std::mutex mutex;
    const auto step = [&](std::int64_t index, int) -> Result<void> {
        const std::int64_t place = (2 * index + 1) * count / (2 * samples);
        const ScanPoint point{static_cast<int>(place / scan.scanShape().width),
                              static_cast<int>(place % scan.scanShape().width)};
        if (!scan.isAvailable(point))
            return {};
        const auto pattern = scan.pattern(point);
        if (!pattern)
            return fail(pattern.error());
        std::vector<float> prepared(pixels);
        prepareCounts(*pattern, point, *plan, prepared);
        const std::lock_guard lock(mutex);
        for (std::size_t i = 0; i < pixels; ++i)
            sum[i] += static_cast<double>(prepared[i]);
        ++added;
        return {};
    };
    if (auto done = forEachParallel(samples, step, stop); !done)
        return fail(std::move(done.error()));
    std::vector<float> mean(pixels);
    for (std::size_t i = 0; i < pixels; ++i)
        mean[i] = static_cast<float>(sum[i] / static_cast<double>(std::max<std::int64_t>(1, added)));
    return mean;
}

std::optional<double> ringRadius(std::span<const double> profile, double near_px)
{
    if (!(near_px > 0))
        return std::nullopt;
    const int last = static_cast<int>(profile.size()) - 1;
    const int reach = std::max(3, static_cast<int>(std::lround(windowPart * near_px)));
    const int low = std::max(1, static_cast<int>(std::lround(near_px)) - reach);
    const int high = std::min(last, static_cast<int>(std::lround(near_px)) + reach);
    if (high - low < 4)
        return std::nullopt;
    const auto logarithm = [&](int r) { return std::log(std::max(profile[std::size_t(r)], 1e-12)); };
    const double slope = (logarithm(high) - logarithm(low)) / (high - low);
    const auto hump = [&](int r) { return logarithm(r) - logarithm(low) - slope * (r - low); };
    int best = low;
    for (int r = low + 1; r < high; ++r)
        if (hump(r) > hump(best))
            best = r;
    if (best == low || !(hump(best) > leastHump))
        return std::nullopt;
    const double before = hump(best - 1);
    const double after = hump(best + 1);
    const double bend = before - 2 * hump(best) + after;
    return bend < 0 ? best + 0.5 * (before - after) / bend : best;
}

Result<MeasuredRing> measureRing(std::span<const float> pattern, PatternShape shape, ImagePoint beam, double near_px)
{
    const auto noRing = [&](const std::string& what) {
        return fail(ErrorCode::InvalidArgument,
                    "There is no ring to measure at a radius of " + std::to_string(std::lround(near_px)) + " pixels: " +
                        what + ".");
    };
    const double edge = std::min({beam.y, beam.x, shape.height - 1 - beam.y, shape.width - 1 - beam.x});
    if (!(near_px >= 4 && near_px < edge))
        return noRing("it must lie between 4 pixels and the edge of the pattern");
    const double outer = std::min(near_px * (1 + windowPart), std::max(near_px + 3, edge));
    std::vector<double> radii;
    for (double r = near_px * (1 - windowPart); r <= outer; r += step_px)
        radii.push_back(r);
    std::array<double, sectors> scales;
    scales.fill(1);
    std::array<std::optional<double>, sectors> found;
    for (int round = 0; round < 6; ++round) {
        std::array<std::vector<double>, sectors> profiles;
        for (int k = 0; k < sectors; ++k)
            profiles[std::size_t(k)] = sectorProfile(pattern, shape, beam, radii, k, scales[std::size_t(k)]);
        std::vector<double> typical; // the median of the sectors: Bragg spots lie in a few of them
        for (std::size_t i = 0; i < radii.size(); ++i) {
            std::vector<double> values;
            for (const auto& profile : profiles)
                values.push_back(profile[i]);
            typical.push_back(medianOf(std::move(values)));
        }
        for (int k = 0; k < sectors; ++k) {
            const auto stretch = stretchOf(profiles[std::size_t(k)], typical, radii);
            found[std::size_t(k)] = std::nullopt;
            if (!stretch)
                continue;
            scales[std::size_t(k)] = std::clamp(scales[std::size_t(k)] * (1 + *stretch), 0.7, 1.4);
            found[std::size_t(k)] = near_px * scales[std::size_t(k)];
        }
    }
    if (std::count_if(found.begin(), found.end(), [](const auto& radius) { return radius.has_value(); }) < sectors / 2)
        return noRing("fewer than half of its directions show one");
    MeasuredRing ring;
    const auto fitted = fitShape(found, ring.residual_px);
    if (!fitted || !(fitted->terms[0] > 0))
        return noRing("it does not close");
    const double ellipticity = std::hypot(fitted->terms[3], fitted->terms[4]) / fitted->terms[0];
    if (!(ellipticity < 1.0 / 3))
        return noRing("what was found is no ellipse of a ratio up to 2");
    ring.ellipse.ratio = (1 + ellipticity) / (1 - ellipticity);
    ring.ellipse.angle_deg = 0.5 * std::atan2(fitted->terms[4], fitted->terms[3]) * 180 / pi;
    ring.centre = {beam.y + fitted->terms[2], beam.x + fitted->terms[1]};
    return ring;
}

} // namespace dispersa
