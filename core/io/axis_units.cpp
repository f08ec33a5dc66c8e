// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/axis_units.h"

#include <array>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

namespace dispersa {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 9> lengths = {{
    {"pm", 1e-3},
    {"A", 0.1},
    {"Ang", 0.1},
    {"Angstrom", 0.1},
    {"nm", 1},
    {"um", 1e3},
    {"micron", 1e3},
    {"mm", 1e6},
    {"m", 1e9},
}};

/// Without blanks, with one spelling of micro and of Angstrom.
std::string plain(std::string_view text)
{
    std::string unit;
    for (const char c : text)
        if (c != ' ' && c != '\0')
            unit += c;
    // Micro sign and Greek mu, A with ring and the Angstrom sign, the superscript -1; then the Latin-1 of older files.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> spellings = {{
        {"\u00b5", "u"},
        {"\u03bc", "u"},
        {"\u00c5", "A"},
        {"\u212b", "A"},
        {"\u207b\u00b9", "^-1"},
        {"\xb5", "u"},
        {"\xc5", "A"},
    }};
    for (const auto& [from, to] : spellings)
        if (const auto at = unit.find(from); at != std::string::npos)
            unit.replace(at, from.size(), to);
    return unit;
}

std::optional<double> lengthIn_nm(std::string_view unit)
{
    for (const auto& [name, nanometres] : lengths)
        if (unit == name)
            return nanometres;
    return std::nullopt;
}

} // namespace

AxisUnit axisUnit(std::string_view text)
{
    const std::string unit = plain(text);
    std::string_view inverse;
    if (unit.starts_with("1/"))
        inverse = std::string_view(unit).substr(2);
    else if (unit.ends_with("^-1"))
        inverse = std::string_view(unit).substr(0, unit.size() - 3);
    else if (unit.ends_with("-1"))
        inverse = std::string_view(unit).substr(0, unit.size() - 2);
    if (!inverse.empty()) {
        const auto length = lengthIn_nm(inverse);
        return length ? AxisUnit{AxisKind::Inverse, 0.1 / *length} : AxisUnit{};
    }
    if (const auto length = lengthIn_nm(unit))
        return {AxisKind::Length, *length};
    if (unit == "mrad")
        return {AxisKind::Angle, 1};
    if (unit == "rad")
        return {AxisKind::Angle, 1e3};
    if (unit == "deg")
        return {AxisKind::Angle, 1e3 * std::numbers::pi / 180};
    if (unit == "eV")
        return {AxisKind::Energy, 1};
    if (unit == "keV")
        return {AxisKind::Energy, 1e3};
    return unit == "meV" ? AxisUnit{AxisKind::Energy, 1e-3} : AxisUnit{};
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

} // namespace dispersa
