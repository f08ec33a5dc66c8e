// SPDX-License-Identifier: GPL-3.0-or-later
// Leak gap; see leak_gap_panel.h.
#include "app/pages/compare/leak_gap_panel.h"

#include "app/figures/account_text.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>

#include <algorithm>

namespace dispersa {

namespace {
/// How the pixels of a column were held out.
QString columnHelp(GapColumn column, const LeakGap& gap)
{
    switch (column) {
    case GapColumn::Random:
        return LeakGapPanel::tr("Scored on single pixels drawn at random: their neighbours were trained on.");
    case GapColumn::Blocks: {
        QString help = LeakGapPanel::tr("Scored on whole blocks of pixels; a margin around them was not trained on.");
        if (const QString left = blocksTrainText(gap); !left.isEmpty())
            help += QLatin1Char('\n') + left;
        return help;
    }
    case GapColumn::UnseenScans:
        break;
    }
    return LeakGapPanel::tr("Scored on scans of which no pixel was trained on.");
}
} // namespace

LeakGapPanel::LeakGapPanel(QWidget* parent) : QWidget(parent), m_table(new QTableWidget(this)), m_text(new QLabel(this))
{
    setObjectName("compare_leak_gap");
    m_table->setObjectName("compare_leak_gap_table");
    m_table->setAccessibleName(tr("Pearson's r by kind of split, medians over the targets"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::NoFocus);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->verticalHeader()->setSectionsClickable(false);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_table->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_text->setObjectName("compare_leak_gap_text");
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(m_table, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    setRun(nullptr);
}

void LeakGapPanel::setRun(const RunResult* run)
{
    const bool trained = run && !run->study.model && !run->metrics.splitKind.empty();
    setVisible(trained);
    if (trained)
        fill(run->metrics.leakGap);
}

void LeakGapPanel::fill(const LeakGap& gap)
{
    const bool leaks = positionPredicts(gap);
    m_table->setVisible(!gap.empty());
    m_table->clear();
    m_table->setRowCount(int(gap.rows.size()));
    m_table->setColumnCount(int(std::size(gapColumns)));
    for (int column = 0; column < m_table->columnCount(); ++column) {
        QString title = gapColumnText(gapColumns[column], gap.guard_px);
        // How much was taught there matters only where it was little.
        if (gapColumns[column] == GapColumn::Blocks && blocksTrainLittle(gap))
            title += QLatin1Char('\n') + blocksTrainText(gap);
        auto* head = new QTableWidgetItem(title);
        head->setToolTip(columnHelp(gapColumns[column], gap));
        m_table->setHorizontalHeaderItem(column, head);
        for (int row = 0; row < m_table->rowCount(); ++row) {
            const LeakGapRow& model = gap.rows[std::size_t(row)];
            const auto r = medianOf(gapValues(model, gapColumns[column]));
            auto* cell = new QTableWidgetItem(r ? rText(*r) : tr("not measured"));
            cell->setTextAlignment(Qt::AlignCenter);
            cell->setToolTip(gapDetail(gap, model, gapColumns[column]));
            if (!r)
                cell->setForeground(palette().placeholderText());
            if (leaks && gapColumns[column] == GapColumn::Random) {
                // The colours of the banner that says "out of date", readable on light and dark.
                cell->setBackground(QColor(0xff, 0xf3, 0xc4));
                cell->setForeground(QColor(0x5c, 0x44, 0x00));
            }
            m_table->setItem(row, column, cell);
        }
    }
    for (int row = 0; row < m_table->rowCount(); ++row) {
        auto* header = new QTableWidgetItem(gapModelText(gap.rows[std::size_t(row)]));
        header->setToolTip(isPositionAlone(gap.rows[std::size_t(row)])
                               ? tr("What the four nearest training pixels predict, without any diffraction")
                               : tr("Median r over the targets; each target on the values"));
        m_table->setVerticalHeaderItem(row, header);
    }
    m_table->resizeColumnsToContents();
    int width = m_table->verticalHeader()->sizeHint().width() + 2 * m_table->frameWidth();
    for (int column = 0; column < m_table->columnCount(); ++column)
        width += m_table->columnWidth(column);
    int height = m_table->horizontalHeader()->sizeHint().height() + 2 * m_table->frameWidth();
    for (int row = 0; row < m_table->rowCount(); ++row)
        height += m_table->rowHeight(row);
    m_table->setFixedSize(width, height);

    const QString missing = leakGapMissing(gap);
    QStringList parts;
    if (gap.empty())
        parts << tr("This run was made before kinds of split were compared: train again to see what its split is worth.");
    if (leaks)
        parts << QStringLiteral("⚠");
    parts << leakGapText(gap);
    if (!missing.isEmpty())
        parts << missing;
    m_text->setText(parts.join(QLatin1Char(' ')).simplified());
    m_text->setStyleSheet(leaks ? QStringLiteral("QLabel { background: #fff3c4; color: #5c4400; border: 1px solid #d8b13a; "
                                                 "padding: 4px; }")
                                : QString());
}

} // namespace dispersa
