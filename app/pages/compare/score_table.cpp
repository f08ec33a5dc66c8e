// SPDX-License-Identifier: GPL-3.0-or-later
// Table of scores; see score_table.h.
#include "app/pages/compare/score_table.h"

#include "app/figures/account_text.h"
#include "app/figures/run_values.h"
#include "app/pages/train/recipe_text.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>

namespace dispersa {

namespace {
enum Column {
    Place,
    Target,
    Pixels,
    Pearson,
    WithoutRowMeans,
    Interval,
    Ceiling,
    Baseline,
    Skill,
    Samples,
    Mae,
    ErrorPercent,
    CorrectedPearson,
    CorrectedMae,
    Alpha,
    Beta,
    Note,
    ColumnCount
};

QString meanSdText(const MeanSd& value, int decimals)
{
    if (!value.mean)
        return QStringLiteral("–");
    QString text = QString::number(*value.mean, 'f', decimals);
    if (value.sd)
        text += QStringLiteral(" (%1)").arg(*value.sd, 0, 'f', decimals);
    return text;
}
/// All of them, one a line.
QString baselinesText(const BaselineComparison& comparison)
{
    QStringList lines;
    for (const BaselineScores& scores : comparison.baselines)
        lines << ScoreTable::tr("%1: r %2, skill over it %3")
                     .arg(baselineText(scores.kind), scores.pearson.value ? rText(*scores.pearson.value)
                                                                         : QStringLiteral("–"),
                          scores.skill.value ? QString::number(*scores.skill.value, 'f', 2) : QStringLiteral("–"));
    return lines.join(QLatin1Char('\n'));
}
} // namespace

QString reasonText(const std::string& reason)
{
    if (reason == "constant_map")
        return ScoreTable::tr("Undefined: one of the maps is constant.");
    if (reason == "no_pixels")
        return ScoreTable::tr("Undefined: no pixel has both values.");
    if (reason == "zero_mean")
        return ScoreTable::tr("Undefined: the mean of the real map is zero.");
    if (reason == "no_filter")
        return ScoreTable::tr("Undefined: no filter removed anything to judge the noise by.");
    if (reason == "noise_not_white")
        return ScoreTable::tr("Undefined: what the filter removed is not like noise; the map was smoothed before it came "
                              "here, or holds fine structure.");
    if (reason == "no_baseline")
        return ScoreTable::tr("Undefined: no baseline knows enough of these pixels.");
    if (reason == "perfect_baseline")
        return ScoreTable::tr("Undefined: the baseline makes no error that could be made smaller.");
    return QString::fromStdString(reason);
}

QString scoreText(const Score& score, int decimals)
{
    return score.value ? QString::number(*score.value, 'f', decimals) : QStringLiteral("–");
}

ScoreTable::ScoreTable(QWidget* parent) : QTableWidget(0, ColumnCount, parent)
{
    setObjectName("compare_score_table");
    setAccessibleName(tr("Scores per scan and target"));
    setHorizontalHeaderLabels({tr("Scan"), tr("Target"), tr("Pixels"), tr("Pearson\nr"), tr("r without\nrow means"),
                               tr("95 %\ninterval"), tr("Ceiling"), tr("Best baseline"), tr("Skill"),
                               tr("Independent\nsamples"), tr("MAE"), tr("Error\n%"), tr("r\ncorrected"),
                               tr("MAE\ncorrected"), tr("α"), tr("β"), tr("Note")});
    horizontalHeaderItem(Pearson)->setToolTip(tr("Correlation of the predicted with the real map: 1 is perfect, 0 none."));
    horizontalHeaderItem(WithoutRowMeans)
        ->setToolTip(tr("r after each row's mean was taken from both maps: what is right beyond the layers of the film."));
    horizontalHeaderItem(Interval)
        ->setToolTip(tr("Between these r lies in 95 % of draws of whole blocks of pixels: how sure r is."));
    horizontalHeaderItem(Ceiling)
        ->setToolTip(tr("The highest r that a perfect prediction can reach, since the real map holds noise; ≈ is an "
                        "estimate."));
    horizontalHeaderItem(Baseline)
        ->setToolTip(tr("What predicts best without the model, and its r."));
    horizontalHeaderItem(Skill)
        ->setToolTip(tr("How much of the best baseline's squared error the model takes away: 1 all, 0 none, below 0 it is "
                        "worse."));
    horizontalHeaderItem(Samples)
        ->setToolTip(tr("Neighbouring pixels are alike: so many independent pixels the map is worth."));
    horizontalHeaderItem(Mae)->setToolTip(tr("Mean absolute error, in the map's unit"));
    horizontalHeaderItem(ErrorPercent)->setToolTip(tr("100 × MAE / mean of the real map"));
    horizontalHeaderItem(CorrectedPearson)
        ->setToolTip(tr("After y = α y + β. This cannot change r where the pixels are the same."));
    horizontalHeaderItem(Alpha)->setToolTip(tr("Slope of the linear correction"));
    horizontalHeaderItem(Beta)->setToolTip(tr("Offset of the linear correction"));
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setStretchLastSection(true);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::ContiguousSelection);
    setAlternatingRowColors(true);
}

void ScoreTable::setCell(int row, int column, const QString& text, const QString& tooltip)
{
    auto* cell = new QTableWidgetItem(text);
    if (column >= Pixels && column < Note && column != Baseline)
        cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    cell->setToolTip(tooltip);
    setItem(row, column, cell);
}

