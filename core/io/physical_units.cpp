// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/physical_units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numbers>
#include <utility>

namespace dispersa {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

/// Signs and words that stand for each other, in the order in which they are replaced.
constexpr std::array<Spelling, 28> spellings = {{{"\u00c5", "A"},
                                                 {"\u212b", "A"},
                                                 {"\xc5", "A"}, // Latin-1, once UTF-8 is gone
                                                 {"AA", "A"},
                                                 {"angstroms", "A"},
                                                 {"Angstroms", "A"},
                                                 {"angstrom", "A"},
                                                 {"Angstrom", "A"},
                                                 {"Ang", "A"},
                                                 {"ang", "A"},
                                                 {"\u207b\u00b9", "^-1"},
                                                 {"**", "^"},
                                                 {"\u00b5", "u"},
                                                 {"\u03bc", "u"},
                                                 {"\xb5", "u"},
                                                 {"microns", "um"},
                                                 {"micron", "um"},
                                                 {"meters", "m"},
                                                 {"metres", "m"},
                                                 {"meter", "m"},
                                                 {"metre", "m"},
                                                 {"picom", "pm"},
                                                 {"nanom", "nm"},
                                                 {"microm", "um"},
                                                 {"millim", "mm"},
                                                 {"centim", "cm"},
                                                 {"degrees", "deg"},
                                                 {"degree", "deg"}}};

constexpr std::array<std::pair<std::string_view, double>, 7> lengths = {
    {{"nm", 1}, {"A", 0.1}, {"um", 1e3}, {"pm", 1e-3}, {"m", 1e9}, {"mm", 1e6}, {"cm", 1e7}}};
constexpr std::array<std::pair<std::string_view, double>, 4> angles = {
    {{"mrad", 1}, {"urad", 1e-3}, {"rad", 1e3}, {"deg", 1e3 * std::numbers::pi / 180}}};
constexpr std::array<std::pair<std::string_view, double>, 3> energies = {{{"eV", 1}, {"keV", 1e3}, {"meV", 1e-3}}};

template<std::size_t size>
std::optional<double> factorIn(const std::array<std::pair<std::string_view, double>, size>& units,
                               std::string_view plain)
{
    for (const auto& [name, factor] : units)
        if (plain == name)
            return factor;
    return std::nullopt;
}

std::string utf8(unsigned code)
{
    const auto byte = [](unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80)
        return {byte(code)};
    if (code < 0x800)
        return {byte(0xc0 | (code >> 6)), byte(0x80 | (code & 0x3f))};
    return {byte(0xe0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3f)), byte(0x80 | (code & 0x3f))};
}

/// ImageJ and Java write what is not ASCII as "\u00B5".
std::string unescaped(std::string_view text)
{
    constexpr std::size_t length = 6;
    std::string unit;
    while (!text.empty()) {
        unsigned code = 0;
        if (text.size() >= length && text.starts_with("\\u") &&
            std::from_chars(text.data() + 2, text.data() + length, code, 16).ptr == text.data() + length) {
            unit += utf8(code);
            text.remove_prefix(length);
        } else {
            unit += text.front();
            text.remove_prefix(1);
        }
    }
    return unit;
}

/// Without blanks, brackets and TeX, and with one spelling for each of the signs that differ.
std::string plainUnit(std::string_view text)
{
    std::string unit = unescaped(text);
    constexpr std::string_view ornament(" $\\[]{}_\0", 9);
    std::erase_if(unit, [&](char c) { return ornament.find(c) != ornament.npos; });
    for (const auto& [written, plain] : spellings)
        for (auto at = unit.find(written); at != std::string::npos; at = unit.find(written, at + plain.size()))
            unit.replace(at, written.size(), plain);
    return unit;
}

/// The length whose reciprocal a plain unit is: "nm" of "1/nm", "nm^-1" and "nm-1".
std::string_view reciprocalOf(std::string_view plain)
{
    if (plain.starts_with("1/"))
        return plain.substr(2);
    for (const std::string_view ending : {"^-1", "-1"})
        if (plain.ends_with(ending))
            return plain.substr(0, plain.size() - ending.size());
    return {};
}

AxisUnit inverseUnit(std::string_view plainLength, bool twoPi)
{
    const auto length = factorIn(lengths, plainLength);
    return length ? AxisUnit{AxisKind::Inverse, 0.1 / *length / (twoPi ? 2 * std::numbers::pi : 1), twoPi} : AxisUnit{};
}

} // namespace

AxisUnit axisUnit(std::string_view text)
{
    // pyxem names the two conventions by the letter: k = 1/d, q = 2 pi/d.
    const bool twoPi = text.starts_with("q_");
    if (twoPi || text.starts_with("k_"))
        return inverseUnit(reciprocalOf(plainUnit(text.substr(2))), twoPi);
    const std::string plain = plainUnit(text);
    for (const std::string_view radians : {"rad/", "2pi/", "2\u03c0/"})
        if (plain.starts_with(radians))
            return inverseUnit(std::string_view(plain).substr(radians.size()), true);
    if (const auto inverse = reciprocalOf(plain); !inverse.empty())
        return inverseUnit(inverse, false);
    if (const auto nm = factorIn(lengths, plain))
        return {AxisKind::Length, *nm};
    if (const auto mrad = factorIn(angles, plain))
        return {AxisKind::Angle, *mrad};
    const auto eV = factorIn(energies, plain);
    return eV ? AxisUnit{AxisKind::Energy, *eV} : AxisUnit{};
}

const char* axisUnitName(AxisKind kind)
{
    switch (kind) {
    case AxisKind::Length:
        return "nm";
    case AxisKind::Inverse:
        return "1/A";
    case AxisKind::Angle:
        return "mrad";
    case AxisKind::Energy:
        return "eV";
    case AxisKind::Unknown:
        break;
    }
    return "px";
}

std::optional<double> lengthIn_nm(std::string_view unit)
{
    const AxisUnit found = axisUnit(unit);
    return found.kind == AxisKind::Length ? std::optional(found.factor) : std::nullopt;
}

std::optional<double> angleIn_mrad(std::string_view unit)
{
    const AxisUnit found = axisUnit(unit);
    return found.kind == AxisKind::Angle ? std::optional(found.factor) : std::nullopt;
}

std::optional<AxisUnit> reciprocalIn_invA(std::string_view unit)
{
    const AxisUnit found = axisUnit(unit);
    return found.kind == AxisKind::Inverse ? std::optional(found) : std::nullopt;
}

bool isUncalibrated(std::string_view unit)
{
    static constexpr std::array<std::string_view, 11> nothing = {
        "", "pixels", "pixel", "px", "pix", "unknown", "none", "None", "<undefined>", "undefined", "n/a"};
    return std::find(nothing.begin(), nothing.end(), plainUnit(unit)) != nothing.end() || unit == "_None_";
}

} // namespace dispersa
