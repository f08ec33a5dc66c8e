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

#include <algorithm>
#include <iterator>

namespace dispersa {

using namespace score_column;

namespace {
QString meanSdText(const MeanSd& value, int decimals)
{
    if (!value.mean)
        return QStringLiteral("–");
    QString text = QString::number(*value.mean, 'f', decimals);
    if (value.sd)
        text += QStringLiteral(" (%1)").arg(*value.sd, 0, 'f', decimals);
    return text;
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
    if (reason == "undefined")
        return ScoreTable::tr("Undefined.");
    return QString::fromStdString(reason);
}

QString scoreText(const Score& score, int decimals)
{
    return score.value ? QString::number(*score.value, 'f', decimals) : QStringLiteral("–");
}

ScoreTable::ScoreTable(QWidget* parent) : QTableWidget(0, score_column::Count, parent)
{
    setObjectName("compare_score_table");
    setAccessibleName(tr("Scores per scan and target"));
    for (int column = 0; column < score_column::Count; ++column) {
        auto* head = new QTableWidgetItem(scoreColumnTitle(ScoreColumn(column)));
        head->setToolTip(scoreColumnHelp(ScoreColumn(column)));
        setHorizontalHeaderItem(column, head);
    }
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setStretchLastSection(true);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::ContiguousSelection);
    setAlternatingRowColors(true);
    setView(ScoreView::Scores);
}

void ScoreTable::setView(ScoreView view)
{
    m_view = view;
    horizontalHeader()->setStretchLastSection(view != ScoreView::Baselines); // numbers stay near their neighbours
    for (int column = 0; column < score_column::Count; ++column)
        setColumnHidden(column, !isShown(ScoreColumn(column), view));
    for (int row = 0; row < m_summaryRows; ++row) // means of r and MAE
        setRowHidden(row, view != ScoreView::Scores);
}

void ScoreTable::setCell(int row, int column, const QString& text, const QString& tooltip)
{
    auto* cell = new QTableWidgetItem(text);
    if (column >= Pixels && column < Note && column != Baseline && column != FittedOn)
        cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    cell->setToolTip(tooltip);
    setItem(row, column, cell);
}

void ScoreTable::setScore(int row, int column, const Score& score, int decimals)
{
    setCell(row, column, scoreText(score, decimals), score.value ? QString() : reasonText(score.reason));
}

void ScoreTable::setBold(int row, int column)
{
    QFont bold = item(row, column)->font();
    bold.setBold(true);
    item(row, column)->setFont(bold);
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
    addBaselines(row, target, inSample);
    addConfidence(row, account, inSample);
}

void ScoreTable::addBaselines(int row, const TargetScores& target, bool inSample)
{
    const BaselineComparison& comparison = target.account.baselines;
    const BaselineScores* best = bestBaseline(target, inSample);
    const QString why = inSample ? tr("In sample: baselines that know the training pixels know the answer.")
                        : best   ? tr("Not computed.")
                                 : tr("Nothing was trained, or no baseline knows enough of these pixels.");
    setCell(row, Baseline, QStringLiteral("–"), why);
    setCell(row, Skill, QStringLiteral("–"), why);
    for (int i = 0; i < int(std::size(baselineKinds)); ++i)
        setCell(row, FirstBaseline + i, QStringLiteral("–"), why);
    if (inSample)
        return;
    for (const BaselineScores& scores : comparison.baselines) {
        const auto place = std::find(std::begin(baselineKinds), std::end(baselineKinds), scores.kind);
        const int column = FirstBaseline + int(place - std::begin(baselineKinds));
        if (!scores.pearson.value) {
            setScore(row, column, scores.pearson, 2);
            continue;
        }
        setCell(row, column, rText(*scores.pearson.value),
                scores.mae.value && scores.skill.value
                    ? tr("MAE %1; skill over it %2").arg(*scores.mae.value, 0, 'f', 4).arg(*scores.skill.value, 0, 'f', 2)
                    : QString());
        if (best && best->kind == scores.kind)
            setBold(row, column);
    }
    if (!best)
        return;
    setCell(row, Baseline,
            tr("%1, %2").arg(baselineText(best->kind),
                             best->pearson.value ? rText(*best->pearson.value) : QStringLiteral("–")),
            baselineHelp(best->kind));
    setScore(row, Skill, comparison.skill, 2);
}

void ScoreTable::addConfidence(int row, const TargetAccount& account, bool inSample)
{
    if (account.effectiveSamples)
        setCell(row, Samples, QString::number(qRound(*account.effectiveSamples)));
    if (account.autocorrelation_px)
        setCell(row, Autocorrelation, QString::number(*account.autocorrelation_px, 'f', 1));
    if (account.intervals) {
        setCell(row, HalfWidth, QString::number(account.intervals->halfWidth, 'f', 4));
        setCell(row, Coverage, coverageText(*account.intervals));
        setCell(row, FittedOn, intervalsFittedOnShort(account.intervals->fittedOn),
                intervalsFittedOnText(account.intervals->fittedOn));
        return;
    }
    const QString why = inSample ? tr("In sample: on what was trained on, intervals hold more than they promise.")
                                 : tr("No intervals, or they were fitted on these very pixels.");
    for (const int column : {HalfWidth, Coverage, FittedOn})
        setCell(row, column, QStringLiteral("–"), why);
}

void ScoreTable::addCorrection(int row, const TargetScores& target)
{
    if (target.corrected) {
        setScore(row, CorrectedPearson, target.corrected->pearson, 3);
        setScore(row, CorrectedMae, target.corrected->mae, 4);
    }
    if (const LinearCorrection* line = target.correction ? target.correction->linear() : nullptr) {
        setCell(row, Alpha, QString::number(line->alpha, 'f', 3));
        setCell(row, Beta, QString::number(line->beta, 'f', 4));
    }
}

void ScoreTable::addTarget(const QString& place, const TargetScores& target, const QString& note, bool inSample)
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
    addCorrection(row, target);
    QStringList notes;
    if (!note.isEmpty())
        notes << note;
    if (target.correctionInSample)
        notes << tr("correction fitted where it is scored");
    setCell(row, Note, notes.join(QStringLiteral("; ")),
            inSample ? tr("The model was trained on pixels of this scan: no score of a prediction.") : QString());
    if (inSample) // as grey as its bars: no score of a prediction
        for (int column = 0; column < score_column::Count; ++column)
            if (item(row, column))
                item(row, column)->setForeground(palette().placeholderText());
}

