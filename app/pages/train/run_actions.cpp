// SPDX-License-Identifier: GPL-3.0-or-later
// Training further; see run_actions.h.
#include "app/pages/train/run_actions.h"

#include "app/document/study_document.h"
#include "core/learn/recipe.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QPushButton>

#include <algorithm>

namespace dispersa {

std::filesystem::path ListedRun::modelFile() const
{
    return finished ? finished->modelFile() : checkpointFile(interrupted->folder);
}

int epochsAskedFor(const Study& study)
{
    return trainingSettings(study.recipe).value_or(TrainingSettings()).epochs;
}

int membersAskedFor(const Study& study)
{
    return trainingSettings(study.recipe).value_or(TrainingSettings()).members;
}

RunActions::RunActions(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_continue(new QPushButton(tr("Continue…"), this)),
      m_startFrom(new QPushButton(tr("Start from this model"), this))
{
    m_continue->setObjectName("train_continue_run");
    m_startFrom->setObjectName("train_start_from_run");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_continue);
    row->addWidget(m_startFrom);
    connect(m_continue, &QPushButton::clicked, this, &RunActions::continueRun);
    connect(m_startFrom, &QPushButton::clicked, this, &RunActions::startFromModel);
    connect(&m_context.document, &StudyDocument::changed, this, &RunActions::refresh);
    refresh();
}

void RunActions::setRun(const ListedRun& run)
{
    m_run = run;
    refresh();
}

void RunActions::setObstacle(const QString& sentence)
{
    m_obstacle = sentence;
    refresh();
}

QString RunActions::whyNotContinue() const
{
    if (m_run.isEmpty())
        return tr("Select a run first.");
    if (m_run.study().model)
        return tr("This run used a trained model: nothing was trained that could go on.");
    if (!std::filesystem::exists(checkpointFile(m_run.folder())))
        return tr("Its folder has no checkpoints/last.safetensors, without which a training cannot go on.");
    return m_obstacle;
}

QString RunActions::whyNotStartFrom() const
{
    const Study& study = m_context.document.study();
    if (m_run.isEmpty())
        return tr("Select a run first.");
    if (!std::filesystem::exists(m_run.modelFile()))
        return tr("Its folder has no model any more.");
    if (study.model)
        return tr("The study predicts with a trained model: choose “Train instead” first.");
    if (study.recipe.startFrom == m_run.modelFile())
        return tr("The study starts from this model already.");
    return {};
}

void RunActions::refresh()
{
    const QString notContinue = whyNotContinue(), notStart = whyNotStartFrom();
    m_continue->setEnabled(notContinue.isEmpty());
    // An interrupted run goes on at once; of a finished one it is asked how far.
    m_continue->setText(m_run.interrupted ? tr("Continue") : tr("Continue…"));
    m_continue->setToolTip(!notContinue.isEmpty() ? notContinue
                           : m_run.interrupted && membersAskedFor(m_run.study()) > 1
                               ? tr("Go on with the members that are not trained to the end, each to epoch %1 as its study says")
                                     .arg(epochsAskedFor(m_run.study()))
                           : m_run.interrupted
                               ? tr("Go on after epoch %1, to epoch %2 as its study says")
                                     .arg(m_run.history().size())
                                     .arg(epochsAskedFor(m_run.study()))
                               : tr("Train this run for more epochs, as if it had never ended"));
    m_startFrom->setEnabled(notStart.isEmpty());
    m_startFrom->setToolTip(!notStart.isEmpty() ? notStart
                                                : tr("Fine-tune: the study's next training begins with these weights"));
}

std::optional<int> RunActions::epochsInAll()
{
    const int done = int(m_run.history().size()), asked = epochsAskedFor(m_run.study());
    if (m_run.interrupted)
        return std::max(asked, done);
    const int most = int(trainingOption("epochs")->most);
    QInputDialog dialog(this);
    dialog.setObjectName("train_continue_epochs");
    dialog.setWindowTitle(tr("Continue the run"));
    dialog.setLabelText(tr("The run has %n epoch(s). How many are there to be in all?\n"
                           "Its model and scores are replaced when the first new epoch ends.",
                           nullptr, done));
    dialog.setInputMode(QInputDialog::IntInput);
    dialog.setIntRange(std::min(done + 1, most), most);
    // Where somebody stopped it, to where it was to go.
    dialog.setIntValue(asked > done ? asked : std::min(2 * done, most));
    dialog.setOkButtonText(tr("Continue"));
    if (dialog.exec() != QDialog::Accepted)
        return std::nullopt;
    return dialog.intValue();
}

void RunActions::continueRun()
{
    const ListedRun run = m_run; // the list may change while the dialog asks
    const auto epochs = epochsInAll();
    if (!epochs || !m_obstacle.isEmpty())
        return;
    Study study = run.study();
    study.recipe.changes["epochs"] = std::int64_t(*epochs);
    // A study that this run answers goes with it, so that the longer run is not out of date as soon as it is made.
    if (run.finished && !m_context.document.isOutOfDate(*run.finished))
        m_context.document.edit(tr("Continue the run"), StudyPart::Recipe,
                                [&](Study& own) { own.recipe.changes["epochs"] = std::int64_t(*epochs); });
    Q_EMIT continueRequested(run, study);
}

void RunActions::startFromModel()
{
    m_context.document.edit(tr("Start from a model"), StudyPart::Recipe,
                            [file = m_run.modelFile()](Study& study) { study.recipe.startFrom = file; });
}

} // namespace dispersa
