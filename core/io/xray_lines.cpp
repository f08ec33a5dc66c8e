// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/xray_lines.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dispersa {
namespace {

/// Energies in eV; 0 where there is no such line.
struct Lines {
    std::string_view element;
    int k, l, m;
};

// Made by tests/core/io/xray_lines.py, in the order of atomic numbers from 1.
constexpr auto table = std::to_array<Lines>({
    // clang-format off
    {"H", 0, 0, 0}, {"He", 0, 0, 0}, {"Li", 49, 0, 0}, {"Be", 108, 0, 0},
    {"B", 183, 0, 0}, {"C", 277, 0, 0}, {"N", 392, 0, 0}, {"O", 525, 0, 0},
    {"F", 677, 0, 0}, {"Ne", 849, 0, 0}, {"Na", 1040, 0, 0}, {"Mg", 1254, 0, 0},
    {"Al", 1486, 0, 0}, {"Si", 1740, 0, 0}, {"P", 2010, 0, 0}, {"S", 2309, 0, 0},
    {"Cl", 2621, 0, 0}, {"Ar", 2957, 0, 0}, {"K", 3313, 0, 0}, {"Ca", 3691, 0, 0},
    {"Sc", 4092, 0, 0}, {"Ti", 4510, 452, 0}, {"V", 4950, 510, 0}, {"Cr", 5412, 572, 0},
    {"Mn", 5897, 637, 0}, {"Fe", 6401, 705, 0}, {"Co", 6926, 775, 0}, {"Ni", 7474, 849, 0},
    {"Cu", 8040, 928, 0}, {"Zn", 8629, 1012, 0}, {"Ga", 9242, 1098, 0}, {"Ge", 9875, 1188, 0},
    {"As", 10531, 1282, 0}, {"Se", 11210, 1379, 0}, {"Br", 11908, 1481, 0}, {"Kr", 12630, 1584, 0},
    {"Rb", 13376, 1692, 0}, {"Sr", 14142, 1806, 0}, {"Y", 14932, 1924, 0}, {"Zr", 15746, 2044, 0},
    {"Nb", 16583, 2168, 0}, {"Mo", 17444, 2292, 0}, {"Tc", 18327, 2423, 0}, {"Ru", 19234, 2558, 0},
    {"Rh", 20167, 2696, 0}, {"Pd", 21123, 2837, 0}, {"Ag", 22103, 2982, 0}, {"Cd", 23107, 3132, 0},
    {"In", 24138, 3285, 0}, {"Sn", 25192, 3443, 0}, {"Sb", 26272, 3603, 0}, {"Te", 27378, 3767, 0},
    {"I", 28509, 3937, 0}, {"Xe", 29662, 4108, 0}, {"Cs", 30851, 4284, 0}, {"Ba", 32061, 4465, 0},
    {"La", 33298, 4645, 836}, {"Ce", 34564, 4837, 884}, {"Pr", 35859, 5033, 927}, {"Nd", 37179, 5225, 979},
    {"Pm", 38528, 5429, 1023}, {"Sm", 39906, 5630, 1078}, {"Eu", 41314, 5846, 1122}, {"Gd", 42751, 6050, 1181},
    {"Tb", 44218, 6269, 1233}, {"Dy", 45715, 6494, 1284}, {"Ho", 47243, 6716, 1342}, {"Er", 48802, 6945, 1404},
    {"Tm", 50392, 7175, 1463}, {"Yb", 52014, 7411, 1526}, {"Lu", 53669, 7650, 1580}, {"Hf", 55362, 7894, 1646},
    {"Ta", 57078, 8140, 1712}, {"W", 58830, 8392, 1775}, {"Re", 60620, 8645, 1840}, {"Os", 62445, 8904, 1907},
    {"Ir", 64305, 9167, 1976}, {"Pt", 66201, 9434, 2048}, {"Au", 68136, 9704, 2118}, {"Hg", 70105, 9980, 2191},
    {"Tl", 72115, 10259, 2267}, {"Pb", 74164, 10541, 2342}, {"Bi", 76252, 10828, 2418}, {"Po", 78382, 11119, 2499},
    {"At", 80551, 11415, 2577}, {"Rn", 82762, 11714, 2654}, {"Fr", 85021, 12017, 2732}, {"Ra", 87328, 12325, 2806},
    {"Ac", 89665, 12637, 2900}, {"Th", 92060, 12952, 2990}, {"Pa", 94501, 13274, 3071}, {"U", 96992, 13596, 3164},
    {"Np", 99527, 13927, 3250}, {"Pu", 102113, 14262, 3339}, {"Am", 104756, 14599, 3429}, {"Cm", 107457, 14939, 3525},
    {"Bk", 110202, 15285, 3616}, {"Cf", 113003, 15636, 3709},
    // clang-format on
});

constexpr double highestUsual_keV = 15; ///< above, a silicon detector lets most X-rays through
constexpr double highest_keV = 40;

/// Full width at half maximum in keV: noise and Fano statistics added up, 130 eV at 5.895 keV.
double resolution_keV(double energy_keV)
{
    const double square_eV2 = 2.5 * (1e3 * energy_keV - 5895) + 130 * 130;
    return 1e-3 * std::sqrt(std::max(square_eV2, 50.0 * 50.0));
}

} // namespace

std::optional<double> xrayLine_keV(std::string_view element, XrayFamily family)
{
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Lines& lines) { return lines.element == element; });
    if (found == table.end())
        return std::nullopt;
    const int energy_eV = family == XrayFamily::K ? found->k : family == XrayFamily::L ? found->l : found->m;
    return energy_eV > 0 ? std::optional(1e-3 * energy_eV) : std::nullopt;
}

std::optional<std::string> elementOfNumber(int atomicNumber)
{
    if (atomicNumber < 1 || atomicNumber > static_cast<int>(table.size()))
        return std::nullopt;
    return std::string(table[static_cast<std::size_t>(atomicNumber) - 1].element);
}

std::optional<EnergyWindow> countingWindow(std::string_view element, double lowest_keV,
                                           std::optional<XrayFamily> preferred)
{
    const auto windowOf = [&](XrayFamily family, double highest) -> std::optional<EnergyWindow> {
        const auto line = xrayLine_keV(element, family);
        if (!line || *line < lowest_keV || *line > highest)
            return std::nullopt;
        const double width = resolution_keV(*line);
        return EnergyWindow{family, *line, *line - width, *line + width};
    };
    if (preferred)
        if (auto window = windowOf(*preferred, highest_keV))
            return window;
    for (const XrayFamily family : {XrayFamily::K, XrayFamily::L, XrayFamily::M})
        if (auto window = windowOf(family, highestUsual_keV))
            return window;
    return std::nullopt;
}

} // namespace dispersa
