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

#include <algorithm>
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
      m_open(new QPushButton(tr("Open a run…"), this)), m_remove(new QPushButton(tr("Remove from list"), this)),
      m_actions(new RunActions(context, this))
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
    buttons->addWidget(m_actions);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);

    connect(m_open, &QPushButton::clicked, this, &RunList::openFolder);
    connect(m_remove, &QPushButton::clicked, this, &RunList::removeSelected);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        m_actions->setRun(selected());
        m_remove->setEnabled(!selected().isEmpty());
        if (const RunResultPtr run = selected().finished)
            m_context.document.setCurrentRun(run);
    });
    connect(m_actions, &RunActions::continueRequested, this, &RunList::continueRequested);
    connect(m_table, &QTableWidget::itemChanged, this, [this](QTableWidgetItem* item) {
        const RunResultPtr run = listed(item->row()).finished;
        if (item->column() != 0 || !run)
            return;
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

ListedRun RunList::listed(int row) const
{
    return row >= 0 && std::size_t(row) < m_listed.size() ? m_listed[std::size_t(row)] : ListedRun();
}

ListedRun RunList::selected() const
{
    const auto rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? ListedRun() : listed(rows.first().row());
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
    const ListedRun before = selected();
    std::erase_if(m_overlaid,
                  [&](const RunResultPtr& run) { return std::find(runs.begin(), runs.end(), run) == runs.end(); });
    std::erase_if(m_interrupted, [&](const InterruptedRunPtr& run) { // by now it is finished
        return std::any_of(runs.begin(), runs.end(), [&](const RunResultPtr& done) { return done->folder == run->folder; });
    });
    m_listed.clear();
    // What wants something of the user first; then the newest first.
    for (const InterruptedRunPtr& run : m_interrupted)
        m_listed.push_back({nullptr, run});
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        m_listed.push_back({*run, nullptr});
    {
        const QSignalBlocker blocker(m_table);
        m_table->setRowCount(int(m_listed.size()));
        m_table->clearSelection();
        for (int row = 0; row < int(m_listed.size()); ++row)
            showRow(row, m_listed[std::size_t(row)]);
        const auto chosen = std::find_if(m_listed.begin(), m_listed.end(), [&](const ListedRun& run) {
            return before.interrupted ? run.interrupted == before.interrupted
                                      : run.finished && run.finished == m_context.document.currentRun();
        });
        if (chosen != m_listed.end())
            m_table->selectRow(int(chosen - m_listed.begin()));
    }
    m_remove->setEnabled(!selected().isEmpty());
    m_actions->setRun(selected());
    Q_EMIT overlaysChanged();
}

void RunList::showRow(int row, const ListedRun& run)
{
    auto* name = new QTableWidgetItem(runTitle(run.folder()));
    QString about = QString::fromStdString(run.folder().string());
    if (run.finished) {
        name->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        name->setCheckState(m_overlaid.count(run.finished) ? Qt::Checked : Qt::Unchecked);
        about = tr("%1\n%2, %3").arg(about, QString::fromStdString(run.finished->device), durationText(run.finished->seconds));
    }
    name->setToolTip(about);
    const bool none = run.history().empty() || usesProfiles(run.study().recipe.name);
    const QString epochs = none ? QStringLiteral("–") : QString::number(run.history().back().epoch);
    auto* trained = new QTableWidgetItem(
        run.interrupted ? tr("%1 of %2").arg(epochs).arg(epochsAskedFor(run.study())) : epochs);
    auto* score = new QTableWidgetItem(run.finished ? meanPearson(*run.finished) : tr("interrupted"));
    if (run.interrupted)
        score->setToolTip(tr("The training did not come to its end, so nothing was predicted; it can be continued"));
    else if (run.finished->stoppedEarly)
        trained->setToolTip(tr("Stopped early: no improvement"));
    else if (run.finished->stoppedByUser)
        trained->setToolTip(tr("Stopped by you"));
    m_table->setItem(row, 0, name);
    m_table->setItem(
        row, 1, new QTableWidgetItem(run.study().model ? tr("trained model") : recipeTitle(run.study().recipe.name)));
    m_table->setItem(row, 2, trained);
    m_table->setItem(row, 3, score);
    for (const int column : {2, 3})
        m_table->item(row, column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
}

void RunList::setUnderWay(const std::filesystem::path& folder)
{
    m_underWay = folder;
    if (std::erase_if(m_interrupted, [&](const InterruptedRunPtr& run) { return run->folder == folder; }) > 0)
        refresh(); // it goes on
}

bool RunList::addInterrupted(const std::filesystem::path& folder)
{
    const auto run = loadInterruptedRun(folder);
    if (!run)
        return false;
    add({nullptr, *run});
    for (std::size_t row = 0; row < m_listed.size(); ++row)
        if (m_listed[row].interrupted == *run)
            m_table->selectRow(int(row));
    return true;
}

void RunList::openFolder()
{
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Open a run"), runsDialogFolder(m_context.document.filePath()));
    if (folder.isEmpty())
        return;
    m_context.tasks.start<ListedRun>(
        TaskLane::Io, tr("Open run %1").arg(QDir(folder).dirName()), this,
        [path = std::filesystem::path(folder.toStdString())](const ProgressSink&, std::stop_token) -> Result<ListedRun> {
            if (auto interrupted = loadInterruptedRun(path))
                return ListedRun{nullptr, *interrupted};
            auto run = loadRun(path);
            return run ? Result<ListedRun>(ListedRun{*run, nullptr}) : fail(run.error());
        },
        [this](Result<ListedRun> run) {
            if (run)
                add(*run);
            else
                m_context.messages.addError(run.error());
        });
}

void RunList::findRuns()
{
    m_interrupted.clear(); // those of another study
    refresh();
    const QString study = m_context.document.filePath();
    if (study.isEmpty())
        return;
    using Runs = std::vector<ListedRun>;
    m_context.tasks.start<Runs>(
        TaskLane::Io, tr("Read earlier runs"), this,
        [study](const ProgressSink&, std::stop_token stop) -> Result<Runs> {
            Runs runs;
            for (const std::filesystem::path& folder : finishedRuns(study)) {
                if (stop.stop_requested())
                    return fail(ErrorCode::Cancelled, "Cancelled.");
                if (auto run = loadRun(folder))
                    runs.push_back({*run, nullptr});
                else
                    log(LogLevel::Warning, run.error().message);
            }
            for (const std::filesystem::path& folder : interruptedRuns(study))
                if (auto run = loadInterruptedRun(folder))
                    runs.push_back({nullptr, *run});
                else
                    log(LogLevel::Warning, run.error().message);
            return runs;
        },
        [this, study](Result<Runs> runs) {
            if (!runs || m_context.document.filePath() != study)
                return; // another study was opened meanwhile
            for (const ListedRun& run : *runs)
                add(run);
        });
}

void RunList::add(const ListedRun& run)
{
    const auto& runs = m_context.document.runs();
    const auto known = std::find_if(runs.begin(), runs.end(),
                                    [&](const RunResultPtr& other) { return other->folder == run.folder(); });
    if (run.finished && known == runs.end()) {
        m_context.document.addRun(run.finished);
    } else if (run.finished) {
        m_context.document.setCurrentRun(*known);
    } else if (run.folder() != m_underWay) {
        std::erase_if(m_interrupted, [&](const InterruptedRunPtr& other) { return other->folder == run.folder(); });
        m_interrupted.push_back(run.interrupted);
        if (known != runs.end()) // it was finished, until it was to be longer
            m_context.document.removeRun(RunResultPtr(*known));
        refresh();
    }
}

void RunList::removeSelected()
{
    const ListedRun run = selected();
    if (run.finished)
        m_context.document.removeRun(run.finished);
    else if (std::erase(m_interrupted, run.interrupted) > 0)
        refresh();
}

} // namespace dispersa
