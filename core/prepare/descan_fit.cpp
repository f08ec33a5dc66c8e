// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/descan_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <span>

namespace dispersa {
namespace {

constexpr int subsets = 500;
constexpr int mostSteps = 50;
constexpr double biweight = 4.685;  ///< 95 % of the efficiency of plain least squares for normal errors
constexpr double finest_px = 1e-4; ///< residuals below are as good as none
constexpr double medianDistance = 1.1774; ///< median distance of normal errors in two coordinates, in sigmas
constexpr double medianSize = 0.6745;     ///< the same in one
constexpr double largestJump_px = 2;      ///< between a scan row and the surface
constexpr int rowTurns = 4;
constexpr std::size_t fewestInRow = 3;

/// One weighted sample: its terms and its two positions.
struct Row {
    std::vector<double> terms;
    ImagePoint beam;
};

struct Surface {
    std::vector<double> y;
    std::vector<double> x;
};

/// Least squares by the normal equations and Gauss elimination: terms lie in -1..1, there are at most six.
std::optional<Surface> solve(const std::vector<Row>& rows, std::span<const std::size_t> chosen,
                             std::span<const double> weights)
{
    const std::size_t n = rows.front().terms.size();
    std::vector<std::vector<double>> a(n, std::vector<double>(n + 2, 0.0));
    for (const std::size_t index : chosen) {
        const Row& row = rows[index];
        const double weight = weights.empty() ? 1.0 : weights[index];
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j)
                a[i][j] += weight * row.terms[i] * row.terms[j];
            a[i][n] += weight * row.terms[i] * row.beam.y;
            a[i][n + 1] += weight * row.terms[i] * row.beam.x;
        }
    }
    double largest = 0;
    for (std::size_t i = 0; i < n; ++i)
        largest = std::max(largest, a[i][i]);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t pivot = i;
        for (std::size_t row = i + 1; row < n; ++row)
            if (std::abs(a[row][i]) > std::abs(a[pivot][i]))
                pivot = row;
        if (!(std::abs(a[pivot][i]) > 1e-9 * largest))
            return std::nullopt; // the chosen points do not determine the surface
        std::swap(a[i], a[pivot]);
        for (std::size_t row = 0; row < n; ++row) {
            if (row == i)
                continue;
            const double factor = a[row][i] / a[i][i];
            for (std::size_t column = i; column < n + 2; ++column)
                a[row][column] -= factor * a[i][column];
        }
    }
    Surface surface;
    for (std::size_t i = 0; i < n; ++i) {
        surface.y.push_back(a[i][n] / a[i][i]);
        surface.x.push_back(a[i][n + 1] / a[i][i]);
    }
    return surface;
}

ImagePoint valueOf(const Surface& surface, const std::vector<double>& terms)
{
    return {std::inner_product(terms.begin(), terms.end(), surface.y.begin(), 0.0),
            std::inner_product(terms.begin(), terms.end(), surface.x.begin(), 0.0)};
}

std::vector<double> residuals(const Surface& surface, const std::vector<Row>& rows)
{
    std::vector<double> distances;
    distances.reserve(rows.size());
    for (const Row& row : rows) {
        const ImagePoint fitted = valueOf(surface, row.terms);
        distances.push_back(std::hypot(row.beam.y - fitted.y, row.beam.x - fitted.x));
    }
    return distances;
}

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

ImagePoint medianOf(const std::vector<ImagePoint>& points)
{
    std::vector<double> y;
    std::vector<double> x;
    for (const ImagePoint& point : points) {
        y.push_back(point.y);
        x.push_back(point.x);
    }
    return {medianOf(std::move(y)), medianOf(std::move(x))};
}

double biweightOf(double u) { return u < 1 ? (1 - u * u) * (1 - u * u) : 0; }

/// Surface through a few samples that leaves the smallest median residual.
std::optional<Surface> leastMedian(const std::vector<Row>& rows)
{
    const std::size_t n = rows.front().terms.size();
    std::mt19937 random(1); // always the same: a prediction must repeat
    std::optional<Surface> best;
    double smallest = 0;
    for (int trial = 0; trial < subsets; ++trial) {
        std::vector<std::size_t> chosen;
        for (std::size_t i = 0; i < n; ++i)
            chosen.push_back(random() % rows.size());
        const auto surface = solve(rows, chosen, {});
        if (!surface)
            continue;
        if (const double median = medianOf(residuals(*surface, rows)); !best || median < smallest) {
            best = surface;
            smallest = median;
        }
    }
    return best;
}