void ScoreTable::setScore(int row, int column, const Score& score, int decimals)
{
    setCell(row, column, scoreText(score, decimals), score.value ? QString() : reasonText(score.reason));
}

void ScoreTable::addAccount(int row, const TargetScores& target, bool inSample)
{
    const TargetAccount& account = target.account;
    setScore(row, WithoutRowMeans, account.withoutRowMeans, 3);
    if (account.pearson)
        setCell(row, Interval,
                tr("%1 to %2").arg(account.pearson->low, 0, 'f', 2).arg(account.pearson->high, 0, 'f', 2),
                tr("Drawn from %n block(s)", nullptr, account.pearson->blocks));
    else
        setCell(row, Interval, QStringLiteral("–"), tr("Too few blocks of independent pixels to draw from."));
    if (account.ceiling && account.ceiling->r.value) {
        const bool estimate = account.ceiling->kind == CeilingKind::Estimate;
        setCell(row, Ceiling, (estimate ? QStringLiteral("≈ ") : QString()) + rText(*account.ceiling->r.value),
                ceilingHelp(account.ceiling->kind));
    } else {
        setCell(row, Ceiling, QStringLiteral("–"),
                account.ceiling ? reasonText(account.ceiling->r.reason) : tr("Not computed."));
    }
    if (const BaselineScores* best = bestBaseline(target, inSample)) {
        setCell(row, Baseline,
                tr("%1, %2").arg(baselineText(best->kind),
                                 best->pearson.value ? rText(*best->pearson.value) : QStringLiteral("–")),
                baselinesText(account.baselines));
        setScore(row, Skill, account.baselines.skill, 2);
    } else {
        const QString why = inSample ? tr("In sample: baselines that know the training pixels know the answer.")
                                     : tr("Nothing was trained, or no baseline knows enough of these pixels.");
        setCell(row, Baseline, QStringLiteral("–"), why);
        setCell(row, Skill, QStringLiteral("–"), why);
    }
    if (account.effectiveSamples)
        setCell(row, Samples, QString::number(qRound(*account.effectiveSamples)),
                account.autocorrelation_px
                    ? tr("The map looks alike over %1 px.").arg(*account.autocorrelation_px, 0, 'f', 1)
                    : QString());
}

int ScoreTable::addTarget(const QString& place, const TargetScores& target, const QString& note, bool inSample)
{
    const int row = rowCount();
    insertRow(row);
    setCell(row, Place, place);
    setCell(row, Target, QString::fromStdString(target.name));
    setCell(row, Pixels, QString::number(target.n));
    setScore(row, Pearson, target.pearson, 3);
    addAccount(row, target, inSample);
    setScore(row, Mae, target.mae, 4);
    setScore(row, ErrorPercent, target.errorPercent, 1);
    if (target.corrected) {
        setScore(row, CorrectedPearson, target.corrected->pearson, 3);
        setScore(row, CorrectedMae, target.corrected->mae, 4);
    }
    if (const LinearCorrection* line = target.correction ? target.correction->linear() : nullptr) {
        setCell(row, Alpha, QString::number(line->alpha, 'f', 3));
        setCell(row, Beta, QString::number(line->beta, 'f', 4));
    }
    QStringList notes;
    if (!note.isEmpty())
        notes << note;
    if (target.correctionInSample)
        notes << tr("correction fitted where it is scored");
    setCell(row, Note, notes.join(QStringLiteral("; ")));
    return row;
}

void ScoreTable::addSummary(const RunMetrics& metrics)
{
    for (const SummaryRow& summary : metrics.summary) {
        const int row = rowCount();
        insertRow(row);
        setCell(row, Place, tr("mean (sd) of predicted scans"));
        setCell(row, Target, QString::fromStdString(summary.target));
        setCell(row, Pearson, meanSdText(summary.pearson, 3));
        setCell(row, Mae, meanSdText(summary.mae, 4));
        for (int column = 0; column < ColumnCount; ++column)
            if (QTableWidgetItem* cell = item(row, column)) {
                QFont bold = cell->font();
                bold.setBold(true);
                cell->setFont(bold);
            }
    }
}

void ScoreTable::setRun(const RunResult* run)
{
    setRowCount(0);
    if (!run)
        return;
    addSummary(run->metrics);
    for (const ScanScores& scan : run->metrics.scans)
        for (const TargetScores& target : scan.targets)
            addTarget(QString::fromStdString(scan.name), target,
                      scan.inSample ? tr("in sample: trained on its pixels") : QString(), scan.inSample);
    const QString split = splitTitle(run->metrics.splitKind);
    for (const TargetScores& target : run->metrics.testTargets)
        addTarget(tr("test part"), target, tr("split: %1").arg(split), false);
}

void ScoreTable::keyPressEvent(QKeyEvent* event)
{
    if (event != QKeySequence::Copy || selectedRanges().isEmpty()) {
        QTableWidget::keyPressEvent(event);
        return;
    }
    const QTableWidgetSelectionRange range = selectedRanges().first();
    QStringList lines;
    for (int row = range.topRow(); row <= range.bottomRow(); ++row) {
        QStringList cells;
        for (int column = range.leftColumn(); column <= range.rightColumn(); ++column)
            cells << (item(row, column) ? item(row, column)->text() : QString());
        lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

} // namespace dispersa
