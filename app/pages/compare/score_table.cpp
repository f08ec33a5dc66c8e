// SPDX-License-Identifier: GPL-3.0-or-later
// Table of scores; see score_table.h.
#include "app/pages/compare/score_table.h"

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
} // namespace

QString reasonText(const std::string& reason)
{
    if (reason == "constant_map")
        return ScoreTable::tr("Undefined: one of the maps is constant.");
    if (reason == "no_pixels")
        return ScoreTable::tr("Undefined: no pixel has both values.");
    if (reason == "zero_mean")
        return ScoreTable::tr("Undefined: the mean of the real map is zero.");
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
    setHorizontalHeaderLabels({tr("Scan"), tr("Target"), tr("Pixels"), tr("Pearson r"), tr("MAE"), tr("Error %"),
                               tr("r corrected"), tr("MAE corrected"), tr("α"), tr("β"), tr("Note")});
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
    if (column >= Pixels && column < Note)
        cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    cell->setToolTip(tooltip);
    setItem(row, column, cell);
}

void ScoreTable::setScore(int row, int column, const Score& score, int decimals)
{
    setCell(row, column, scoreText(score, decimals), score.value ? QString() : reasonText(score.reason));
}

int ScoreTable::addTarget(const QString& place, const TargetScores& target, const QString& note)
{
    const int row = rowCount();
    insertRow(row);
    setCell(row, Place, place);
    setCell(row, Target, QString::fromStdString(target.name));
    setCell(row, Pixels, QString::number(target.n));
    setScore(row, Pearson, target.pearson, 3);
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
                      scan.inSample ? tr("in sample: trained on its pixels") : QString());
    const QString split = splitTitle(run->metrics.splitKind);
    for (const TargetScores& target : run->metrics.testTargets)
        addTarget(tr("test part"), target, tr("split: %1").arg(split));
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