/// Least squares re-weighted by Tukey's biweight of the distance, from `surface` on; the weights it ends with.
std::vector<double> reweighted(Surface& surface, const std::vector<Row>& rows)
{
    std::vector<std::size_t> all(rows.size());
    std::iota(all.begin(), all.end(), std::size_t(0));
    std::vector<double> weights(rows.size(), 1.0);
    for (int step = 0; step < mostSteps; ++step) {
        const std::vector<double> distances = residuals(surface, rows);
        const double limit = biweight * std::max(finest_px, medianOf(distances) / medianDistance);
        for (std::size_t i = 0; i < rows.size(); ++i)
            weights[i] = biweightOf(distances[i] / limit);
        const auto next = solve(rows, all, weights);
        if (!next)
            break;
        double moved = 0;
        for (std::size_t i = 0; i < next->y.size(); ++i)
            moved = std::max({moved, std::abs(next->y[i] - surface.y[i]), std::abs(next->x[i] - surface.x[i])});
        surface = *next;
        if (moved < 1e-6)
            break;
    }
    return weights;
}

/// What of the offsets found in rows is no chance: an offset of standard error `error` is taken towards 0 by what the
/// offsets of all rows vary beyond their errors, unless it stands out by itself.
double shrunken(double offset, double error, double spread)
{
    const double variance = std::max(0.0, spread * spread - error * error);
    const double common = variance > 0 ? variance / (variance + error * error) : 0;
    const double own = std::abs(offset) > 3 * error ? 1 - error * error / (offset * offset) : 0;
    return offset * std::max(common, own);
}

/// How far the samples of each scan row lie off `surface`: the median, then one step of re-weighting, which uses more of
/// what the samples know. Samples without weight count only as near as rows may jump: further off lie reflections. 0 for
/// rows with fewer than three.
std::vector<ImagePoint> rowOffsets(int height, const std::vector<BeamSample>& samples, const Surface& surface,
                                   const std::vector<Row>& rows, const std::vector<double>& weights)
{
    std::vector<std::vector<ImagePoint>> found(static_cast<std::size_t>(height));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const ImagePoint smooth = valueOf(surface, rows[i].terms);
        const ImagePoint off{samples[i].beam.y - smooth.y, samples[i].beam.x - smooth.x};
        if (weights[i] > 0 || std::hypot(off.y, off.x) < largestJump_px)
            found[static_cast<std::size_t>(samples[i].point.y)].push_back(off);
    }
    std::vector<ImagePoint> offsets(found.size());
    std::vector<double> distances;
    for (std::size_t row = 0; row < found.size(); ++row) {
        if (found[row].size() < fewestInRow)
            continue;
        offsets[row] = medianOf(found[row]);
        for (const ImagePoint& point : found[row])
            distances.push_back(std::hypot(point.y - offsets[row].y, point.x - offsets[row].x));
    }
    if (distances.empty())
        return offsets;
    const double sigma = std::max(finest_px, medianOf(distances) / medianDistance);
    std::vector<double> errors(found.size());
    std::vector<double> sizesY;
    std::vector<double> sizesX;
    for (std::size_t row = 0; row < found.size(); ++row) {
        if (found[row].size() < fewestInRow)
            continue;
        ImagePoint sum;
        double total = 0;
        for (const ImagePoint& point : found[row]) {
            const double weight =
                biweightOf(std::hypot(point.y - offsets[row].y, point.x - offsets[row].x) / (biweight * sigma));
            sum = {sum.y + weight * point.y, sum.x + weight * point.x};
            total += weight;
        }
        if (total > 0)
            offsets[row] = {sum.y / total, sum.x / total};
        errors[row] = sigma / std::sqrt(std::max(1.0, total));
        sizesY.push_back(std::abs(offsets[row].y));
        sizesX.push_back(std::abs(offsets[row].x));
    }
    const ImagePoint spread{medianOf(sizesY) / medianSize, medianOf(sizesX) / medianSize};
    for (std::size_t row = 0; row < offsets.size(); ++row)
        if (errors[row] > 0)
            offsets[row] = {shrunken(offsets[row].y, errors[row], spread.y),
                            shrunken(offsets[row].x, errors[row], spread.x)};
    return offsets;
}

