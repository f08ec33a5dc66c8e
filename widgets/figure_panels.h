// SPDX-License-Identifier: GPL-3.0-or-later
// What a figure can hold, as plain values: images, lines, bars, scatter, matrices, histograms, text.
#pragma once

#include "core/data/shape.h"
#include "widgets/color_map.h"

#include <QColor>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace dispersa {

struct FigureShape {
    Shape shape = {};
    QColor color = Qt::white;
    QString name = {};
};

/// One value per pixel, row-major; other than 0: the pixel counts.
using PixelMask = std::shared_ptr<const std::vector<std::uint8_t>>;

/// Axes around an image: the value at pixel p is (p - origin) * step.
struct ImageAxes {
    ImagePoint origin = {};
    double step = 1;
    QString label = {}; ///< with unit
};

struct ImagePanel {
    int height = 0;
    int width = 0;
    std::shared_ptr<const std::vector<float>> values = {}; ///< row-major; NaN is no data (hatched)
    PixelMask hatched = {}; ///< pixels to strike through, e.g. doubtful ones; may be null
    ColorScale colors = {};
    bool colorBar = false; ///< own bar at the right, with colors.label
    QString title = {};
    double aspect = 1;                    ///< physical height / width of a pixel
    std::optional<double> pixelSize = {}; ///< width of a pixel in lengthUnit: scale bar
    QString lengthUnit = QStringLiteral("nm");
    std::vector<FigureShape> shapes = {};
    std::optional<ImageAxes> axes = {};
};

struct FigureSeries {
    QString name = {};
    std::vector<double> x = {};
    std::vector<double> y = {}; ///< NaN breaks the line
    QColor color = {};          ///< invalid: next of the palette
    bool dashed = false;
    bool dots = false; ///< a dot at every point
    bool line = true;
    std::vector<double> errors = {}; ///< half length of an error bar per point; 0 or NaN: none; may be empty

    double error(std::size_t point) const
    {
        return point < errors.size() && errors[point] > 0 ? errors[point] : 0;
    }
};

/// A vertical line with a word, e.g. the best epoch or a peak.
struct FigureMarker {
    double x = 0;
    QString text = {};
    QColor color = {};
};

struct LinePanel {
    std::vector<FigureSeries> series = {};
    std::vector<FigureMarker> markers = {};
    QString title = {};
    QString xLabel = {};
    QString yLabel = {};
    bool logY = false;
    std::optional<ValueRange> xRange = {};
    std::optional<ValueRange> yRange = {};
    bool legend = true;
};

/// A value beside that of each bar, e.g. what could be reached at best.
struct BarMark {
    enum class Kind { Line, DashedLine, Diamond };
    Kind kind = Kind::Line;
    QString name = {}; ///< for the legend; marks of one name stand there once
    std::vector<std::optional<double>> values = {}; ///< one per category
};

struct BarGroup {
    QString name = {};
    std::vector<std::optional<double>> values = {}; ///< one per category; nullopt: no value, shown as a small "–"
    QColor color = {};                              ///< invalid: next of the palette
    std::vector<std::optional<double>> errors = {}; ///< half length of error bars; may be empty
    std::vector<std::optional<ValueRange>> intervals = {}; ///< ends of error bars instead; may be empty
    std::vector<BarMark> marks = {};
    QStringList notes = {}; ///< per category, what the screen adds to the value under the mouse; may be empty
};

struct BarPanel {
    QStringList categories = {};
    std::vector<BarGroup> groups = {};
    QString intervalName = {}; ///< of intervals, for the legend
    QString title = {};
    QString yLabel = {};
    std::optional<ValueRange> yRange = {};
    bool legend = true;
};

/// Ends of the error bar of a category; nullopt without one.
std::optional<ValueRange> whiskerOf(const BarGroup& group, std::size_t category);
/// The different marks of all groups by name, in order, without values.
std::vector<BarMark> markKinds(const std::vector<BarGroup>& groups);
/// True if any group has an interval.
bool hasIntervals(const std::vector<BarGroup>& groups);
/// What the values, whiskers and marks span, zero included.
ValueRange barRange(const std::vector<BarGroup>& groups);

struct ScatterPanel {
    std::vector<float> x = {}; ///< pairs where either is not finite are left out
    std::vector<float> y = {};
    QString title = {};
    QString xLabel = {};
    QString yLabel = {};
    bool identityLine = true; ///< 1:1, equal ranges on both axes
    bool density = true;      ///< colour by local density (Viridis), else one colour
    std::optional<ValueRange> range = {};
};

struct MatrixPanel {
    QStringList rowLabels = {};
    QStringList columnLabels = {};
    std::vector<std::optional<double>> values = {}; ///< row-major; nullopt is written "–"
    QString title = {};
    ColorMap map = ColorMap::BlueWhiteRed;
    ValueRange range = {-1, 1};
    int decimals = 2;
    bool colorBar = false;
    QString colorBarLabel = {};
};

struct HistogramPanel {
    std::vector<double> counts = {}; ///< equal bins over `range`
    ValueRange range = {0, 1};
    QString title = {};
    QString xLabel = {};
    QString yLabel = {};
    bool logY = false;
    QColor color = {};
};

struct TextPanel {
    QString text = {};
    bool bold = false;
    Qt::Alignment alignment = Qt::AlignCenter;
};

using FigurePanel = std::variant<ImagePanel, LinePanel, BarPanel, ScatterPanel, MatrixPanel, HistogramPanel, TextPanel>;

} // namespace dispersa
