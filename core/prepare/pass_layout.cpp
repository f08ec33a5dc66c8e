// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/pass_layout_p.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dispersa::pass {
namespace {

/// Rows and columns outside of which `contains` is false: testing each pixel of a large pattern would take longer than
/// reading the few that count.
Region boundsOf(const Shape& shape, PatternShape pattern)
{
    ImagePoint low = shape.centre, high = shape.centre;
    switch (shape.kind) {
    case ShapeKind::Point:
        break;
    case ShapeKind::Rectangle:
        low = shape.corner;
        high = shape.opposite;
        break;
    case ShapeKind::Circle:
    case ShapeKind::Annulus:
        low = {shape.centre.y - shape.radius, shape.centre.x - shape.radius};
        high = {shape.centre.y + shape.radius, shape.centre.x + shape.radius};
        break;
    case ShapeKind::Polygon:
        if (shape.vertices.empty())
            return {};
        low = high = shape.vertices.front();
        for (const ImagePoint& vertex : shape.vertices) {
            low = {std::min(low.y, vertex.y), std::min(low.x, vertex.x)};
            high = {std::max(high.y, vertex.y), std::max(high.x, vertex.x)};
        }
        break;
    }
    // One pixel more on each side: where exactly a border lies is for contains() to say.
    const auto clamped = [](double value, int extent) {
        return static_cast<int>(std::clamp(std::isfinite(value) ? value : 0.0, 0.0, static_cast<double>(extent)));
    };
    const int top = clamped(std::floor(low.y) - 1, pattern.height);
    const int left = clamped(std::floor(low.x) - 1, pattern.width);
    return {top, left, clamped(std::ceil(high.y) + 2, pattern.height) - top,
            clamped(std::ceil(high.x) + 2, pattern.width) - left};
}

/// Calls use(y, firstColumn, count) for the detector's pixels that lie side by side, row by row.
template<class Use>
void forEachRow(const Shape& detector, PatternShape pattern, Use use)
{
    const Region bounds = boundsOf(detector, pattern);
    for (int y = bounds.y; y < bounds.y + bounds.height; ++y)
        for (int x = bounds.x; x < bounds.x + bounds.width;) {
            int end = x;
            while (end < bounds.x + bounds.width && contains(detector, {y, end}))
                ++end;
            if (end > x)
                use(y, x, end - x);
            x = end + 1;
        }
}

/// Appends pixels and cuts them where bands end.
void append(DetectorRuns& detector, std::size_t first, std::size_t count, int y, int x)
{
    const bool byPlace = detector.mode == DetectorMode::CentreOfMass;
    while (count > 0) {
        const std::size_t part = std::min(count, bandValues - first % bandValues);
        Run* last = detector.runs.empty() ? nullptr : &detector.runs.back();
        if (!byPlace && last && last->first + last->count == first && first % bandValues != 0)
            last->count += part;
        else
            detector.runs.push_back({first, part, y, x});
        first += part;
        count -= part;
        x += static_cast<int>(part);
    }
}

} // namespace

Region windowOf(const Shape& detector, PatternShape pattern)
{
    int top = pattern.height, left = pattern.width, bottom = 0, right = 0;
    forEachRow(detector, pattern, [&](int y, int x, int count) {
        top = std::min(top, y);
        bottom = std::max(bottom, y + 1);
        left = std::min(left, x);
        right = std::max(right, x + count);
    });
    return bottom > top ? Region{top, left, bottom - top, right - left} : Region{};
}

Layout Layout::of(const std::vector<DetectorRequest>& detectors, PatternShape pattern, const Region& window)
{
    Layout layout{window, static_cast<std::size_t>(window.count()), 0, {}};
    layout.bands = (layout.values + bandValues - 1) / bandValues;
    const ImagePoint middle{(pattern.height - 1) / 2.0, (pattern.width - 1) / 2.0};
    for (const DetectorRequest& request : detectors) {
        const double turn = request.qrRotation_deg * std::numbers::pi / 180;
        DetectorRuns detector{request.mode, request.origin.value_or(middle), std::cos(turn), std::sin(turn),
                              layout.detectors.size()};
        forEachRow(request.detector, pattern, [&](int y, int x, int count) {
            const std::size_t first = static_cast<std::size_t>(y - window.y) * static_cast<std::size_t>(window.width) +
                                      static_cast<std::size_t>(x - window.x);
            append(detector, first, static_cast<std::size_t>(count), y, x);
        });
        std::size_t run = 0;
        for (std::size_t band = 0; band < layout.bands; ++band) {
            while (run < detector.runs.size() && detector.runs[run].first < (band + 1) * bandValues)
                ++run;
            detector.bandEnds.push_back(run);
        }
        layout.detectors.push_back(std::move(detector));
    }
    // The moments of a shape contain its sum.
    for (std::size_t d = 0; d < detectors.size(); ++d)
        for (std::size_t other = 0; other < detectors.size(); ++other)
            if (detectors[d].mode == DetectorMode::Integrating && detectors[other].mode == DetectorMode::CentreOfMass &&
                detectors[d].detector == detectors[other].detector)
                layout.detectors[d].sameAs = other;
    return layout;
}

} // namespace dispersa::pass
