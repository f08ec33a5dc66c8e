// SPDX-License-Identifier: GPL-3.0-or-later
// Scatter plots; see scatter_tab.h.
#include "app/pages/compare/scatter_tab.h"

#include "app/figures/run_values.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/compare/run_scan_box.h"
#include "app/pages/train/recipe_text.h"
#include "core/assess/metrics.h"
#include "widgets/scatter_plot.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <sstream>

namespace dispersa {

namespace {
const QString testPart = QStringLiteral("*test");
}

ScatterTab::ScatterTab(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_scan(new RunScanBox(context.document, this)), m_note(new QLabel(this)),
      m_grid(new QGridLayout)
{
    m_scan->setObjectName("compare_scatter_scan");
    m_note->setObjectName("compare_scatter_note");
    auto* head = new QHBoxLayout;
    head->addWidget(new QLabel(tr("Pixels of"), this));
    head->addWidget(m_scan);
    head->addWidget(m_note, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addLayout(head);
    layout->addLayout(m_grid, 1);
    connect(m_scan, &RunScanBox::chosen, this, &ScatterTab::rebuild);
}

void ScatterTab::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    if (m_run && !m_run->metrics.testTargets.empty())
        m_scan->setExtraEntries({{testPart, tr("Test part of the split")}}, true);
    else
        m_scan->setExtraEntries({});
    m_scan->setRun(m_run);
    rebuild();
}

void ScatterTab::rebuild()
{
    for (ScatterPlot* plot : m_plots)
        delete plot;
    m_plots.clear();
    if (!m_run)
        return;
    const bool test = m_scan->extra() == testPart;
    const ScanResult* scan = m_scan->scan();
    m_note->setText(test ? tr("split: %1").arg(splitTitle(m_run->metrics.splitKind)) : QString());
    const std::vector<std::string> targets = predictedQuantities(*m_run);
    const int columns = targets.size() <= 3 ? int(targets.size()) : 3;
    int i = 0;
    for (const std::string& target : targets) {
        ValuePairs pairs = test ? testPairsOf(*m_run, target) : scan ? scanPairsOf(*scan, target) : ValuePairs{};
        const auto r = pearson(pairs.real, pairs.predicted).value;
        auto* plot = new ScatterPlot(this);
        plot->setObjectName("compare_scatter_" + QString::fromStdString(target));
        plot->setAccessibleName(tr("%1, real against predicted").arg(QString::fromStdString(target)));
        plot->setPlaceholder(tr("No measured %1 map to compare with.").arg(QString::fromStdString(target)));
        if (!pairs.real.empty())
            plot->setPairs(std::move(pairs.real), std::move(pairs.predicted), QString::fromStdString(target),
                           unitText(target == "HAADF" ? MapUnit::Arbitrary : MapUnit::Fraction), r);
        connect(plot, &PlotView::dataExportRequested, this, [this, target] { exportPairs(target); });
        m_grid->addWidget(plot, i / columns, i % columns);
        m_plots.push_back(plot);
        ++i;
    }
}

void ScatterTab::exportPairs(const std::string& target)
{
    const ScanResult* scan = m_scan->scan();
    const ValuePairs pairs = scan ? scanPairsOf(*scan, target) : testPairsOf(*m_run, target);
    std::ostringstream csv;
    csv << "real,predicted\n";
    for (std::size_t i = 0; i < pairs.real.size(); ++i)
        if (ElementMap::isData(pairs.real[i]) && ElementMap::isData(pairs.predicted[i]))
            csv << pairs.real[i] << ',' << pairs.predicted[i] << '\n';
    saveTextWithDialog(this, tr("%1 scatter.csv").arg(QString::fromStdString(target)),
                       tr("Comma-separated values (*.csv)"), csv.str(), m_context.messages);
}

} // namespace dispersa
