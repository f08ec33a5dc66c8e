// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/display_scaling.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr double largestLogRatio = 1e6;

double forward(double value, DisplayScaling scaling)
{
    switch (scaling) {
    case DisplayScaling::Linear:
        return value;
    case DisplayScaling::Log:
        return std::log(value);
    case DisplayScaling::SquareRoot:
        return std::sqrt(value);
    }
    return value;
}

double backward(double value, DisplayScaling scaling)
{
    switch (scaling) {
    case DisplayScaling::Linear:
        return value;
    case DisplayScaling::Log:
        return std::exp(value);
    case DisplayScaling::SquareRoot:
        return value * value;
    }
    return value;
}

double percentile(std::vector<float>& values, double percent)
{
    const double place = std::clamp(percent, 0.0, 100.0) / 100 * double(values.size() - 1);
    const auto below = std::size_t(place);
    const auto nth = values.begin() + std::ptrdiff_t(below);
    std::nth_element(values.begin(), nth, values.end());
    const double low = *nth;
    if (below + 1 >= values.size())
        return low;
    const double high = *std::min_element(nth + 1, values.end());
    return low + (place - double(below)) * (high - low);
}

} // namespace

ValueRange usableRange(ValueRange range, DisplayScaling scaling)
{
    if (!std::isfinite(range.low) || !std::isfinite(range.high))
        range = {0, 1};
    if (range.low > range.high)
        std::swap(range.low, range.high);
    if (scaling == DisplayScaling::Log) {
        if (range.high <= 0)
            return {0.1, 1};
        range.low = std::max(range.low, range.high / largestLogRatio);
        return range.low < range.high ? range : ValueRange{range.high / 10, range.high};
    }
    if (scaling == DisplayScaling::SquareRoot) {
        range.low = std::max(range.low, 0.0);
        range.high = std::max(range.high, 0.0);
    }
    const double smallest = std::max(std::abs(range.low), std::abs(range.high)) * 1e-7;
    if (range.high - range.low > smallest)
        return range;
    // A constant image: its value in the middle of the colours.
    const double half = range.low == 0 ? 0.5 : std::abs(range.low) * 0.05;
    if (scaling == DisplayScaling::SquareRoot && range.low == 0)
        return {0, 1};
    return {range.low - half, range.high + half};
}

double scaledPosition(double value, const ValueRange& range, DisplayScaling scaling)
{
    const ValueRange usable = usableRange(range, scaling);
    if (value <= usable.low)
        return 0;
    if (value >= usable.high)
        return 1;
    const double low = forward(usable.low, scaling);
    return std::clamp((forward(value, scaling) - low) / (forward(usable.high, scaling) - low), 0.0, 1.0);
}

double valueAtPosition(double position, const ValueRange& range, DisplayScaling scaling)
{
    const ValueRange usable = usableRange(range, scaling);
    const double low = forward(usable.low, scaling);
    return backward(low + std::clamp(position, 0.0, 1.0) * (forward(usable.high, scaling) - low), scaling);
}

ValueRange percentileRange(std::span<const float> values, double lowPercent, double highPercent, DisplayScaling scaling)
{
    constexpr std::size_t enough = 1'000'000;
    const std::size_t stride = std::max<std::size_t>(1, values.size() / enough);
    std::vector<float> valid;
    valid.reserve(values.size() / stride + 1);
    for (std::size_t i = 0; i < values.size(); i += stride)
        if (std::isfinite(values[i]) && (scaling != DisplayScaling::Log || values[i] > 0))
            valid.push_back(values[i]);
    if (valid.empty())
        return {0, 1};
    const double low = percentile(valid, lowPercent);
    return {low, percentile(valid, highPercent)};
}

ValueRange symmetricRange(const ValueRange& range)
{
    const double most = std::max(std::abs(range.low), std::abs(range.high));
    return {-most, most};
}

