// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/masked_image_p.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace dispersa {
namespace {

/// Variances below this part of the largest one are rounding.
constexpr double smallestVariance = 1e-9;

cv::Mat blurred(const cv::Mat& image, double sigma)
{
    cv::Mat result;
    cv::GaussianBlur(image, result, {0, 0}, sigma, sigma, cv::BORDER_CONSTANT);
    return result;
}

/// Normalised convolution.
cv::Mat blurredMasked(const MaskedImage& image, double sigma)
{
    const cv::Mat weights = blurred(image.mask, sigma);
    cv::Mat result;
    cv::divide(blurred(image.values, sigma), cv::max(weights, 1e-12), result);
    return result.mul(image.mask);
}

std::array<double, 4> catmullRom(double f)
{
    return {((-0.5 * f + 1) * f - 0.5) * f, (1.5 * f - 2.5) * f * f + 1, ((-1.5 * f + 2) * f + 0.5) * f,
            (0.5 * f - 0.5) * f * f};
}

/// The image at (y, x), which lies inside; false beside a pixel without data.
bool sample(const MaskedImage& image, double y, double x, double& value)
{
    const int rows = image.values.rows;
    const int cols = image.values.cols;
    const int y0 = std::min(static_cast<int>(y), rows - 2);
    const int x0 = std::min(static_cast<int>(x), cols - 2);
    const double fy = y - y0;
    const double fx = x - x0;
    bool whole = y0 >= 1 && x0 >= 1 && y0 + 2 < rows && x0 + 2 < cols;
    for (int i = -1; whole && i < 3; ++i) {
        const double* mask = image.mask.ptr<double>(y0 + i) + x0 - 1;
        whole = mask[0] * mask[1] * mask[2] * mask[3] > 0;
    }
    value = 0;
    if (whole) {
        const auto wy = catmullRom(fy);
        const auto wx = catmullRom(fx);
        for (int i = 0; i < 4; ++i) {
            const double* row = image.values.ptr<double>(y0 + i - 1) + x0 - 1;
            value +=
                wy[static_cast<std::size_t>(i)] * (wx[0] * row[0] + wx[1] * row[1] + wx[2] * row[2] + wx[3] * row[3]);
        }
        return true;
    }
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) {
            const double weight = (i ? fy : 1 - fy) * (j ? fx : 1 - fx);
            if (weight > 0 && image.mask.at<double>(y0 + i, x0 + j) == 0)
                return false;
            value += weight * image.values.at<double>(y0 + i, x0 + j);
        }
    return true;
}

cv::Mat centred(const MaskedImage& image)
{
    const double mean = cv::sum(image.values)[0] / std::max(1.0, image.validPixels());
    cv::Mat result = image.values - mean;
    return result.mul(image.mask);
}

cv::Mat spectrum(const cv::Mat& image, cv::Size size)
{
    cv::Mat padded = cv::Mat::zeros(size, CV_64F);
    image.copyTo(padded(cv::Rect(0, 0, image.cols, image.rows)));
    cv::dft(padded, padded, 0, image.rows);
    return padded;
}

/// sum over p of a(p) b(p + u), u running cyclically.
cv::Mat crossSum(const cv::Mat& a, const cv::Mat& b)
{
    cv::Mat product;
    cv::mulSpectrums(b, a, product, 0, true);
    cv::dft(product, product, cv::DFT_INVERSE | cv::DFT_SCALE | cv::DFT_REAL_OUTPUT);
    return product;
}

cv::Size fftSize(const cv::Mat& a, const cv::Mat& b)
{
    return {cv::getOptimalDFTSize(a.cols + b.cols - 1), cv::getOptimalDFTSize(a.rows + b.rows - 1)};
}

/// The autocorrelation, 1 at no lag, by cyclic lag.
cv::Mat autocorrelation(const MaskedImage& image, cv::Size size)
{
    const cv::Mat spectrumOfImage = spectrum(centred(image), size);
    cv::Mat sums = crossSum(spectrumOfImage, spectrumOfImage);
    return sums / std::max(sums.at<double>(0, 0), 1e-300);
}

} // namespace

MaskedImage maskedImage(const ElementMap& map)
{
    std::vector<float> valid;
    std::copy_if(map.values.begin(), map.values.end(), std::back_inserter(valid), ElementMap::isData);
    double low = 0;
    double high = 0;
    if (!valid.empty()) {
        const auto quantile = [&](double part) {
            const auto place = valid.begin() + std::lround(part * static_cast<double>(valid.size() - 1));
            std::nth_element(valid.begin(), place, valid.end());
            return static_cast<double>(*place);
        };
        low = quantile(0.001);
        high = quantile(0.999);
        if (low == high) { // a few bright pixels are all there is
            low = *std::min_element(valid.begin(), valid.end());
            high = *std::max_element(valid.begin(), valid.end());
        }
    }
    // In units of the range: sums of squares neither overflow nor vanish, whatever the counts.
    const double range = high > low ? high - low : 1;
    MaskedImage image{cv::Mat::zeros(map.shape.height, map.shape.width, CV_64F),
                      cv::Mat::zeros(map.shape.height, map.shape.width, CV_64F)};
    for (int y = 0; y < map.shape.height; ++y)
        for (int x = 0; x < map.shape.width; ++x)
            if (const float value = map.at(y, x); ElementMap::isData(value)) {
                image.values.at<double>(y, x) = (std::clamp(static_cast<double>(value), low, high) - low) / range;
                image.mask.at<double>(y, x) = 1;
            }
    return image;
}

