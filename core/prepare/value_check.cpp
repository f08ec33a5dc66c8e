// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/prepare/value_check.h"

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

constexpr float firstWrapped = 65500; ///< -36 stored without a sign
constexpr float lastWrapped = 65535;  ///< -1
constexpr float halfRange = 32768;

std::string shareOf(std::int64_t count, const ValueCheck& check)
{
    return std::to_string(count) + " of " + std::to_string(check.values) + " values in " +
           std::to_string(check.patterns) + " patterns";
}

} // namespace

void LostSigns::add(float value)
{
    if (!(value >= halfRange) || std::isinf(value))
        return;
    if (value < firstWrapped || value > lastWrapped || value != std::floor(value)) {
        m_isRangeUsed = true;
        return;
    }
    m_differ = m_differ || (m_high > 0 && value != m_first);
    m_first = m_high > 0 ? m_first : value;
    ++m_high;
}

std::int64_t LostSigns::count() const
{
    return m_differ && !m_isRangeUsed ? m_high : 0;
}

Result<ValueCheck> checkValues(const DiffractionScan& scan, int patterns)
{
    ValueCheck check;
    const std::int64_t count = scan.scanShape().count();
    const std::int64_t samples = std::min<std::int64_t>(patterns, count);
    const bool canWrap = scan.elementType() == ElementType::UInt16;
    LostSigns signs;
    for (std::int64_t i = 0; i < samples; ++i) {
        const std::int64_t place = (2 * i + 1) * count / (2 * samples);
        const ScanPoint point{static_cast<int>(place / scan.scanShape().width),
                              static_cast<int>(place % scan.scanShape().width)};
        if (!scan.isAvailable(point))
            continue;
        const auto values = scan.pattern(point);
        if (!values)
            return fail(values.error());
        ++check.patterns;
        check.values += static_cast<std::int64_t>(values->size());
        for (const float value : *values) {
            if (!std::isfinite(value))
                ++check.notFinite;
            else if (value < 0)
                ++check.negative;
            else if (canWrap)
                signs.add(value);
        }
    }
    check.wrapped = signs.count();
    return check;
}

std::vector<Warning> valueWarnings(const ValueCheck& check, const DiffractionScan& scan)
{
    std::vector<Warning> warnings;
    const auto& file = scan.file();
    if (check.wrapped > 0)
        warnings.push_back({"patterns_lost_sign",
                            shareOf(check.wrapped, check) + " of '" + file.filename().string() +
                                "' lie between 65500 and 65535 and none near them: negative numbers that lost their "
                                "sign. Read them as signed (\"signed\": true at the scan's diffraction, or Scan shape "
                                "and order in the window).",
                            file});
    if (check.negative > 0)
        warnings.push_back({"patterns_negative",
                            shareOf(check.negative, check) + " of '" + file.filename().string() +
                                "' are negative. They are kept; square root and logarithm take them for 0.",
                            file});
    if (check.notFinite > 0)
        warnings.push_back({"patterns_not_finite",
                            shareOf(check.notFinite, check) + " of '" + file.filename().string() +
                                "' are NaN or infinite. They count as 0.",
                            file});
    return warnings;
}

} // namespace dispersa
