// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/item_text.h"

#include "core/io/format_table.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ItemText)
};

} // namespace

QString kindText(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Diffraction:
        return Text::tr("Diffraction");
    case ItemKind::Map:
        return Text::tr("Map");
    case ItemKind::Stack:
        return Text::tr("Stack");
    case ItemKind::Spectrum:
        return Text::tr("Spectrum");
    }
    return {};
}

QString shapeText(const std::vector<std::int64_t>& shape)
{
    QStringList extents;
    for (const std::int64_t extent : shape)
        extents << QString::number(extent);
    return extents.join(QStringLiteral(" × "));
}

QString bytesText(std::uint64_t bytes)
{
    return QLocale().formattedDataSize(qint64(bytes), 1, QLocale::DataSizeSIFormat);
}

QString calibrationText(const Calibration& calibration)
{
    QStringList parts;
    if (calibration.scanStep_nm)
        parts << Text::tr("probe step %1 nm").arg(*calibration.scanStep_nm, 0, 'g', 4);
    if (calibration.qPixel_invA)
        parts << Text::tr("q pixel %1 1/Å (1/d)").arg(*calibration.qPixel_invA, 0, 'g', 4);
    if (calibration.convergence_mrad)
        parts << Text::tr("convergence %1 mrad").arg(*calibration.convergence_mrad, 0, 'g', 3);
    if (calibration.qrRotation_deg)
        parts << Text::tr("rotation %1°").arg(*calibration.qrRotation_deg, 0, 'g', 4);
    return parts.isEmpty() ? Text::tr("not calibrated") : parts.join(QStringLiteral(", "));
}

QString mapUnitText(MapUnit unit)
{
    switch (unit) {
    case MapUnit::Fraction:
        return Text::tr("Atomic fraction (0 to 1)");
    case MapUnit::Percent:
        return Text::tr("Atomic percent");
    case MapUnit::WeightPercent:
        return Text::tr("Weight percent");
    case MapUnit::Counts:
        return Text::tr("Counts");
    case MapUnit::Arbitrary:
        return Text::tr("Arbitrary units");
    case MapUnit::Pixels:
        return Text::tr("Detector pixels");
    }
    return {};
}

QString fileDialogFilter(const QString& all, const std::function<bool(const FormatTraits&)>& wanted)
{
    QStringList filters;
    for (const FileFilter& filter : fileFilters(all.toStdString(), wanted)) {
        QStringList patterns;
        for (const std::string& pattern : filter.patterns)
            patterns << QString::fromStdString(pattern);
        filters << QString::fromStdString(filter.title) + QStringLiteral(" (") + patterns.join(u' ') + u')';
    }
    filters << Text::tr("All files (*)");
    return filters.join(QStringLiteral(";;"));
}

} // namespace dispersa
