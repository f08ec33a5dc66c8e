// SPDX-License-Identifier: GPL-3.0-or-later
// The Train step; see train_page.h.
#include "app/pages/train/train_page.h"

#include "app/document/study_document.h"
#include "app/pages/train/correction_panel.h"
#include "app/pages/train/interval_panel.h"
#include "app/pages/train/dose_action.h"
#include "app/pages/train/layer_panel.h"
#include "app/pages/train/live_maps.h"
#include "app/pages/train/obstacle_list.h"
#include "app/pages/train/options_panel.h"
#include "app/pages/train/recipe_panel.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_folder.h"
#include "app/pages/train/run_list.h"
#include "app/pages/train/split_panel.h"
#include "app/pages/train/strategy_picker.h"
#include "app/pages/train/target_picker.h"
#include "app/pages/train/training_cost.h"
#include "app/pages/train/training_job.h"
#include "app/pages/train/training_queue.h"
#include "app/pages/train/training_status.h"
#include "app/pages/titled_group.h"
#include "app/pages/wheel_guard.h"
#include "app/text/stage_text.h"
#include "core/base/os_file.h"
#include "widgets/loss_plot.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace dispersa {

TrainPage::TrainPage(PageContext context, QWidget* parent)
    : Page(context, parent), m_job(new TrainingJob(context, this))
{
    setObjectName("train_page");
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeChoices());
    splitter->addWidget(makeCourse());
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({390, 800});
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    connect(m_job, &TrainingJob::stateChanged, this, &TrainPage::refreshButtons);
    connect(m_job, &TrainingJob::progressChanged, this, [this] {
        m_status->refresh();
        Q_EMIT statusChanged();
    });
    connect(m_job, &TrainingJob::epochsChanged, this, &TrainPage::showCurve);
    connect(m_job, &TrainingJob::epochsChanged, this, &TrainPage::showMaps);
    connect(m_job, &TrainingJob::layoutKnown, this, &TrainPage::showMaps);
    connect(m_job, &TrainingJob::failed, this, &TrainPage::showFailure);
    connect(m_job, &TrainingJob::cancelled, this, &TrainPage::showCancelled);
    connect(m_job, &TrainingJob::finished, this, [this] { m_failure.clear(); });
    connect(m_obstacles, &ObstacleList::checked, this, &TrainPage::refreshButtons);
    connect(m_obstacles, &ObstacleList::stepRequested, this, &Page::stepRequested);
    connect(m_runs, &RunList::overlaysChanged, this, &TrainPage::showCurve);
    connect(m_runs, &RunList::continueRequested, this, &TrainPage::continueRun);
    connect(m_job, &TrainingJob::stateChanged, this,
            [this] { m_runs->setUnderWay(m_job->isRunning() ? m_job->folder() : std::filesystem::path()); });
    connect(&document(), &StudyDocument::changed, this, &TrainPage::refreshButtons);
    connect(m_job, &TrainingJob::partialChanged, this, &TrainPage::showMaps);
    connect(m_job, &TrainingJob::partialChanged, this, &TrainPage::refreshButtons); // Stop keeps nothing from now on
    connect(&document(), &StudyDocument::changed, m_cost, &TrainingCost::refresh);
    connect(&document(), &StudyDocument::scanOpened, m_cost, &TrainingCost::refresh);
    connect(m_obstacles, &ObstacleList::checked, m_cost, &TrainingCost::tryWhenQuiet);
    connect(m_options, &OptionsPanel::machineChanged, m_cost, &TrainingCost::refresh);
    connect(m_job, &TrainingJob::stateChanged, this, &TrainPage::startNext);
    connect(m_job, &TrainingJob::cancelled, m_queue, &TrainingQueue::clear);
    connect(&document(), &StudyDocument::currentRunChanged, this, [this] {
        m_failure.clear();
        showCurve();
        showMaps();
        Q_EMIT statusChanged();
    });
    refreshButtons();
    m_cost->refresh();
    showCurve();
    showMaps();
}

TrainPage::~TrainPage() = default;

