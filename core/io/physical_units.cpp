// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/physical_units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace dispersa {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

/// Without blanks, brackets and TeX, and with one spelling for each of the signs that differ.
std::string plainUnit(std::string unit)
{
    static constexpr std::array<Spelling, 15> spellings = {{{"\u00c5", "A"},
                                                            {"\u212b", "A"},
                                                            {"AA", "A"},
                                                            {"angstroms", "A"},
                                                            {"Angstroms", "A"},
                                                            {"angstrom", "A"},
                                                            {"Angstrom", "A"},
                                                            {"Ang", "A"},
                                                            {"ang", "A"},
                                                            {"\u207b\u00b9", "^-1"},
                                                            {"nanometers", "nm"},
                                                            {"nanometer", "nm"},
                                                            {"\u00b5", "u"},
                                                            {"\u03bc", "u"},
                                                            {"meters", "m"}}};
    std::erase_if(unit, [](char c) { return std::string_view(" $\\[]{}_").find(c) != std::string_view::npos; });
    for (const auto& [written, plain] : spellings)
        for (auto at = unit.find(written); at != std::string::npos; at = unit.find(written, at + plain.size()))
            unit.replace(at, written.size(), plain);
    return unit;
}

/// The length whose reciprocal a plain unit is: "nm" of "1/nm", "nm^-1" and "nm-1".
std::string reciprocalOf(const std::string& plain)
{
    if (plain.starts_with("1/"))
        return plain.substr(2);
    for (const std::string_view ending : {"^-1", "**-1", "-1"})
        if (plain.ends_with(ending))
            return plain.substr(0, plain.size() - ending.size());
    return {};
}

std::optional<double> plainLengthIn_nm(const std::string& plain)
{
    static constexpr std::array<std::pair<std::string_view, double>, 6> lengths = {
        {{"nm", 1}, {"A", 0.1}, {"um", 1e3}, {"pm", 1e-3}, {"m", 1e9}, {"mm", 1e6}}};
    for (const auto& [name, nm] : lengths)
        if (plain == name)
            return nm;
    return std::nullopt;
}

constexpr double twoPi = 6.283185307179586;

} // namespace

std::optional<double> lengthIn_nm(const std::string& unit)
{
    return plainLengthIn_nm(plainUnit(unit));
}

std::optional<ReciprocalUnit> reciprocalIn_invA(const std::string& unit)
{
    ReciprocalUnit result;
    // pyxem names the two conventions by the letter: k = 1/d, q = 2 pi/d.
    std::string plain = plainUnit(unit.starts_with("q_") || unit.starts_with("k_") ? unit.substr(2) : unit);
    result.twoPi = unit.starts_with("q_");
    for (const std::string_view radians : {"rad/", "2pi/", "2\u03c0/"})
        if (plain.starts_with(radians)) {
            plain = "1/" + plain.substr(radians.size());
            result.twoPi = true;
        }
    const auto length = plainLengthIn_nm(reciprocalOf(plain));
    if (!length)
        return std::nullopt;
    result.invA = 0.1 / *length / (result.twoPi ? twoPi : 1);
    return result;
}

std::optional<double> angleIn_mrad(const std::string& unit)
{
    const std::string plain = plainUnit(unit);
    if (plain == "mrad")
        return 1.0;
    if (plain == "urad")
        return 1e-3;
    if (plain == "rad")
        return 1e3;
    return plain == "deg" || plain == "degree" || plain == "degrees" ? std::optional(1e3 * twoPi / 360) : std::nullopt;
}

bool isUncalibrated(const std::string& unit)
{
    static constexpr std::array<std::string_view, 11> nothing = {
        "", "pixels", "pixel", "px", "pix", "unknown", "none", "None", "<undefined>", "undefined", "n/a"};
    return std::find(nothing.begin(), nothing.end(), plainUnit(unit)) != nothing.end() || unit == "_None_";
}

} // namespace dispersa