void ScoreTable::addSummary(const RunMetrics& metrics)
{
    for (const SummaryRow& summary : metrics.summary) {
        const int row = rowCount();
        insertRow(row);
        setCell(row, Place, tr("predicted, mean (sd)"), tr("Mean and standard deviation over the predicted scans"));
        setCell(row, Target, QString::fromStdString(summary.target));
        setCell(row, Pearson, meanSdText(summary.pearson, 3));
        setCell(row, Mae, meanSdText(summary.mae, 4));
        for (int column = 0; column < score_column::Count; ++column)
            if (item(row, column))
                setBold(row, column);
    }
    m_summaryRows = rowCount();
}

void ScoreTable::setRun(const RunResult* run)
{
    setRowCount(0);
    m_summaryRows = 0;
    if (!run)
        return;
    addSummary(run->metrics);
    for (const ScanScores& scan : run->metrics.scans)
        for (const TargetScores& target : scan.targets)
            addTarget(QString::fromStdString(scan.name), target,
                      scan.inSample ? tr("in sample") : QString(), scan.inSample);
    const QString split = splitTitle(run->metrics.splitKind);
    for (const TargetScores& target : run->metrics.testTargets)
        addTarget(tr("test part"), target, tr("split: %1").arg(split), false);
    setView(m_view); // hides the rows that it has no use for
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
        if (isRowHidden(row))
            continue;
        QStringList cells;
        for (int column = range.leftColumn(); column <= range.rightColumn(); ++column)
            if (!isColumnHidden(column))
                cells << (item(row, column) ? item(row, column)->text() : QString());
        lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

} // namespace dispersa
