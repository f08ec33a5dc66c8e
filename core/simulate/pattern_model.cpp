// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/pattern_model_p.h"

#include "core/simulate/lobato.h"
#include "core/simulate/random_p.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace dispersa::simulate {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double wavelength_A = 0.025079;  ///< 200 kV
constexpr double relativistic = 1.3914;    ///< gamma at 200 kV: electrons scatter as if heavier
constexpr double qLimit_invA = 8;          ///< beyond it nothing is left to integrate
constexpr double latticeConstant_A = 6.01; ///< fcc Ge-Sb-Te
constexpr double debyeWaller_A2 = 1.5;
constexpr double excitationWidth_invA = 0.02; ///< a grain a few nm thick has relrods of this width
constexpr int samplesPerPixel = 8;            ///< of the radial profiles

/// Volume of an atom in A^3: SiO2 and Ge-Sb-Te come out at their densities.
constexpr Composition atomicVolume_A3 = {12, 21, 26, 31, 32};

/// A peak of the amorphous structure factor, in Q = 2 pi/d.
struct Peak {
    double Q_invA, height, width_invA;
};
const std::vector<Peak> elementPeaks[5] = {
    {{1.5, 1.5, 0.25}, {2.9, 0.3, 0.35}, {5.1, 0.4, 0.6}},   // O: the network of silica
    {{1.5, 2.0, 0.25}, {2.9, 0.25, 0.35}, {5.1, 0.35, 0.6}}, // Si
    {{2.32, 1.8, 0.2}, {3.6, 0.8, 0.33}, {5.4, 0.15, 0.5}},  // Ge: the shortest bonds of the alloy
    {{1.88, 1.7, 0.2}, {3.0, 0.7, 0.33}},                    // Sb: the longest
    {{2.1, 2.0, 0.2}, {3.3, 0.9, 0.33}},                     // Te
};
/// Bonds of the alloy's metals with oxygen.
const std::vector<Peak> oxidePeaks = {{1.7, 2.4, 0.28}, {3.9, 1.5, 0.4}};

double peaksAt(const std::vector<Peak>& peaks, double Q)
{
    double sum = 0;
    for (const Peak& peak : peaks) {
        const double t = (Q - peak.Q_invA) / peak.width_invA;
        sum += peak.height * std::exp(-0.5 * t * t);
    }
    return sum;
}

double factor(std::size_t element, double q)
{
    return scatteringFactor_A(elements[element], q).value_or(0);
}

/// Interference empties the smallest angles: a dense film has no fluctuations of that length.
double openness(double Q)
{
    return 1 - 0.9 * std::exp(-(Q / 1.3) * (Q / 1.3));
}

double intensityOf(std::size_t profile, double q)
{
    const double Q = 2 * pi * q;
    if (profile < elements.size()) {
        const double f = factor(profile, q);
        return f * f * (openness(Q) + peaksAt(elementPeaks[profile], Q));
    }
    return factor(0, q) * factor(4, q) * peaksAt(oxidePeaks, Q);
}

/// Weights of the profiles: fractions, and the probability of a metal beside oxygen.
std::array<double, 6> weightsOf(const Composition& c)
{
    return {c[0], c[1], c[2], c[3], c[4], 4 * c[0] * (c[2] + c[3] + c[4])};
}

/// integral of profile x 2 pi q dq, in 1/A^2 times A^2.
double integralOf(std::size_t profile)
{
    constexpr double step = 0.002;
    double sum = 0;
    for (double q = step / 2; q < qLimit_invA; q += step)
        sum += intensityOf(profile, q) * 2 * pi * q * step;
    return sum;
}

const std::array<double, 6>& profileIntegrals()
{
    static const std::array<double, 6> integrals = [] {
        std::array<double, 6> result = {};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = integralOf(i);
        return result;
    }();
    return integrals;
}

/// exp(-x) for 0 <= x <= 12 to 1e-6, in a form that compilers vectorise.
inline float negativeExponential(float x)
{
    const float t = x * -1.44269504f;
    const int whole = static_cast<int>(t - 1); // truncates upwards: t - whole lies in [0, 1]
    const float f = t - static_cast<float>(whole);
    const float p =
        1 +
        f * (0.693147181f +
             f * (0.240226507f + f * (0.0555041087f + f * (0.00961812911f + f * (0.00133335581f + f * 0.000154035f)))));
    return p * std::bit_cast<float>((whole + 127) << 23);
}

