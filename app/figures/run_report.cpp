// SPDX-License-Identifier: GPL-3.0-or-later
// The report of a run; see run_report.h.
#include "app/figures/run_report.h"

#include "app/figures/account_tables.h"
#include "app/figures/account_text.h"
#include "app/figures/dose_figure.h"
#include "app/figures/report_tables.h"
#include "app/figures/run_figures.h"
#include "app/pages/train/run_folder.h"
#include "core/base/os_file.h"

#include <QCoreApplication>

namespace dispersa {

namespace {

QString text(const char* source)
{
    return QCoreApplication::translate("RunReport", source);
}

/// Prints well: no shadows, tables stay whole, figures are no wider than the page.
constexpr const char* style = R"(
body { font: 15px/1.45 "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1a1a1a; background: #fff; margin: 2em auto;
       max-width: 70em; padding: 0 1.5em; }
h1 { font-size: 1.7em; margin-bottom: .1em; } h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #ccc; }
p.about { color: #555; margin-top: 0; }
table { border-collapse: collapse; margin: .8em 0; page-break-inside: avoid; }
th, td { padding: .2em .7em; border-bottom: 1px solid #e2e2e2; text-align: right; vertical-align: top; }
th { font-weight: 600; } td:first-child, th:first-child, table.facts td { text-align: left; }
table.numbers { font-size: .88em; font-variant-numeric: tabular-nums; }
table.numbers td, table.numbers th:first-child { white-space: nowrap; } table.numbers th { vertical-align: bottom; }
table.numbers.places td:nth-child(2), table.numbers.places th:nth-child(2) { text-align: left; }
table.gap td { min-width: 11em; text-align: left; } table.gap th { text-align: left; } small { color: #555; }
table.numbers tr.first > * { border-top: 1px solid #999; }
tr.insample td, tr.insample th { color: #888; }
.warning, tr.warning td, tr.warning th { background: #fff3c4; color: #5c4400; } tr.warning small { color: #5c4400; }
p.warning { border: 1px solid #d8b13a; padding: .5em .8em; }
figure { margin: 1.5em 0; page-break-inside: avoid; } figure img { max-width: 100%; }
figcaption { color: #555; font-size: .92em; }
)";

QString section(const QString& title, const QString& body)
{
    return body.isEmpty() ? QString() : QStringLiteral("<h2>%1</h2>\n%2").arg(title.toHtmlEscaped(), body);
}

QString paragraph(const QString& content, const char* className = "")
{
    if (content.isEmpty())
        return {};
    const QString attribute = *className ? QStringLiteral(" class=\"%1\"").arg(QLatin1String(className)) : QString();
    return QStringLiteral("<p%1>%2</p>\n").arg(attribute, content.toHtmlEscaped());
}

QString leakGapSection(const RunResult& run)
{
    const LeakGap& gap = run.metrics.leakGap;
    if (gap.empty())
        return {};
    return leakGapTable(gap) + paragraph(leakGapText(gap), positionPredicts(gap) ? "warning" : "") +
           paragraph(leakGapMissing(gap)) +
           paragraph(text("Medians of Pearson's r over the targets, each target below. Position alone is what the four "
                          "nearest training pixels predict, without any diffraction."));
}

/// A table with the sentence that says how to read it; empty without the table.
QString explained(const QString& table, const QString& how)
{
    return table.isEmpty() ? QString() : table + paragraph(how);
}

QString scoresSection(const RunResult& run)
{
    const QString all = scoresTable(run.metrics);
    if (all.isEmpty())
        return {};
    QString html;
    if (const QString summary = summaryTable(run.metrics); !summary.isEmpty())
        html += paragraph(text("Over the predicted scans:")) + summary;
    return html +
           explained(all, text("Grey: the model was trained on pixels of that scan. The interval holds r in 95 % of draws of "
                               "whole blocks of pixels. The ceiling is the highest r that a perfect prediction can reach "
                               "against a map that holds noise itself; ≈ is an estimate. The skill is the share of the best "
                               "baseline's squared error that the model takes away: 1 all of it, 0 nothing, below 0 it is "
                               "worse. r without row means shows what is right beyond the layers of a film."));
}

QString baselinesSection(const RunResult& run)
{
    QString items;
    for (const BaselineKind kind : baselineKinds)
        items += QStringLiteral("<li><b>%1</b>: %2</li>\n")
                     .arg(baselineText(kind).toHtmlEscaped(), baselineHelp(kind).toHtmlEscaped());
    const QString table = baselinesTable(run.metrics);
    return table.isEmpty() ? QString()
                           : table +
                                 paragraph(text("r of what predicts without this model. Bold: the one with the smallest "
                                                "squared error, over which the skill is.")) +
                                 QStringLiteral("<ul>\n%1</ul>\n").arg(items);
}

QString confidenceSection(const RunResult& run)
{
    return explained(confidenceTable(run.metrics),
                     text("Neighbouring pixels are alike, so a map is worth far fewer independent samples than it has pixels; "
                          "the intervals of r and of the mean absolute error are drawn from whole blocks for that reason. The "
                          "real value of a pixel is expected within ± of the predicted one in the share of the pixels that is "
                          "aimed at; the share that was reached stands before it. Where it is smaller, the intervals promise "
                          "too much for that scan."));
}

QString correctionSection(const RunResult& run)
{
    if (run.study.correction.kind == CorrectionKind::None)
        return {};
    return explained(correctionTable(run.metrics),
                     text("The curve from predicted to real values was fitted on %1. A straight line that rises changes no r. "
                          "Where it was fitted on what is scored, “after” flatters.")
                         .arg(correctionFittedOnText(run.study)));
}

QString warningsSection(const RunResult& run)
{
    QString items;
    for (const Warning& warning : run.warnings)
        if (warning.code != "position_predicts") // said where the kinds of split stand side by side
            items += QStringLiteral("<li>%1</li>\n").arg(QString::fromStdString(warning.message).toHtmlEscaped());
    return items.isEmpty() ? QString() : QStringLiteral("<ul>\n%1</ul>\n").arg(items);
}

/// Pictures of their own, so that the names inside of one SVG cannot meet those of another.
QString figuresSection(const RunResult& run)
{
    QString html;
    for (const RunFigure& figure : runFigures(run, {true, true, true})) { // how sure maps are belongs to them
        const QByteArray svg = figureSvg(figure.figure);
        if (svg.isEmpty())
            continue;
        html += QStringLiteral("<figure id=\"%1\"><img alt=\"%2\" src=\"data:image/svg+xml;base64,%3\">"
                               "<figcaption>%2</figcaption></figure>\n")
                    .arg(QString::fromStdString(figure.name).toHtmlEscaped(), figure.caption.toHtmlEscaped(),
                         QString::fromLatin1(svg.toBase64()));
    }
    return html;
}

} // namespace

QString runReportHtml(const RunResult& run)
{
    const QString title = text("Run %1").arg(runTitle(run.folder));
    QString html = QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>%1</title>\n"
                                  "<style>%2</style></head>\n<body>\n<h1>%1</h1>\n")
                       .arg(title.toHtmlEscaped(), QLatin1String(style));
    html += paragraph(text("Element maps from 4D-STEM diffraction patterns, by Dispersa %1.")
                          .arg(QCoreApplication::applicationVersion()),
                      "about");
    html += section(text("What was done"), studyTable(run));
    html += section(text("What the split is worth"), leakGapSection(run));
    html += section(text("Scores"), scoresSection(run));
    html += section(text("What predicts without this model"), baselinesSection(run));
    html += section(text("How sure that is"), confidenceSection(run));
    html += section(text("What the correction does"), correctionSection(run));
    html += section(text("How much X-ray dose it takes"), doseSection(run));
    html += section(text("What to keep in mind"), warningsSection(run));
    html += section(text("Figures"), figuresSection(run));
    html += section(text("Where it ran"), machineTable(run));
    return html + QStringLiteral("</body></html>\n");
}

std::filesystem::path reportFile(const RunResult& run)
{
    return run.folder / "report.html";
}

Result<std::filesystem::path> writeRunReport(const RunResult& run)
{
    if (auto written = writeFileAtomically(reportFile(run), runReportHtml(run).toStdString()); !written)
        return fail(written.error());
    return reportFile(run);
}

} // namespace dispersa
