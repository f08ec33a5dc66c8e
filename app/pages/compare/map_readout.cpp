// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/compare/map_readout.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <optional>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(MapReadout)
};

std::optional<double> valueAt(const MapPtr& map, ScanPoint pixel)
{
    if (!map || pixel.y >= map->shape.height || pixel.x >= map->shape.width)
        return std::nullopt;
    const float value = map->at(pixel.y, pixel.x);
    return ElementMap::isData(value) ? std::optional<double>(value) : std::nullopt;
}

QString plain(const std::optional<double>& value, int digits = 3)
{
    return value ? QString::number(*value, 'g', digits) : QStringLiteral("–");
}

/// All that is known of one quantity.
QString inFull(const RunResult& run, const QuantityMaps& maps, ScanPoint pixel)
{
    const QString name = QString::fromStdString(maps.quantity);
    const auto real = valueAt(maps.real ? maps.real : maps.measured, pixel);
    const auto predicted = valueAt(maps.predicted, pixel);
    if (!maps.predicted)
        return Text::tr("%1 %2 (real)").arg(name, plain(real));
    QString text = Text::tr("%1 %2 (real), predicted ").arg(name, plain(real));
    const auto half = valueAt(maps.interval, pixel);
    if (predicted && half)
        text += Text::tr("%1 (%2 % interval)")
                    .arg(valueWithHalfWidth(*predicted, *half))
                    .arg(100 * run.study.account.level, 0, 'g', 3);
    else if (const auto sigma = valueAt(maps.sigma, pixel); predicted && sigma)
        text += Text::tr("%1 (sigma)").arg(valueWithHalfWidth(*predicted, *sigma));
    else
        text += plain(predicted);
    return text;
}

} // namespace

QString valueWithHalfWidth(double value, double halfWidth)
{
    if (!(halfWidth > 0) || !std::isfinite(halfWidth))
        return QString::number(value, 'g', 3);
    // One digit of the half width, two where it begins with 1: what particle physicists round by.
    const double power = std::floor(std::log10(halfWidth));
    const bool startsWithOne = halfWidth / std::pow(10, power) < 1.95;
    const int decimals = std::clamp(int(-power) + (startsWithOne ? 1 : 0), 0, 6);
    return Text::tr("%1 ± %2").arg(QString::number(value, 'f', decimals), QString::number(halfWidth, 'f', decimals));
}

QString mapReadout(const RunResult& run, const ScanResult& scan, const std::string& quantity, ScanPoint pixel)
{
    QString text = Text::tr("%1: y %2  x %3")
                       .arg(QString::fromStdString(scan.name))
                       .arg(pixel.y + scan.crop.y)
                       .arg(pixel.x + scan.crop.x);
    const QuantityMaps* first = scan.quantity(quantity);
    if (!first && !scan.quantities.empty())
        first = &scan.quantities.front();
    if (!first)
        return text;
    const MapPtr& any = first->predicted ? first->predicted : first->real ? first->real : first->measured;
    if (any && any->scanStep_nm)
        text += Text::tr("  (%1 nm, %2 nm)")
                    .arg((pixel.y + scan.crop.y) * *any->scanStep_nm, 0, 'f', 1)
                    .arg((pixel.x + scan.crop.x) * *any->scanStep_nm, 0, 'f', 1);
    QStringList parts{inFull(run, *first, pixel)};
    if (const auto novelty = valueAt(scan.novelty, pixel); novelty && *novelty > 1)
        parts << Text::tr("unlike the training");
    QStringList others;
    for (const QuantityMaps& maps : scan.quantities)
        if (&maps != first && maps.predicted)
            others << Text::tr("%1 %2 | %3", "element, real, predicted")
                          .arg(QString::fromStdString(maps.quantity), plain(valueAt(maps.real, pixel), 2),
                               plain(valueAt(maps.predicted, pixel), 2));
    if (!others.isEmpty())
        parts << Text::tr("real | pred.: %1").arg(others.join(QStringLiteral("   ")));
    return text + QStringLiteral("   ") + parts.join(QStringLiteral("  ·  "));
}

} // namespace dispersa
