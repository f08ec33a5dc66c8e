// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/dose_text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(DoseText)
};

/// "0.96", with more decimals where two would say ± 0.00.
QString scoreText(const CurvePoint& point)
{
    constexpr double smallest = 0.0001; // nobody needs r to more digits
    const int decimals = !point.sd || *point.sd >= 0.0095 ? 2 : *point.sd >= 0.00095 ? 3 : 4;
    const QString mean = QString::number(point.mean, 'f', decimals);
    if (!point.sd)
        return mean;
    return *point.sd < smallest / 2 ? Text::tr("%1 ± less than %2").arg(mean, QString::number(smallest, 'f', decimals))
                                    : Text::tr("%1 ± %2").arg(mean, QString::number(*point.sd, 'f', decimals));
}

QString what(DoseKind kind)
{
    return kind == DoseKind::Area ? Text::tr("EDS area") : Text::tr("X-ray counts");
}

double largestShare(std::span<const LearningCurve> curves)
{
    double largest = 0;
    for (const LearningCurve& curve : curves)
        for (const CurvePoint& point : curve.points)
            largest = std::max(largest, point.share);
    return largest;
}

} // namespace

std::optional<std::vector<double>> sharesFromText(const QString& text)
{
    static const QRegularExpression separator(QStringLiteral("[,;\\s%]+"));
    std::vector<double> shares;
    const QStringList parts = text.split(separator, Qt::SkipEmptyParts);
    for (const QString& part : parts) {
        bool ok = false;
        const double percent = part.toDouble(&ok);
        if (!ok || !(percent > 0) || percent > 100)
            return std::nullopt;
        shares.push_back(percent / 100);
    }
    if (shares.empty())
        return std::nullopt;
    std::sort(shares.begin(), shares.end());
    shares.erase(std::unique(shares.begin(), shares.end()), shares.end());
    return shares;
}

QString sharesText(const std::vector<double>& shares)
{
    QStringList parts;
    for (const double share : shares)
        parts << QString::number(100 * share, 'g', 4);
    return parts.join(QStringLiteral(", "));
}

QString shareText(double share)
{
    return Text::tr("%1 %").arg(QString::number(100 * share, 'g', 4));
}

QString doseSentence(std::span<const LearningCurve> curves, DoseKind kind, double share)
{
    QStringList parts;
    for (const LearningCurve& curve : curves)
        for (const CurvePoint& point : curve.points)
            if (point.share == share)
                parts << Text::tr("%1 for %2", "score, target").arg(scoreText(point), QString::fromStdString(curve.target));
    if (parts.isEmpty())
        return {};
    return Text::tr("%1 of the %2 gives r = %3.", "20 %, EDS area, 0.96 for O")
        .arg(shareText(share), what(kind), parts.join(QStringLiteral(", ")));
}

QString enoughSentence(std::span<const LearningCurve> curves, DoseKind kind, double tolerance)
{
    const auto enough = sufficientShare(curves, tolerance);
    if (!enough)
        return {};
    const QString within = QString::number(tolerance, 'g', 3);
    if (*enough < largestShare(curves))
        return Text::tr("%1 of the %2 is enough: every map is within %3 in r of the best.")
            .arg(shareText(*enough), what(kind), within);
    QStringList needy;
    for (const LearningCurve& curve : curves)
        if (sufficientShare(curve, tolerance) == enough)
            needy << QString::fromStdString(curve.target);
    return Text::tr("No less than %1 of the %2 is enough: less costs %3 more than %4 in r.")
        .arg(shareText(*enough), what(kind), needy.join(QStringLiteral(", ")), within);
}

} // namespace dispersa
