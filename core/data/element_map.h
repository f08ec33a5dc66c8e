// SPDX-License-Identifier: GPL-3.0-or-later
// A 2-D image on the scan grid: an element's atomic fraction, HAADF, a virtual image.
#pragma once

#include "core/data/geometry.h"

#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispersa {

/// Unit of a map's values. Inside the program composition is a fraction 0..1.
/// Pixels: of the detector, as a centre of mass is measured.
enum class MapUnit { Fraction, Percent, WeightPercent, Counts, Arbitrary, Pixels };

/// "fraction", "percent", "weight_percent", "counts", "arbitrary", "pixels": the words of the study file.
const char* mapUnitName(MapUnit unit);
std::optional<MapUnit> mapUnitNamed(std::string_view name);

/// A map. NaN marks a pixel without data; values are row-major [scan_y, scan_x].
struct ElementMap {
    std::string quantity;                    ///< element symbol, "HAADF", or a name such as "virtual BF"
    MapUnit unit = MapUnit::Arbitrary;
    ScanShape shape = {};
    std::vector<float> values = {};          ///< shape.count() values
    std::optional<double> scanStep_nm = {};  ///< distance of neighbouring pixels
    std::filesystem::path source = {};       ///< file it came from; empty if computed

    float& at(int y, int x) { return values[std::size_t(y) * std::size_t(shape.width) + std::size_t(x)]; }
    float at(int y, int x) const { return values[std::size_t(y) * std::size_t(shape.width) + std::size_t(x)]; }
    static bool isData(float value) { return std::isfinite(value); }
};

using MapPtr = std::shared_ptr<const ElementMap>;

/// A map of `shape` filled with no data.
ElementMap emptyMap(std::string quantity, MapUnit unit, ScanShape shape);

/// The part of `map` inside `region`; `region` must fit.
ElementMap cropped(const ElementMap& map, const Region& region);

/// Smallest and largest valid value; nullopt when no pixel is valid.
struct ValueRange {
    double low = 0;
    double high = 0;
};
std::optional<ValueRange> validRange(const ElementMap& map);

/// True if `symbol` is an element of the periodic table, case sensitive ("Ge", not "GE").
bool isElementSymbol(std::string_view symbol);

/// Standard atomic weight in g/mol (IUPAC 2021, abridged; the mass number of the longest-lived isotope where there is none).
std::optional<double> atomicWeight(std::string_view symbol);

} // namespace dispersa
