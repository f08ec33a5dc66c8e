// SPDX-License-Identifier: GPL-3.0-or-later
// List of runs; see run_list.h.
#include "app/pages/train/run_list.h"

#include "app/document/study_document.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_folder.h"
#include "app/text/loss_text.h"
#include "app/pages/train/training_status.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "core/base/log.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {

namespace {

/// Mean r over targets of the predicted scans; of the split's test part when nothing was predicted.
QString meanPearson(const RunResult& run)
{
    double sum = 0;
    int n = 0;
    for (const SummaryRow& row : run.metrics.summary)
        if (row.pearson.mean) {
            sum += *row.pearson.mean;
            ++n;
        }
    if (n == 0)
        for (const TargetScores& target : run.metrics.testTargets)
            if (target.pearson.value) {
                sum += *target.pearson.value;
                ++n;
            }
    return n ? QLocale().toString(sum / n, 'f', 2) : QStringLiteral("–");
}

} // namespace

RunList::RunList(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_table(new QTableWidget(0, 4, this)),
      m_open(new QPushButton(tr("Open a run…"), this)), m_remove(new QPushButton(tr("Remove from list"), this))
{
    m_table->setObjectName("train_runs");
    m_table->setAccessibleName(tr("Runs of this study"));
    m_table->setHorizontalHeaderLabels({tr("Run"), tr("Recipe"), tr("Epochs"), tr("Mean r")});
    m_table->horizontalHeaderItem(0)->setToolTip(tr("Check to lay its loss over the plot; select to show its results"));
    m_table->horizontalHeaderItem(3)->setToolTip(tr("Pearson's r, mean over targets of the predicted scans"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_open->setObjectName("train_open_run");
    m_open->setToolTip(tr("Open the folder of a finished run"));
    m_remove->setObjectName("train_remove_run");
    m_remove->setToolTip(tr("Forget the selected run here; its folder stays on disk"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_open);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);

    connect(m_open, &QPushButton::clicked, this, &RunList::openFolder);
    connect(m_remove, &QPushButton::clicked, this, &RunList::removeSelected);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        if (const RunResultPtr run = selected())
            m_context.document.setCurrentRun(run);
    });
    connect(m_table, &QTableWidget::itemChanged, this, [this](QTableWidgetItem* item) {
        const auto& runs = m_context.document.runs();
        if (item->column() != 0 || std::size_t(item->row()) >= runs.size())
            return;
        const RunResultPtr& run = runs[runs.size() - 1 - std::size_t(item->row())];
        if (item->checkState() == Qt::Checked)
            m_overlaid.insert(run);
        else
            m_overlaid.erase(run);
        Q_EMIT overlaysChanged();
    });
    connect(&m_context.document, &StudyDocument::runsChanged, this, &RunList::refresh);
    connect(&m_context.document, &StudyDocument::changed, this, [this](StudyPart part) {
        if (part == StudyPart::Everything)
            findRuns();
    });
    connect(&m_context.document, &StudyDocument::currentRunChanged, this, &RunList::refresh);
    refresh();
}

RunResultPtr RunList::selected() const
{
    const auto rows = m_table->selectionModel()->selectedRows();
    const auto& runs = m_context.document.runs();
    if (rows.isEmpty() || std::size_t(rows.first().row()) >= runs.size())
        return nullptr;
    return runs[runs.size() - 1 - std::size_t(rows.first().row())]; // newest first
}

std::vector<NamedHistory> RunList::overlays() const
{
    std::vector<NamedHistory> result;
    for (const RunResultPtr& run : m_context.document.runs())
        if (m_overlaid.count(run) && run != m_context.document.currentRun() && !run->history.empty())
            result.push_back(
                {tr("%1 (%2)").arg(runTitle(run->folder), lossText(run->study.recipe)), run->history});
    return result;
}

void RunList::refresh()
{
    const auto& runs = m_context.document.runs();
    std::erase_if(m_overlaid,
                  [&](const RunResultPtr& run) { return std::find(runs.begin(), runs.end(), run) == runs.end(); });
    {
        const QSignalBlocker blocker(m_table);
        m_table->setRowCount(int(runs.size()));
        for (int row = 0; row < int(runs.size()); ++row) {
            const RunResultPtr& run = runs[runs.size() - 1 - std::size_t(row)];
            auto* name = new QTableWidgetItem(runTitle(run->folder));
            name->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
            name->setCheckState(m_overlaid.count(run) ? Qt::Checked : Qt::Unchecked);
            name->setToolTip(tr("%1\n%2, %3")
                                 .arg(QString::fromStdString(run->folder.string()), QString::fromStdString(run->device),
                                      durationText(run->seconds)));
            m_table->setItem(row, 0, name);
            m_table->setItem(
                row, 1,
                new QTableWidgetItem(run->study.model ? tr("trained model") : recipeTitle(run->study.recipe.name)));
            auto* epochs = new QTableWidgetItem(run->history.empty() || usesProfiles(run->study.recipe.name) ? QStringLiteral("–")
                                                                     : QString::number(run->history.back().epoch));
            if (run->stoppedEarly)
                epochs->setToolTip(tr("Stopped early: no improvement"));
            else if (run->stoppedByUser)
                epochs->setToolTip(tr("Stopped by you"));
            m_table->setItem(row, 2, epochs);
            m_table->setItem(row, 3, new QTableWidgetItem(meanPearson(*run)));
            for (const int column : {2, 3})
                m_table->item(row, column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            if (run == m_context.document.currentRun())
                m_table->selectRow(row);
        }
    }
    m_remove->setEnabled(!runs.empty());
    Q_EMIT overlaysChanged();
}

void RunList::openFolder()
{
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Open a run"), runsDialogFolder(m_context.document.filePath()));
    if (folder.isEmpty())
        return;
    m_context.tasks.start<RunResultPtr>(
        TaskLane::Io, tr("Open run %1").arg(QDir(folder).dirName()), this,
        [path = std::filesystem::path(folder.toStdString())](const ProgressSink&, std::stop_token) {
            return loadRun(path);
        },
        [this](Result<RunResultPtr> run) {
            if (!run) {
                m_context.messages.addError(run.error());
                return;
            }
            add(*run);
        });
}

void RunList::findRuns()
{
    const QString study = m_context.document.filePath();
    if (study.isEmpty())
        return;
    using Runs = std::vector<RunResultPtr>;
    m_context.tasks.start<Runs>(
        TaskLane::Io, tr("Read earlier runs"), this,
        [study](const ProgressSink&, std::stop_token stop) -> Result<Runs> {
            Runs runs;
            for (const std::filesystem::path& folder : finishedRuns(study)) {
                if (stop.stop_requested())
                    return fail(ErrorCode::Cancelled, "Cancelled.");
                if (auto run = loadRun(folder))
                    runs.push_back(*run);
                else
                    log(LogLevel::Warning, run.error().message);
            }
            return runs;
        },
        [this, study](Result<Runs> runs) {
            if (!runs || m_context.document.filePath() != study)
                return; // another study was opened meanwhile
            for (const RunResultPtr& run : *runs)
                add(run);
        });
}

void RunList::add(const RunResultPtr& run)
{
    for (const RunResultPtr& known : m_context.document.runs())
        if (known->folder == run->folder) {
            m_context.document.setCurrentRun(known);
            return;
        }
    m_context.document.addRun(run);
}

void RunList::removeSelected()
{
    if (const RunResultPtr run = selected())
        m_context.document.removeRun(run);
}

} // namespace dispersa
