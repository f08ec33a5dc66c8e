// SPDX-License-Identifier: GPL-3.0-or-later
// Correlation matrices; see correlation_tab.h.
#include "app/pages/compare/correlation_tab.h"

#include "app/figures/score_figures.h"
#include "app/pages/compare/color_bar.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/compare/run_scan_box.h"
#include "widgets/matrix_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <sstream>

namespace dispersa {

CorrelationTab::CorrelationTab(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_scan(new RunScanBox(context.document, this)),
      m_note(new QLabel(this)), m_views{new MatrixView, new MatrixView, new MatrixView}
{
    m_scan->setObjectName("compare_correlation_scan");
    m_note->setText(tr("Pearson's r between maps. A good prediction has the same pattern of signs as the real maps."));
    m_note->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->addWidget(new QLabel(tr("Scan"), this));
    head->addWidget(m_scan);
    head->addSpacing(12);
    head->addWidget(m_note, 1);
    auto* row = new QHBoxLayout;
    const std::array names = {"compare_matrix_real", "compare_matrix_predicted", "compare_matrix_cross"};
    for (int i = 0; i < 3; ++i) {
        MatrixView* view = m_views[std::size_t(i)];
        view->setObjectName(names[std::size_t(i)]);
        view->setColorBarVisible(false);
        row->addWidget(view, 1);
        connect(view, &MatrixView::dataExportRequested, this, [this, i] { exportMatrix(i); });
    }
    auto* bar = new ColorBar(Qt::Vertical, this);
    bar->setScale({ColorMap::BlueWhiteRed, {-1, 1}, DisplayScaling::Linear, tr("Pearson r")});
    bar->setMaximumHeight(320);
    row->addWidget(bar, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addLayout(head);
    layout->addLayout(row, 1);
    connect(m_scan, &RunScanBox::chosen, this, &CorrelationTab::refresh);
}

void CorrelationTab::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    m_scan->setRun(m_run);
    refresh();
}

void CorrelationTab::refresh()
{
    const ScanResult* scan = m_scan->scan();
    const ScanScores* scores = scan ? m_run->scores(scan->name) : nullptr;
    const std::vector<MatrixPanel> panels = correlationPanels(scores ? *scores : ScanScores{});
    for (std::size_t i = 0; i < 3; ++i) {
        m_views[i]->setMatrix(panels[i].rowLabels, panels[i].columnLabels, panels[i].values);
        m_views[i]->setTitle(panels[i].title);
        m_views[i]->setAccessibleName(tr("Correlation matrix %1").arg(panels[i].title));
    }
}

void CorrelationTab::exportMatrix(int which)
{
    const MatrixPanel& panel = m_views[std::size_t(which)]->panel();
    std::ostringstream csv;
    for (const QString& name : panel.columnLabels)
        csv << ',' << name.toStdString();
    csv << '\n';
    std::size_t i = 0;
    for (const QString& name : panel.rowLabels) {
        csv << name.toStdString();
        for (qsizetype column = 0; column < panel.columnLabels.size(); ++column, ++i) {
            csv << ',';
            if (i < panel.values.size() && panel.values[i])
                csv << *panel.values[i];
        }
        csv << '\n';
    }
    saveTextWithDialog(this, tr("correlation.csv"), tr("Comma-separated values (*.csv)"), csv.str(),
                       m_context.messages);
}

} // namespace dispersa