/// Power pairs of the model that `samples` can tell apart.
std::vector<int> powersOf(DescanModel model, const std::vector<BeamSample>& samples)
{
    std::set<int> rows;
    std::set<int> columns;
    for (const BeamSample& sample : samples) {
        rows.insert(sample.point.y);
        columns.insert(sample.point.x);
    }
    std::vector<int> powers{0};
    if (model != DescanModel::Constant) {
        if (rows.size() > 1)
            powers.push_back(10);
        if (columns.size() > 1)
            powers.push_back(1);
    }
    if (model == DescanModel::Parabola || model == DescanModel::Rows) {
        if (rows.size() > 2)
            powers.push_back(20);
        if (columns.size() > 2)
            powers.push_back(2);
        if (rows.size() > 1 && columns.size() > 1)
            powers.push_back(11);
    }
    return powers;
}

} // namespace

DescanFit::DescanFit(DescanModel model, ScanShape scan, std::vector<BeamSample> samples, ImagePoint fallback)
    : m_scan(scan), m_powers{0}, m_y{fallback.y}, m_x{fallback.x}, m_samples(std::move(samples))
{
    if (m_samples.empty())
        return;
    m_powers = powersOf(model, m_samples);
    std::optional<Surface> surface;
    std::vector<Row> rows;
    // Places on one line, say, tell fewer terms apart than their rows and columns promise.
    for (; !surface; m_powers.pop_back()) {
        rows.clear();
        for (const BeamSample& sample : m_samples)
            rows.push_back({terms(sample.point), sample.beam});
        if ((surface = leastMedian(rows)) || m_powers.size() == 1)
            break;
    }
    if (!surface)
        return;
    std::vector<double> weights = reweighted(*surface, rows);
    if (model == DescanModel::Rows) {
        // What rows lie off the surface and what the surface is know each other after a few turns.
        for (int turn = 0; turn < rowTurns; ++turn) {
            m_rowOffsets = rowOffsets(m_scan.height, m_samples, *surface, rows, weights);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const ImagePoint offset = m_rowOffsets[static_cast<std::size_t>(m_samples[i].point.y)];
                rows[i].beam = {m_samples[i].beam.y - offset.y, m_samples[i].beam.x - offset.x};
            }
            weights = reweighted(*surface, rows);
        }
    }
    m_y = surface->y;
    m_x = surface->x;
    const std::vector<double> distances = residuals(*surface, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        m_samples[i].residual_px = distances[i];
        m_samples[i].outlier = !(weights[i] > 0);
    }
    m_medianResidual_px = medianOf(distances);
}

std::vector<double> DescanFit::terms(ScanPoint point) const
{
    const auto across = [](int place, int size) { return size > 1 ? 2.0 * place / (size - 1) - 1 : 0.0; };
    const double y = across(point.y, m_scan.height);
    const double x = across(point.x, m_scan.width);
    std::vector<double> values;
    values.reserve(m_powers.size());
    for (const int power : m_powers)
        values.push_back(std::pow(y, power / 10) * std::pow(x, power % 10));
    return values;
}

ImagePoint DescanFit::at(ScanPoint point) const
{
    const ImagePoint smooth = valueOf({m_y, m_x}, terms(point));
    if (m_rowOffsets.empty())
        return smooth;
    const ImagePoint offset = m_rowOffsets[static_cast<std::size_t>(std::clamp(point.y, 0, m_scan.height - 1))];
    return {smooth.y + offset.y, smooth.x + offset.x};
}

std::size_t DescanFit::outliers() const
{
    return static_cast<std::size_t>(
        std::count_if(m_samples.begin(), m_samples.end(), [](const BeamSample& sample) { return sample.outlier; }));
}

} // namespace dispersa
