// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/readout_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <cmath>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ReadoutText)
};

QString valueText(const ElementMap& map, float value)
{
    if (!ElementMap::isData(value))
        return Text::tr("no data");
    return map.unit == MapUnit::Fraction ? QString::number(double(value), 'f', 2)
                                         : QString::number(double(value), 'g', 4);
}

} // namespace

QString lengthText(double length_nm)
{
    if (std::abs(length_nm) >= 1000)
        return Text::tr("%1 µm").arg(length_nm / 1000, 0, 'f', 2);
    return Text::tr("%1 nm").arg(length_nm, 0, 'f', 1);
}

QString timeLeftText(double seconds)
{
    if (!(seconds >= 0) || !std::isfinite(seconds))
        return {};
    if (seconds < 60)
        return Text::tr("%1 s left").arg(int(std::ceil(seconds)));
    if (seconds < 3600)
        return Text::tr("%1 min left").arg(int(std::lround(seconds / 60)));
    return Text::tr("%1 h %2 min left").arg(int(seconds / 3600)).arg(int(std::fmod(seconds, 3600) / 60));
}

QString scanReadout(ScanPoint point, const Calibration& calibration, const std::vector<MapPtr>& maps)
{
    QStringList parts{Text::tr("y %1  x %2").arg(point.y).arg(point.x)};
    if (calibration.scanStep_nm)
        parts << u'(' + lengthText(point.y * *calibration.scanStep_nm) + QStringLiteral(", ") +
                     lengthText(point.x * *calibration.scanStep_nm) + u')';
    QStringList values;
    for (const MapPtr& map : maps)
        if (wholeRegion(map->shape).contains(point))
            values << QString::fromStdString(map->quantity) + u' ' + valueText(*map, map->at(point.y, point.x));
    if (!values.isEmpty())
        parts << values.join(QStringLiteral("  "));
    return parts.join(QStringLiteral(" | "));
}

} // namespace dispersa