QWidget* TrainPage::makeChoices()
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->addWidget(group(tr("Recipe"), new RecipePanel({document(), tasks(), messages()}, content)));
    column->addWidget(group(tr("Strategy"), new StrategyPicker(document(), content)));
    column->addWidget(group(tr("Targets"), new TargetPicker(document(), content)));
    column->addWidget(group(tr("Pixels for training and for scoring"), new SplitPanel(document(), content)));
    column->addWidget(group(tr("Correction of predictions"), new CorrectionPanel(document(), content)));
    column->addWidget(group(tr("Intervals around predictions"), new IntervalPanel(document(), content)));
    auto* training = new QWidget(content);
    auto* trainingLayout = new QVBoxLayout(training);
    trainingLayout->setContentsMargins(0, 0, 0, 0);
    m_options = new OptionsPanel(document(), training);
    auto* layers = new LayerPanel(document(), training);
    m_cost = new TrainingCost({document(), tasks(), messages()}, [this] { return m_options->machine(); },
                              [this] { return !m_job->isRunning() && !m_dose->isPlanning() && m_obstacles->canStart(); },
                              training);
    trainingLayout->addWidget(m_options);
    trainingLayout->addWidget(layers);
    trainingLayout->addWidget(m_cost);
    column->addWidget(group(tr("Model and training"), training));
    column->addStretch();
    connect(layers, &LayerPanel::prepareRequested, this, [this] { Q_EMIT stepRequested(Step::Prepare); });

    auto* scroll = new QScrollArea;
    scroll->setWidget(content);
    new WheelGuard(*scroll);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumWidth(content->minimumSizeHint().width() + scroll->verticalScrollBar()->sizeHint().width());

    // Always in sight, however long the column above is.
    m_obstacles = new ObstacleList({document(), tasks(), messages()}, this);
    m_start = new QPushButton(tr("Start training"), this);
    m_start->setObjectName("train_start");
    m_stop = new QPushButton(tr("Stop"), this);
    m_stop->setObjectName("train_stop");
    for (QPushButton* button : {m_start, m_stop}) {
        QFont large = button->font();
        large.setPointSizeF(large.pointSizeF() * 1.25);
        large.setBold(true);
        button->setFont(large);
        button->setMinimumHeight(40);
    }
    m_stopHint = new QLabel(this);
    m_stopHint->setObjectName("train_stop_hint");
    m_stopHint->setWordWrap(true);
    m_queue = new TrainingQueue(this);
    connect(m_queue, &TrainingQueue::addRequested, this,
            [this] { m_queue->add({document().study(), document().filePath(), runOptions()}); });
    connect(m_start, &QPushButton::clicked, this, &TrainPage::start);
    connect(m_stop, &QPushButton::clicked, this, &TrainPage::stop);
    m_startAction = new QAction(tr("Start &training"), this);
    m_startAction->setObjectName("train_start_action");
    m_startAction->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_R));
    connect(m_startAction, &QAction::triggered, this, &TrainPage::start);
    m_stopAction = new QAction(tr("S&top"), this);
    m_stopAction->setObjectName("train_stop_action");
    m_stopAction->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Period));
    connect(m_stopAction, &QAction::triggered, this, &TrainPage::stop);
    m_dose = new DoseAction({document(), tasks(), messages()},
                            [this] {
                                RunOptions options = runOptions();
                                options.folder = scratchFolder(document().filePath()); // nothing of it is a run
                                return options;
                            },
                            this);
    connect(m_dose, &DoseAction::planningChanged, this, &TrainPage::refreshButtons);
    addActions({m_startAction, m_stopAction, m_dose});
    m_doseButton = new QToolButton(this);
    m_doseButton->setObjectName("train_dose_planner");
    m_doseButton->setDefaultAction(m_dose);
    m_doseButton->setFocusPolicy(Qt::StrongFocus);
    m_doseButton->setMinimumHeight(m_start->minimumHeight());

    auto* left = new QWidget;
    auto* layout = new QVBoxLayout(left);
    layout->setContentsMargins(0, 0, 0, 6);
    layout->addWidget(scroll, 1);
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(9, 0, 9, 0);
    foot->addWidget(m_obstacles);
    auto* startRow = new QHBoxLayout;
    startRow->addWidget(m_start, 1);
    startRow->addWidget(m_doseButton);
    foot->addLayout(startRow);
    foot->addWidget(m_stop);
    foot->addWidget(m_stopHint);
    foot->addWidget(m_queue);
    layout->addLayout(foot);
    return left;
}

bool TrainPage::isRunning() const
{
    return m_job->isRunning();
}

StepStatus TrainPage::status() const
{
    StepStatus result;
    if (m_job->isRunning()) {
        result.state = StepState::Running;
        const Progress& progress = m_job->progress();
        QString stage = stageText(progress);
        stage.replace(0, 1, stage.left(1).toLower()); // a scan's name stays as it is
        result.text = m_job->state() == TrainingJob::State::Aborting ? tr("stopping")
                      : m_job->isLearning() && progress.total > 0 ? tr("%1 %").arg(100 * progress.done / progress.total)
                                                                  : stage;
        return result;
    }
    result.obstacle = document().isEmpty() ? tr("Open scans first.") : m_obstacles->firstText();
    if (const RunResultPtr run = document().currentRun()) {
        const bool old = document().isOutOfDate(*run);
        result.state = old ? StepState::OutOfDate : StepState::Done;
        result.text = old ? tr("out of date") : tr("%n run(s)", nullptr, int(document().runs().size()));
        return result;
    }
    if (document().isEmpty())
        return result;
    result.state = m_obstacles->canStart() ? StepState::Ready : StepState::Empty;
    result.text = m_obstacles->canStart() ? tr("ready") : m_obstacles->isKnown() ? tr("not ready") : QString();
    return result;
}

void TrainPage::start()
{
    if (m_start->isEnabled() && !m_job->isRunning())
        begin(document().study(), document().filePath(), runOptions());
}

