// SPDX-License-Identifier: GPL-3.0-or-later
// Compares items with samples/expected.json of the shared data: shape, number type, exact statistics.
#pragma once

#include "core/io/format.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <cmath>
#include <optional>

namespace test {

struct Sample {
    std::filesystem::path path;
    QJsonObject expected;

    /// Keys of expected.json that describe a dataset.
    QStringList datasets() const
    {
        QStringList names;
        for (const QString& key : expected.keys())
            if (expected[key].toObject().contains("shape"))
                names.push_back(key);
        return names;
    }

    /// What differs between the item and the expectation; empty if nothing.
    QString difference(const QString& dataset, const dispersa::FileItem& item) const
    {
        const QJsonObject wanted = expected[dataset].toObject();
        QStringList shape, found;
        for (const auto& extent : wanted["shape"].toArray())
            shape.push_back(QString::number(extent.toInt()));
        for (const auto extent : item.shape)
            found.push_back(QString::number(extent));
        if (shape != found)
            return "shape " + found.join(" x ") + " instead of " + shape.join(" x ");
        const QString type =
            QString("%1%2").arg(QString(dispersa::elementTypeName(item.type))[0]).arg(dispersa::elementSize(item.type));
        if (wanted["dtype"].toString().mid(1) != type)
            return "type " + type + " instead of " + wanted["dtype"].toString();
        const auto format = dispersa::formatOf(path);
        if (!format)
            return QString::fromStdString(format.error().message);
        const auto statistics = (*format)->statistics(path, item.id, {}, {});
        if (!statistics)
            return QString::fromStdString(statistics.error().message);
        const auto differs = [&](const char* name, double value, double expectation) {
            // Sums of floats depend on the order in which they are added up: 1e-12 of what is summed.
            return std::abs(value - expectation) > 1e-12 * std::max(1.0, std::abs(expectation))
                       ? QString("%1 %2 instead of %3").arg(name).arg(value, 0, 'g', 17).arg(expectation, 0, 'g', 17)
                       : QString();
        };
        QString text = differs("sum", statistics->sum, wanted["sum"].toDouble()) +
                       differs("min", statistics->min, wanted["min"].toDouble()) +
                       differs("max", statistics->max, wanted["max"].toDouble()) +
                       differs("last", statistics->last, wanted["last"].toDouble());
        for (std::size_t i = 0; i < statistics->first.size(); ++i)
            text += differs("first", statistics->first[i], wanted["first4"].toArray()[qsizetype(i)].toDouble());
        return text;
    }
};

/// nullopt when the shared data is absent.
inline std::optional<Sample> sample(const QString& name)
{
    const QString samples = qEnvironmentVariable("DISPERSA_SHARED_DATA") + "/samples/";
    QFile file(samples + "expected.json");
    if (!file.open(QFile::ReadOnly))
        return std::nullopt;
    return Sample{(samples + name).toStdString(), QJsonDocument::fromJson(file.readAll()).object()[name].toObject()};
}

} // namespace test
