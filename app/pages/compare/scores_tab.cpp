// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a run; see scores_tab.h.
#include "app/pages/compare/scores_tab.h"

#include "app/figures/account_text.h"
#include "app/figures/score_figures.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/compare/leak_gap_panel.h"
#include "app/pages/compare/score_table.h"
#include "app/pages/train/recipe_text.h"
#include "widgets/score_bars.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {

ScoresTab::ScoresTab(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_note(new QLabel(this)), m_gap(new LeakGapPanel(this)),
      m_pearson(new ScoreBars), m_mae(new ScoreBars),
      m_error(new ScoreBars), m_views(new QTabBar(this)), m_viewHelp(new QLabel(this)), m_table(new ScoreTable(this))
{
    m_note->setObjectName("compare_scores_note");
    m_note->setWordWrap(true);
    m_pearson->setObjectName("compare_pearson");
    m_pearson->setAccessibleName(tr("Pearson correlation"));
    m_mae->setObjectName("compare_mae");
    m_mae->setAccessibleName(tr("Mean absolute error"));
    m_error->setObjectName("compare_error");
    m_error->setAccessibleName(tr("Relative error"));
    m_mae->setLegendVisible(false); // the colours are those of r
    m_error->setLegendVisible(false);
    auto* bars = new QSplitter(Qt::Horizontal);
    for (ScoreBars* plot : {m_pearson, m_mae, m_error}) {
        plot->setPlaceholder(tr("No scan of this run has measured maps to compare with."));
        bars->addWidget(plot);
        connect(plot, &PlotView::dataExportRequested, this, [this] {
            if (m_run)
                saveTextWithDialog(this, tr("scores.csv"), tr("Comma-separated values (*.csv)"),
                                   metricsToCsv(m_run->metrics), m_context.messages);
        });
    }
    bars->setSizes({600, 300, 300}); // r carries the marks
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(bars);
    splitter->addWidget(makeTable());
    splitter->setSizes({320, 280});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addWidget(m_gap);
    layout->addWidget(m_note);
    layout->addWidget(splitter, 1);
}

QWidget* ScoresTab::makeTable()
{
    m_views->setObjectName("compare_score_views");
    m_views->setAccessibleName(tr("What the table shows"));
    m_views->setDrawBase(false);
    m_views->setExpanding(false);
    for (const ScoreView view : scoreViews)
        m_views->addTab(scoreViewTitle(view));
    m_viewHelp->setObjectName("compare_score_view_help");
    m_viewHelp->setWordWrap(true);
    m_viewHelp->setForegroundRole(QPalette::PlaceholderText);
    auto* head = new QHBoxLayout;
    head->addWidget(m_views);
    head->addSpacing(8);
    head->addWidget(m_viewHelp, 1);
    auto* lower = new QWidget;
    auto* layout = new QVBoxLayout(lower);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(head);
    layout->addWidget(m_table, 1);
    connect(m_views, &QTabBar::currentChanged, this, &ScoresTab::showView);
    showView();
    return lower;
}

void ScoresTab::showView()
{
    const ScoreView view = scoreViews[m_views->currentIndex()];
    m_table->setView(view);
    QString help = scoreViewHelp(view);
    if (view == ScoreView::Correction && m_run)
        help += QLatin1Char(' ') + tr("It was fitted on %1.").arg(correctionFittedOnText(m_run->study));
    m_viewHelp->setText(help);
}

void ScoresTab::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    m_table->setRun(m_run.get());
    m_gap->setRun(m_run.get());
    const int correction = m_views->count() - 1;
    const bool corrected = m_run && m_run->study.correction.kind != CorrectionKind::None;
    m_views->setTabEnabled(correction, corrected);
    m_views->setTabToolTip(correction, corrected ? QString() : tr("No correction was fitted in this run."));
    showView();
    if (!m_run) {
        for (ScoreBars* plot : {m_pearson, m_mae, m_error})
            plot->setScores({}, {}, {});
        m_note->clear();
        return;
    }
    const BarPanel pearson = pearsonBars(m_run->metrics);
    const BarPanel mae = maeBars(m_run->metrics);
    const BarPanel error = errorBars(m_run->metrics);
    m_pearson->setPanel(pearson);
    m_mae->setPanel(mae);
    m_error->setScores(error.categories, error.groups, error.yLabel);
    QStringList notes;
    const bool inSample = std::any_of(m_run->metrics.scans.begin(), m_run->metrics.scans.end(),
                                      [](const ScanScores& scan) { return scan.inSample; });
    if (inSample)
        notes << tr("Grey bars are in sample: the model was trained on pixels of that scan.");
    if (m_run->metrics.leakGap.empty() && m_run->metrics.splitKind == splitKindName(SplitKind::Random) &&
        !m_run->metrics.testTargets.empty())
        notes << tr("The random test part is leaky: its pixels share filtered neighbours with the training.");
    m_note->setText(notes.join(QLatin1Char(' ')));
    m_note->setVisible(!notes.isEmpty());
}

} // namespace dispersa