void TrainPage::continueRun(const ListedRun& run, const Study& study)
{
    RunOptions options = runOptions();
    options.folder = run.folder();
    options.resume = true;
    begin(study, document().filePath(), options, run.history());
}

void TrainPage::begin(const Study& study, const QString& studyFile, const RunOptions& options,
                      const std::vector<EpochRecord>& earlier)
{
    m_failure.clear();
    m_status->setIdleText({});
    m_maps->clear();
    m_cost->stopTrying();
    m_job->start(study, studyFile, options, earlier);
}

RunOptions TrainPage::runOptions() const
{
    const MachineChoice machine = m_options->machine();
    RunOptions options;
    options.folder = newRunFolder(document().filePath(), QDateTime::currentDateTime());
    options.device = machine.device;
    options.precision = machine.precision;
    options.threads = machine.threads;
    if (const auto caches = userCacheFolder(); !caches.empty())
        options.cache.folder = caches / "patterns";
    return options;
}

void TrainPage::startNext()
{
    if (m_job->isRunning())
        return;
    // Not from within the job's own signal: what ended tells its result first.
    QTimer::singleShot(0, this, [this] {
        if (m_job->isRunning())
            return;
        if (auto next = m_queue->takeNext()) {
            // The folder's name is the time, which may be taken by now.
            next->options.folder = newRunFolder(next->studyFile, QDateTime::currentDateTime());
            begin(next->study, next->studyFile, next->options);
        } else {
            m_cost->tryWhenQuiet(); // edits made meanwhile were not tried
        }
    });
}

void TrainPage::stop()
{
    m_job->stop();
}

void TrainPage::refreshButtons()
{
    const bool predicts = document().study().model.has_value();
    const bool running = m_job->isRunning();
    m_plot->setPlaceholder(predicts  ? tr("A trained model is used: there is no training to follow.")
                           : running ? tr("The loss curve begins when the first epoch ends.")
                           : usesProfiles(document().study().recipe.name)
                               ? tr("The error after each regression appears here when training starts.")
                               : tr("The loss curve appears here when training starts."));
    m_start->setVisible(!running);
    m_doseButton->setVisible(!running);
    m_obstacles->setVisible(!running);
    m_start->setText(predicts ? tr("Predict") : tr("Start training"));
    const QString planning =
        m_dose->isPlanning() ? tr("The dose planner trains: wait until it has ended, or stop it.") : QString();
    const QString obstacle = !planning.isEmpty() ? planning
                             : m_obstacles->canStart() ? QString()
                             : m_obstacles->isKnown()  ? m_obstacles->firstText()
                                                       : tr("Checking the study…");
    m_start->setEnabled(obstacle.isEmpty());
    m_start->setToolTip(obstacle.isEmpty() ? tr("Results go to %1").arg(runsFolder(document().filePath())) : obstacle);
    m_dose->setObstacle(predicts  ? tr("The study predicts with a trained model: choose “Train instead” first.")
                        : running ? tr("Wait until the training under way has ended.")
                                  : m_dose->isPlanning() ? QString() : obstacle);
    m_runs->setContinueObstacle(running ? tr("Wait until the run under way has ended.") : planning);
    m_stop->setVisible(running);
    m_stopHint->setVisible(running);
    m_queue->setVisible(running);
    m_queue->setCanAdd(m_obstacles->canStart());
    m_stop->setEnabled(m_job->state() != TrainingJob::State::Aborting);
    m_startAction->setText(predicts ? tr("&Predict") : tr("Start &training"));
    m_startAction->setEnabled(!running && obstacle.isEmpty());
    m_stopAction->setEnabled(running && m_stop->isEnabled());
    switch (m_job->state()) {
    case TrainingJob::State::Running:
        m_stop->setText(tr("Stop"));
        m_stopHint->setText(
            m_job->epochsPlanned() == 0 ? tr("Stop cancels the prediction.")
            : m_job->history().empty()  ? tr("Until something is learned, Stop cancels the run.")
            : !m_job->keepsOnStop()     ? tr("The training has ended: Stop cancels the whole run.")
            : usesProfiles(m_job->study().recipe.name)
                ? tr("Stop keeps the regressions fitted so far and predicts with them.")
            : membersAskedFor(m_job->study()) > 1
                ? tr("Stop keeps the members that are trained to the end, or the best weights of the first, and "
                     "predicts with them.")
                : tr("Stop keeps the best weights so far and predicts with them."));
        break;
    case TrainingJob::State::KeepingBest:
        m_stop->setText(tr("Cancel the run"));
        m_stopHint->setText(tr("Going on with what is trained so far. Press again to cancel everything."));
        break;
    case TrainingJob::State::Aborting:
        m_stop->setText(tr("Stopping…"));
        m_stopHint->clear();
        break;
    case TrainingJob::State::Idle:
        break;
    }
    m_status->refresh();
    Q_EMIT statusChanged();
}

} // namespace dispersa