void countElectrons(const float* mean, std::size_t count, Random& random, std::uint16_t* out)
{
    constexpr std::size_t block = 256;
    float atZero[block];
    for (std::size_t start = 0; start < count; start += block) {
        const std::size_t length = std::min(block, count - start);
        for (std::size_t i = 0; i < length; ++i)
            atZero[i] = negativeExponential(std::min(mean[start + i], Random::smallMean));
        for (std::size_t i = 0; i < length; ++i) {
            const float m = mean[start + i];
            const int n = m < Random::smallMean ? random.invert(m, atZero[i]) : random.roundedNormal(m);
            out[start + i] = static_cast<std::uint16_t>(std::min(n, 65535));
        }
    }
}

double probeRadius_px(int pixels)
{
    return 1e-3 * convergence_mrad / wavelength_A / qPixel_invA(pixels);
}

} // namespace

double qPixel_invA(int pixels)
{
    return 0.0231 * 256 / pixels;
}

double meanFreePath_nm(const Composition& composition)
{
    const auto weights = weightsOf(composition);
    double crossSection_A2 = 0, volume_A3 = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        crossSection_A2 += weights[i] * profileIntegrals()[i];
    for (std::size_t i = 0; i < composition.size(); ++i)
        volume_A3 += composition[i] * atomicVolume_A3[i];
    crossSection_A2 *= relativistic * relativistic * wavelength_A * wavelength_A;
    return 0.1 * volume_A3 / crossSection_A2;
}

PatternModel::PatternModel(const Film& film, int pixels, std::uint64_t seed)
    : m_film(film), m_pixels(pixels), m_seed(seed), m_speckle(pixels, std::max(0.5, 0.9 * pixels / 256), seed)
{
    const double pixel = qPixel_invA(pixels);
    const int samples = pixels * samplesPerPixel; // reaches the corners even when the beam is off centre
    for (std::size_t profile = 0; profile < profileIntegrals().size(); ++profile) {
        std::vector<float> values;
        for (int i = 0; i < samples; ++i)
            values.push_back(static_cast<float>(intensityOf(profile, (i + 0.5) / samplesPerPixel * pixel)));
        m_profiles.push_back(std::move(values));
        m_integrals.push_back(profileIntegrals()[profile] / (pixel * pixel));
    }
    for (const Grain& grain : film.grains())
        m_spots.push_back(spotsOf(grain));
    Random random({seed, 0x407});
    for (int i = 0; i < 6; ++i)
        m_hotPixels.push_back({static_cast<std::size_t>(random.next() % (static_cast<std::uint64_t>(pixels) *
                                                                         static_cast<std::uint64_t>(pixels))),
                               static_cast<float>(random.uniform(150, 1500))});
}

BeamCentre PatternModel::beamCentre(int scan, int y, int x) const
{
    const double scale = m_pixels / 256.0;
    Random ofScan({m_seed, 0xdead, static_cast<std::uint64_t>(scan)});
    const double offsetY = 0.8 * ofScan.normal(), offsetX = 0.8 * ofScan.normal(), slope = ofScan.uniform(4, 7);
    Random ofProbe({m_seed, 0xbea3, static_cast<std::uint64_t>(scan), static_cast<std::uint64_t>(y),
                    static_cast<std::uint64_t>(x)});
    const double row = (y + 0.5) / m_film.shape().height - 0.5, column = (x + 0.5) / m_film.shape().width - 0.5;
    const double jitterY = 0.1 * ofProbe.normal(), jitterX = 0.1 * ofProbe.normal();
    return {m_pixels / 2.0 + scale * (offsetY + slope * row + 0.4 * column + jitterY),
            m_pixels / 2.0 + scale * (offsetX - 0.35 * slope * row + 1.2 * column + jitterX)};
}

std::vector<PatternModel::BraggSpot> PatternModel::spotsOf(const Grain& grain) const
{
    constexpr int reach = 10;
    std::vector<BraggSpot> spots;
    double zoneSum = 0; // what a crystal on its fourfold axis would scatter: the common scale of all orientations
    const auto strength = [](double q, bool even) {
        const double metals = 0.5 * (factor(2, q) + factor(3, q)), tellurium = factor(4, q);
        const double f = even ? metals + tellurium : metals - tellurium;
        return f * f * std::exp(-0.5 * debyeWaller_A2 * q * q);
    };
    const auto excited = [](double deviation) {
        return std::exp(-(deviation / excitationWidth_invA) * (deviation / excitationWidth_invA));
    };
    for (int h = -reach; h <= reach; ++h)
        for (int k = -reach; k <= reach; ++k)
            for (int l = -reach; l <= reach; ++l) {
                const bool even = h % 2 == 0 && k % 2 == 0 && l % 2 == 0, odd = h % 2 != 0 && k % 2 != 0 && l % 2 != 0;
                if ((!even && !odd) || (h == 0 && k == 0 && l == 0)) // fcc: unmixed indices only
                    continue;
                const std::array<double, 3> g = {h / latticeConstant_A, k / latticeConstant_A, l / latticeConstant_A};
                std::array<double, 3> turned = {};
                for (std::size_t i = 0; i < 3; ++i)
                    for (std::size_t j = 0; j < 3; ++j)
                        turned[i] += grain.orientation[i][j] * g[j];
                const double q = std::sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
                const double ewald = 0.5 * wavelength_A * q * q;
                zoneSum += strength(q, even) * excited(g[2] + ewald);
                const double intensity = strength(q, even) * excited(turned[2] + ewald);
                if (intensity > 1e-4)
                    spots.push_back({turned[0], turned[1], intensity});
            }
    for (BraggSpot& spot : spots)
        spot.intensity /= zoneSum;
    return spots;
}

