// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/dose_figure.h"

#include <QCoreApplication>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(DoseFigure)
};

QString paragraph(const QString& sentence)
{
    return sentence.isEmpty() ? QString() : QStringLiteral("<p>%1</p>\n").arg(sentence.toHtmlEscaped());
}

QString curvesHtml(const std::vector<LearningCurve>& curves, DoseKind kind, double tolerance)
{
    if (curves.empty())
        return {};
    QString items;
    for (const CurvePoint& point : curves.front().points)
        items += QStringLiteral("<li>%1</li>\n").arg(doseSentence(curves, kind, point.share).toHtmlEscaped());
    LinePanel panel = sharePanel(shareCurves(curves), shareAxisText(kind), Text::tr("Pearson r"));
    if (const auto enough = sufficientShare(curves, tolerance))
        panel.markers.push_back({100 * *enough, Text::tr("enough: %1").arg(shareText(*enough)), {}});
    const QByteArray svg = figureSvg(Figure::single(panel, 130));
    return paragraph(enoughSentence(curves, kind, tolerance)) +
           QStringLiteral("<figure><img alt=\"%1\" src=\"data:image/svg+xml;base64,%2\"></figure>\n<ul>\n%3</ul>\n")
               .arg(shareAxisText(kind).toHtmlEscaped(), QString::fromLatin1(svg.toBase64()), items);
}

} // namespace

std::vector<ShareCurve> shareCurves(const std::vector<LearningCurve>& curves)
{
    std::vector<ShareCurve> result;
    for (const LearningCurve& curve : curves) {
        ShareCurve shown{QString::fromStdString(curve.target), {}};
        for (const CurvePoint& point : curve.points)
            shown.points.push_back({point.share, point.mean, point.sd.value_or(0)});
        result.push_back(std::move(shown));
    }
    return result;
}

QString shareAxisText(DoseKind kind)
{
    return kind == DoseKind::Area ? Text::tr("Share of EDS area (%)") : Text::tr("Share of X-ray counts (%)");
}

QString doseScoredOnText(const DosePlan& plan)
{
    if (plan.scoredOn == "scans")
        return Text::tr("Scored on scans that nothing was trained on.");
    switch (plan.split) {
    case SplitKind::Blocks:
        return Text::tr("Scored on held-out blocks.");
    case SplitKind::Random:
        return Text::tr("Scored on the test part of a random split, which flatters.");
    case SplitKind::Scans:
    case SplitKind::LeaveOneOut:
        break;
    }
    return Text::tr("Scored on training scans that were left out.");
}

QString doseSection(const RunResult& run)
{
    const std::optional<DosePlan>& plan = run.metrics.dosePlan;
    if (!plan)
        return {};
    return curvesHtml(plan->area, DoseKind::Area, plan->tolerance) +
           curvesHtml(plan->counts, DoseKind::Counts, plan->tolerance) +
           paragraph(doseScoredOnText(*plan) + QLatin1Char(' ') +
                     Text::tr("100 % of the area: %n pixel(s).", nullptr, int(plan->trainingPixels)) + QLatin1Char(' ') +
                     Text::tr("Error bars: standard deviation of the trainings of a share."));
}

} // namespace dispersa
