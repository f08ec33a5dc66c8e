// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/axis_roles.h"

#include "core/io/physical_units.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace dispersa {
namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool startsWithAny(const std::string& text, std::initializer_list<std::string_view> beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return text.starts_with(beginning); });
}

/// 'y' or 'x' at the end of a name such as "scan_y" or "kx"; 0 if neither.
char direction(const std::string& name)
{
    const char last = name.empty() ? '\0' : lower(name).back();
    return last == 'x' || last == 'y' ? last : '\0';
}

/// "R_x" and "Qx" of py4DSTEM, where x is the first axis.
bool isPy4dstemName(const std::string& name)
{
    return name.size() >= 2 && (name[0] == 'R' || name[0] == 'Q');
}

/// True if a pair names its faster axis first.
bool isSwapped(const NamedAxis& slow, const NamedAxis& fast)
{
    return !isPy4dstemName(slow.name) && direction(slow.name) == 'x' && direction(fast.name) == 'y';
}

} // namespace

AxisRole axisRole(const NamedAxis& axis)
{
    if (reciprocalIn_invA(axis.unit) || angleIn_mrad(axis.unit))
        return AxisRole::Detector;
    if (axis.unit == "eV" || axis.unit == "keV")
        return AxisRole::Energy;
    const std::string name = lower(axis.name);
    if (startsWithAny(name, {"q", "k", "det", "diff"}))
        return AxisRole::Detector;
    if (startsWithAny(name, {"energy"}))
        return AxisRole::Energy;
    return startsWithAny(name, {"r", "scan", "nav"}) || lengthIn_nm(axis.unit) ? AxisRole::Scan : AxisRole::Unknown;
}

std::optional<Warning> otherOrder(const std::string& dataset, const std::vector<NamedAxis>& axes,
                                  const std::filesystem::path& path)
{
    if (axes.size() != 4)
        return std::nullopt;
    const auto is = [&](std::size_t axis, AxisRole role) { return axisRole(axes[axis]) == role; };
    const bool detectorFirst =
        is(0, AxisRole::Detector) || is(1, AxisRole::Detector) || is(2, AxisRole::Scan) || is(3, AxisRole::Scan);
    const bool energy =
        std::any_of(axes.begin(), axes.end(), [](const NamedAxis& axis) { return axisRole(axis) == AxisRole::Energy; });
    if (!detectorFirst && !energy && !isSwapped(axes[0], axes[1]) && !isSwapped(axes[2], axes[3]))
        return std::nullopt;
    std::string names;
    for (const NamedAxis& axis : axes)
        names += (names.empty() ? "" : ", ") + (axis.name.empty() ? "(no name)" : axis.name) +
                 (axis.unit.empty() ? "" : " in " + axis.unit);
    return Warning{"axis_order",
                   "The axes of '" + dataset + "' name themselves " + names +
                       "; Dispersa reads them as scan_y, scan_x, det_y, det_x. If the patterns look wrong, write the "
                       "dataset anew in that order.",
                   path};
}

} // namespace dispersa