void PatternModel::addHalo(const Spot& spot, double electrons, BeamCentre centre, int scan, int y, int x,
                           float* mean) const
{
    const auto weights = weightsOf(spot.composition);
    double integral = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        integral += weights[i] * m_integrals[i];
    std::vector<float> profile(m_profiles[0].size(), 0.0f);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const float weight = static_cast<float>(weights[i] * electrons / integral);
        for (std::size_t r = 0; r < profile.size(); ++r)
            profile[r] += weight * m_profiles[i][r];
    }
    const auto place = m_speckle.place(scan, y, x);
    const float limit = static_cast<float>(profile.size() - 1);
    const float* const table = profile.data();
    for (int row = 0; row < m_pixels; ++row) {
        float* const line = mean + static_cast<std::ptrdiff_t>(row) * m_pixels;
        m_speckle.row(place, row, line);
        const float dy = static_cast<float>(row - centre.y) * samplesPerPixel;
        const float dx0 = static_cast<float>(-centre.x) * samplesPerPixel;
        for (int column = 0; column < m_pixels; ++column) {
            const float dx = dx0 + static_cast<float>(column * samplesPerPixel);
            const float r = std::min(std::sqrt(dy * dy + dx * dx), limit);
            line[column] *= table[static_cast<int>(r)];
        }
    }
}

/// A disk of the probe's convergence with a soft edge, somewhere in the pattern.
void PatternModel::addDisk(double y, double x, double electrons, float* mean) const
{
    const double radius = probeRadius_px(m_pixels), softness = std::max(0.3, 0.35 * m_pixels / 256);
    const int reach = static_cast<int>(std::ceil(radius + 7 * softness));
    const int top = static_cast<int>(std::lround(y)) - reach, left = static_cast<int>(std::lround(x)) - reach;
    double weights[64 * 64];
    const int edge = std::min(64, 2 * reach + 1);
    double sum = 0;
    for (int i = 0; i < edge; ++i)
        for (int j = 0; j < edge; ++j) {
            const double r = std::hypot(top + i - y, left + j - x);
            sum += weights[i * 64 + j] = 1 / (1 + std::exp((r - radius) / softness));
        }
    for (int i = std::max(0, -top); i < edge && top + i < m_pixels; ++i)
        for (int j = std::max(0, -left); j < edge && left + j < m_pixels; ++j)
            mean[static_cast<std::ptrdiff_t>(top + i) * m_pixels + left + j] +=
                static_cast<float>(electrons * weights[i * 64 + j] / sum);
}

void PatternModel::render(int scan, int y, int x, std::span<std::uint16_t> out) const
{
    Random random({m_seed, 0xe1ec, static_cast<std::uint64_t>(scan), static_cast<std::uint64_t>(y),
                   static_cast<std::uint64_t>(x)});
    const Spot spot = m_film.at(scan, y, x);
    const BeamCentre centre = beamCentre(scan, y, x);
    const double dose = electronsPerPattern * (1 + 0.01 * random.normal());
    const double scattered = dose * (1 - std::exp(-spot.thickness_nm / meanFreePath_nm(spot.composition)));
    std::vector<float> mean(out.size());
    double bragg = 0;
    addHalo(spot, scattered * (1 - spot.crystallinity), centre, scan, y, x, mean.data());
    if (spot.grain >= 0)
        for (const BraggSpot& disk : m_spots[static_cast<std::size_t>(spot.grain)]) {
            const double electrons = scattered * spot.crystallinity * disk.intensity;
            addDisk(centre.y + disk.qy / qPixel_invA(m_pixels), centre.x + disk.qx / qPixel_invA(m_pixels), electrons,
                    mean.data());
            bragg += electrons;
        }
    // What the crystal does not diffract stays in the direct beam.
    addDisk(centre.y, centre.x, std::max(0.0, dose - scattered * (1 - spot.crystallinity) - bragg), mean.data());
    for (const HotPixel& hot : m_hotPixels)
        mean[hot.index] += hot.counts;
    countElectrons(mean.data(), mean.size(), random, out.data());
}

} // namespace dispersa::simulate