MaskedImage bandPassed(const MaskedImage& image, double fine, double coarse)
{
    const MaskedImage level{centred(image), image.mask};
    return {blurredMasked(level, fine) - blurredMasked(level, coarse), image.mask};
}

MaskedImage smoothed(const MaskedImage& image, double sigma)
{
    return {blurredMasked(image, sigma), image.mask};
}

MaskedImage shrunk(const MaskedImage& image, int factor)
{
    if (factor <= 1)
        return image;
    const cv::Size size(image.values.cols / factor, image.values.rows / factor);
    const cv::Rect used(0, 0, size.width * factor, size.height * factor);
    cv::Mat values;
    cv::Mat weights;
    cv::resize(image.values(used), values, size, 0, 0, cv::INTER_AREA);
    cv::resize(image.mask(used), weights, size, 0, 0, cv::INTER_AREA);
    MaskedImage result{cv::Mat::zeros(size, CV_64F), cv::Mat::zeros(size, CV_64F)};
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
            if (const double weight = weights.at<double>(y, x); weight > 1e-6) {
                result.values.at<double>(y, x) = values.at<double>(y, x) / weight;
                result.mask.at<double>(y, x) = 1;
            }
    return result;
}

MaskedImage sampled(const MaskedImage& image, double scale, double dy, double dx, cv::Size size)
{
    MaskedImage result{cv::Mat::zeros(size, CV_64F), cv::Mat::zeros(size, CV_64F)};
    for (int row = 0; row < size.height; ++row) {
        const double y = scale * row + dy;
        if (!(y >= 0 && y <= image.values.rows - 1))
            continue;
        for (int col = 0; col < size.width; ++col) {
            const double x = scale * col + dx;
            if (!(x >= 0 && x <= image.values.cols - 1))
                continue;
            double value = 0;
            if (sample(image, y, x, value)) {
                result.values.at<double>(row, col) = value;
                result.mask.at<double>(row, col) = 1;
            }
        }
    }
    return result;
}

Overlap overlapOf(const MaskedImage& a, const MaskedImage& b)
{
    const cv::Mat both = a.mask.mul(b.mask);
    const double n = cv::sum(both)[0];
    if (n < 2)
        return {0, n};
    const cv::Mat x = (a.values - a.values.mul(both).dot(both) / n).mul(both);
    const cv::Mat y = (b.values - b.values.mul(both).dot(both) / n).mul(both);
    const double variances = x.dot(x) * y.dot(y);
    return {variances > 0 ? x.dot(y) / std::sqrt(variances) : 0, n};
}

ShiftCorrelation correlationOverShifts(const MaskedImage& a, const MaskedImage& b)
{
    const cv::Size size = fftSize(a.values, b.values);
    const cv::Mat valuesA = centred(a);
    const cv::Mat valuesB = centred(b);
    const cv::Mat fa = spectrum(valuesA, size);
    const cv::Mat fb = spectrum(valuesB, size);
    const cv::Mat fma = spectrum(a.mask, size);
    const cv::Mat fmb = spectrum(b.mask, size);
    const cv::Mat pixels = crossSum(fma, fmb);
    const cv::Mat sumA = crossSum(fa, fmb);
    const cv::Mat sumB = crossSum(fma, fb);
    const cv::Mat squaresA = crossSum(spectrum(valuesA.mul(valuesA), size), fmb);
    const cv::Mat squaresB = crossSum(fma, spectrum(valuesB.mul(valuesB), size));
    const cv::Mat products = crossSum(fa, fb);
    const double leastA = smallestVariance * valuesA.dot(valuesA);
    const double leastB = smallestVariance * valuesB.dot(valuesB);

    ShiftCorrelation result;
    result.firstY = -(a.values.rows - 1);
    result.firstX = -(a.values.cols - 1);
    const cv::Size shifts(a.values.cols + b.values.cols - 1, a.values.rows + b.values.rows - 1);
    result.correlation = cv::Mat::zeros(shifts, CV_64F);
    result.pixels = cv::Mat::zeros(shifts, CV_64F);
    for (int row = 0; row < shifts.height; ++row) {
        const int y = (row + result.firstY + size.height) % size.height;
        for (int col = 0; col < shifts.width; ++col) {
            const int x = (col + result.firstX + size.width) % size.width;
            const double n = std::round(pixels.at<double>(y, x));
            if (n < 2)
                continue;
            result.pixels.at<double>(row, col) = n;
            const double varianceA = squaresA.at<double>(y, x) - std::pow(sumA.at<double>(y, x), 2) / n;
            const double varianceB = squaresB.at<double>(y, x) - std::pow(sumB.at<double>(y, x), 2) / n;
            if (varianceA <= leastA || varianceB <= leastB)
                continue;
            const double covariance = products.at<double>(y, x) - sumA.at<double>(y, x) * sumB.at<double>(y, x) / n;
            result.correlation.at<double>(row, col) =
                std::clamp(covariance / std::sqrt(varianceA * varianceB), -1.0, 1.0);
        }
    }
    return result;
}

double correlatedPixels(const MaskedImage& a, const MaskedImage& b)
{
    // Twice the larger of both, so that lags do not wrap around.
    const cv::Size size(cv::getOptimalDFTSize(2 * std::max(a.values.cols, b.values.cols)),
                        cv::getOptimalDFTSize(2 * std::max(a.values.rows, b.values.rows)));
    return std::max(1.0, autocorrelation(a, size).dot(autocorrelation(b, size)));
}

} // namespace dispersa