double niceLength(double limit)
{
    if (!(limit > 0) || !std::isfinite(limit))
        return 0;
    const double power = std::pow(10, std::floor(std::log10(limit) + 1e-9));
    for (const double factor : {5.0, 2.0})
        if (factor * power <= limit * (1 + 1e-9))
            return factor * power;
    return power;
}

std::vector<double> niceTicks(double low, double high, int count, DisplayScaling scaling)
{
    std::vector<double> ticks;
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high))
        return ticks;
    const double tolerance = (high - low) * 1e-9;
    if (scaling == DisplayScaling::Log && low > 0 && high / low > 8) {
        const double decades = std::log10(high / low);
        const int step = std::max(1, int(std::ceil(decades / std::max(1, count))));
        const std::vector<double> factors = decades < 1.5 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
        for (int power = int(std::floor(std::log10(low))); power <= int(std::ceil(std::log10(high))); power += 1) {
            if (power % step != 0)
                continue;
            for (const double factor : factors) {
                const double tick = factor * std::pow(10, power);
                if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9))
                    ticks.push_back(tick);
            }
        }
        if (ticks.size() >= 2)
            return ticks;
        ticks.clear();
    }
    // The round step whose number of intervals is nearest to `count`, as a ratio.
    const double power = std::pow(10, std::floor(std::log10((high - low) / std::max(1, count))));
    double step = power;
    for (const double factor : {2.0, 5.0, 10.0}) {
        const auto miss = [&](double each) { return std::abs(std::log((high - low) / each / std::max(1, count))); };
        if (miss(factor * power) < miss(step))
            step = factor * power;
    }
    // A single tick tells no scale: where the round numbers lie badly, the next smaller step.
    const auto tickNumber = [&](double each) {
        return std::floor((high + tolerance) / each) - std::ceil((low - tolerance) / each) + 1;
    };
    while (tickNumber(step) < 2) {
        const double leading = std::round(step / std::pow(10, std::floor(std::log10(step) + 1e-9)));
        step *= leading == 5 ? 0.4 : 0.5;
    }
    for (double index = std::ceil((low - tolerance) / step); index * step <= high + tolerance; ++index)
        ticks.push_back(index == 0 ? 0 : index * step);
    return ticks;
}

QString tickText(double value)
{
    if (value == 0)
        return QStringLiteral("0");
    const double size = std::abs(value);
    if (size >= 1e5 || size < 1e-3) {
        const QString text = QString::number(value, 'e', 6);
        const qsizetype e = text.indexOf(QLatin1Char('e'));
        QString mantissa = text.left(e);
        while (mantissa.endsWith(QLatin1Char('0')))
            mantissa.chop(1);
        if (mantissa.endsWith(QLatin1Char('.')))
            mantissa.chop(1);
        return mantissa + QLatin1Char('e') + QString::number(text.mid(e + 1).toInt());
    }
    return QString::number(value, 'g', 6);
}

QString numberText(double value, int decimals)
{
    return QString::number(value, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212));
}

std::vector<QString> tickTexts(const std::vector<double>& ticks)
{
    std::vector<QString> texts;
    int decimals = 0;
    bool plain = true;
    for (const double tick : ticks) {
        const QString text = tickText(tick);
        plain = plain && !text.contains(QLatin1Char('e'));
        const qsizetype point = text.indexOf(QLatin1Char('.'));
        if (point >= 0)
            decimals = std::max(decimals, int(text.size() - point - 1));
        texts.push_back(text);
    }
    // Ticks of a logarithmic axis keep their own decimals: 0.1, 1, 10.
    const bool even = ticks.size() < 3 ||
                      std::abs((ticks[2] - ticks[1]) - (ticks[1] - ticks[0])) <= 1e-6 * std::abs(ticks[2] - ticks[0]);
    if (plain && even)
        for (std::size_t i = 0; i < ticks.size(); ++i)
            texts[i] = QString::number(ticks[i], 'f', decimals);
    for (QString& text : texts)
        text.replace(QLatin1Char('-'), QChar(0x2212));
    return texts;
}

} // namespace dispersa
