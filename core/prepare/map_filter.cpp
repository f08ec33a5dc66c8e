// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/map_filter.h"

#include "core/prepare/masked_filters.h"

#include <algorithm>
#include <limits>
#include <new>

#include <opencv2/imgproc.hpp>

namespace dispersa {
namespace {

cv::Mat imageOf(ElementMap& map)
{
    return {map.shape.height, map.shape.width, CV_32F, map.values.data()};
}

void smooth(const cv::Mat& in, cv::Mat& out, const MapFilterOptions& options)
{
    const cv::Size kernel(options.size, options.size);
    if (options.kind == MapFilterKind::Mean)
        cv::blur(in, out, kernel);
    else
        cv::GaussianBlur(in, out, kernel, 0);
}

/// OpenCV's filter as it is; for maps in which every pixel is data.
ElementMap filteredWhole(const ElementMap& map, const MapFilterOptions& options)
{
    ElementMap source = map; // not every OpenCV filter works in place
    ElementMap result = map;
    const cv::Mat in = imageOf(source);
    cv::Mat out = imageOf(result);
    if (options.kind == MapFilterKind::Bilateral)
        cv::bilateralFilter(in, out, options.size, options.sigmaColor, options.sigmaSpace);
    else
        smooth(in, out, options);
    return result;
}

/// Normalised convolution: filter(value x mask) / filter(mask), so that no data has no weight.
ElementMap filteredMasked(const ElementMap& map, const MapFilterOptions& options)
{
    cv::Mat values(map.shape.height, map.shape.width, CV_64F, cv::Scalar(0));
    cv::Mat mask(map.shape.height, map.shape.width, CV_64F, cv::Scalar(0));
    for (int y = 0; y < map.shape.height; ++y)
        for (int x = 0; x < map.shape.width; ++x)
            if (ElementMap::isData(map.at(y, x))) {
                values.at<double>(y, x) = map.at(y, x);
                mask.at<double>(y, x) = 1;
            }
    cv::Mat sums;
    cv::Mat weights;
    smooth(values, sums, options);
    smooth(mask, weights, options);
    ElementMap result = emptyMap(map.quantity, map.unit, map.shape);
    result.scanStep_nm = map.scanStep_nm;
    result.source = map.source;
    for (int y = 0; y < map.shape.height; ++y)
        for (int x = 0; x < map.shape.width; ++x)
            if (mask.at<double>(y, x) > 0)
                result.at(y, x) = static_cast<float>(sums.at<double>(y, x) / weights.at<double>(y, x));
    return result;
}

Result<void> checkMap(const ElementMap& map)
{
    if (map.shape.height < 0 || map.shape.width < 0 || map.values.size() != static_cast<std::size_t>(map.shape.count()))
        return fail(ErrorCode::InvalidArgument,
                    "The map '" + map.quantity + "' holds " + std::to_string(map.values.size()) +
                        " values, which is not " + toText(map.shape) + " pixels.",
                    map.source, {map.quantity, std::to_string(map.values.size()), toText(map.shape)});
    return {};
}

} // namespace

Result<ElementMap> filtered(const ElementMap& map, const MapFilterOptions& options)
{
    if (auto checked = options.check(); !checked)
        return fail(std::move(checked.error()));
    if (auto checked = checkMap(map); !checked)
        return fail(std::move(checked.error()));
    if (options.kind == MapFilterKind::None || map.values.empty())
        return map;
    try {
        if (options.kind == MapFilterKind::Median)
            return medianFiltered(map, options.size);
        if (std::all_of(map.values.begin(), map.values.end(), ElementMap::isData))
            return filteredWhole(map, options);
        if (options.kind == MapFilterKind::Bilateral)
            return maskedBilateral(map, options.size, options.sigmaColor, options.sigmaSpace);
        return filteredMasked(map, options);
    } catch (const cv::Exception& exception) {
        return fail(ErrorCode::Internal, "The map '" + map.quantity + "' could not be filtered.", map.source,
                    {map.quantity}, exception.what());
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "The memory of this machine does not suffice to filter the map '" + map.quantity + "'.");
    }
}

} // namespace dispersa
