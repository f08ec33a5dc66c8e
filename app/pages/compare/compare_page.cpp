// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare step; see compare_page.h.
#include "app/pages/compare/compare_page.h"

#include "app/document/study_document.h"
#include "app/pages/compare/correlation_tab.h"
#include "app/pages/compare/export_menu.h"
#include "app/pages/compare/maps_tab.h"
#include "app/pages/compare/scatter_tab.h"
#include "app/pages/compare/scores_tab.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_folder.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

namespace dispersa {

ComparePage::ComparePage(PageContext context, QWidget* parent)
    : Page(context, parent), m_stack(new QStackedWidget(this))
{
    setObjectName("compare_page");
    m_stack->addWidget(makeEmpty());
    auto* full = new QWidget;
    auto* fullLayout = new QVBoxLayout(full);
    fullLayout->setContentsMargins(8, 6, 8, 6);
    fullLayout->addWidget(makeHead());
    m_banner = new QLabel(full);
    m_banner->setObjectName("compare_out_of_date");
    m_banner->setWordWrap(true);
    m_banner->setStyleSheet(
        QStringLiteral("QLabel { background: #fff3c4; color: #5c4400; border: 1px solid #d8b13a; padding: 4px; }"));
    connect(m_banner, &QLabel::linkActivated, this, [this] { Q_EMIT stepRequested(Step::Train); });
    fullLayout->addWidget(m_banner);
    m_tabs = new QTabWidget(full);
    m_tabs->setObjectName("compare_tabs");
    m_tabs->setDocumentMode(true);
    const PageContext parts{document(), tasks(), messages()};
    m_tabs->addTab(m_maps = new MapsTab(parts, m_tabs), tr("Maps"));
    m_tabs->addTab(m_scores = new ScoresTab(parts, m_tabs), tr("Scores"));
    m_tabs->addTab(m_scatter = new ScatterTab(parts, m_tabs), tr("Scatter"));
    m_tabs->addTab(m_correlation = new CorrelationTab(parts, m_tabs), tr("Correlation"));
    fullLayout->addWidget(m_tabs, 1);
    m_stack->addWidget(full);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_maps, &MapsTab::readout, this, &Page::readout);
    const auto showMapRows = [this] { m_export->setMapRows(m_maps->figureRows()); };
    connect(m_maps, &MapsTab::rowsChanged, this, showMapRows);
    showMapRows();
    connect(m_tabs, &QTabWidget::currentChanged, this, &ComparePage::fillTab);
    connect(&document(), &StudyDocument::runsChanged, this, &ComparePage::fillRuns);
    connect(&document(), &StudyDocument::currentRunChanged, this, &ComparePage::refresh);
    connect(&document(), &StudyDocument::changed, this, [this] {
        refreshBanner();
        Q_EMIT statusChanged();
    });
    fillRuns();
    refresh();
}

ComparePage::~ComparePage() = default;

QWidget* ComparePage::makeHead()
{
    auto* head = new QWidget;
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_run = new QComboBox(head);
    m_run->setObjectName("compare_run");
    m_run->setAccessibleName(tr("Run"));
    m_run->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_about = new QLabel(head);
    m_about->setObjectName("compare_about");
    m_export = new ExportMenu({document(), tasks(), messages()}, head);
    addActions(m_export->menu()->actions());
    row->addWidget(new QLabel(tr("Run"), head));
    row->addWidget(m_run);
    row->addWidget(m_about, 1);
    row->addWidget(m_export);
    connect(m_run, &QComboBox::activated, this, [this](int index) {
        const auto& runs = document().runs();
        if (index >= 0 && std::size_t(index) < runs.size())
            document().setCurrentRun(runs[runs.size() - 1 - std::size_t(index)]); // newest first
    });
    return head;
}

QWidget* ComparePage::makeEmpty()
{
    auto* empty = new QLabel(tr("<p><b>Nothing to compare yet.</b></p><p>Predicted maps stand here beside the measured "
                                "ones when a run is finished.</p><p><a href=\"train\">Go to Train</a></p>"));
    empty->setObjectName("compare_empty");
    empty->setAlignment(Qt::AlignCenter);
    connect(empty, &QLabel::linkActivated, this, [this] { Q_EMIT stepRequested(Step::Train); });
    return empty;
}

void ComparePage::fillRuns()
{
    const QSignalBlocker blocker(m_run);
    m_run->clear();
    const auto& runs = document().runs();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        m_run->addItem(runTitle((*run)->folder));
        if (*run == document().currentRun())
            m_run->setCurrentIndex(m_run->count() - 1);
    }
}

void ComparePage::refresh()
{
    const RunResultPtr run = document().currentRun();
    m_stack->setCurrentIndex(run ? 1 : 0);
    m_export->setRun(run);
    fillRuns();
    if (run) {
        QStringList parts;
        parts << (run->study.model ? tr("trained model") : recipeTitle(run->study.recipe.name));
        if (!run->history.empty() && !usesProfiles(run->study.recipe.name))
            parts << tr("%n epoch(s)", nullptr, run->history.back().epoch);
        if (!run->metrics.splitKind.empty())
            parts << tr("split: %1").arg(splitTitle(run->metrics.splitKind));
        m_about->setText(parts.join(QStringLiteral(" · ")));
        m_about->setToolTip(QString::fromStdString(run->folder.string()));
    }
    refreshBanner();
    if (isVisible() || !run)
        fillTab();
    Q_EMIT statusChanged();
}

void ComparePage::refreshBanner()
{
    const RunResultPtr run = document().currentRun();
    const bool old = run && document().isOutOfDate(*run);
    m_banner->setVisible(old);
    if (old)
        m_banner->setText(tr("Out of date: the study was changed after this run. The results below are those of the "
                             "study as it was. <a href=\"train\">Train again</a>"));
}

void ComparePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    fillTab();
}

void ComparePage::fillTab()
{
    const RunResultPtr run = document().currentRun();
    const int tab = m_tabs->currentIndex();
    if (tab < 0 || m_shown[tab] == run)
        return;
    m_shown[tab] = run;
    switch (tab) {
    case 0:
        m_maps->setRun(run);
        break;
    case 1:
        m_scores->setRun(run);
        break;
    case 2:
        m_scatter->setRun(run);
        break;
    default:
        m_correlation->setRun(run);
        break;
    }
}

StepStatus ComparePage::status() const
{
    const RunResultPtr run = document().currentRun();
    if (!run)
        return {StepState::Empty, {}, tr("There is no finished run yet: train first.")};
    if (document().isOutOfDate(*run))
        return {StepState::OutOfDate, tr("out of date"), {}};
    return {StepState::Done, tr("%n scan(s)", nullptr, int(run->scans.size())), {}};
}

} // namespace dispersa
