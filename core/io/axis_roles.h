// SPDX-License-Identifier: GPL-3.0-or-later
// What the axes of a 4-D dataset are by the names and units that a program gave them, and whether their order is ours.
#pragma once

#include "core/base/error.h"

#include <optional>
#include <string>
#include <vector>

namespace dispersa {

/// An axis as a file names it.
struct NamedAxis {
    std::string name;
    std::string unit;
};

enum class AxisRole { Unknown, Scan, Detector, Energy };

/// By the unit where it tells (a reciprocal length or an angle, an energy), else by the name.
AxisRole axisRole(const NamedAxis& axis);

/// A warning "axis_order" when four axes name themselves in another order than scan_y, scan_x, det_y, det_x. py4DSTEM's
/// Rx, Ry, Qx, Qy count as ours: there x means the first axis. nullopt where the names do not tell.
std::optional<Warning> otherOrder(const std::string& dataset, const std::vector<NamedAxis>& axes,
                                  const std::filesystem::path& path);

} // namespace dispersa
