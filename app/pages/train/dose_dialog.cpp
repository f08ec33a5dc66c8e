// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/dose_dialog.h"

#include "app/document/study_document.h"
#include "app/figures/dose_figure.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_folder.h"
#include "app/tasks/message_log.h"
#include "app/text/error_text.h"
#include "app/text/readout_text.h"
#include "core/workflow/run_dose.h"
#include "widgets/share_plot.h"

#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

namespace dispersa {
DoseDialog::DoseDialog(PageContext context, std::function<RunOptions()> machine, QWidget* parent)
    : QDialog(parent), m_context(context), m_machine(std::move(machine)), m_job(new DoseJob(context, this)),
      m_clock(new QTimer(this))
{
    setWindowTitle(tr("Dose planner"));
    setObjectName(QStringLiteral("dose_dialog"));
    auto* halves = new QHBoxLayout;
    halves->addWidget(makeChoices());
    halves->addSpacing(6);
    halves->addWidget(makeResults(), 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    m_keep = buttons->addButton(tr("Put into the run's report"), QDialogButtonBox::ActionRole);
    m_keep->setObjectName(QStringLiteral("dose_keep"));
    m_keep->setAutoDefault(false);
    connect(m_keep, &QPushButton::clicked, this, &DoseDialog::keepWithRun);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(halves, 1);
    layout->addWidget(buttons);
    resize(1000, 640);

    m_clock->setInterval(1000);
    connect(m_clock, &QTimer::timeout, this, &DoseDialog::refreshStatus);
    connect(m_job, &DoseJob::stateChanged, this, [this] {
        m_job->isRunning() ? m_clock->start() : m_clock->stop();
        refreshChoices();
        Q_EMIT runningChanged();
    });
    connect(m_job, &DoseJob::progressChanged, this, &DoseDialog::refreshStatus);
    connect(m_job, &DoseJob::planChanged, this, &DoseDialog::showPlan);
    const auto ended = [this](const QString& how) {
        m_ending = how;
        refreshStatus();
    };
    connect(m_job, &DoseJob::finished, this,
            [this, ended] {
                for (const auto& [plot, curves] : {std::pair{m_areaPlot, &m_job->plan()->area},
                                                   std::pair{m_countsPlot, &m_job->plan()->counts}})
                    if (!plot->chosenShare())
                        plot->setChosenShare(sufficientShare(*curves, m_tolerance->value()));
                ended(tr("Done: %n training(s).", nullptr, m_job->trainingsDone()));
            });
    connect(m_job, &DoseJob::cancelled, this, [this, ended] {
        ended(m_job->plan() ? tr("Stopped after %1 of %2 trainings; what they gave is kept.")
                                  .arg(m_job->trainingsDone())
                                  .arg(m_job->trainingsPlanned())
                            : tr("Stopped; no training had ended."));
    });
    connect(m_job, &DoseJob::failed, this, [ended](const Error& error) { ended(errorText(error)); });
    connect(&m_context.document, &StudyDocument::changed, this, [this] {
        refreshChoices();
        showSentences();
    });
    connect(&m_context.document, &StudyDocument::currentRunChanged, this, &DoseDialog::refreshKeep);
    connect(&m_context.document, &StudyDocument::scanOpened, this, &DoseDialog::refreshChoices);
    refreshChoices();
    showPlan();
}

DoseDialog::~DoseDialog() = default;

void DoseDialog::setObstacle(const QString& sentence)
{
    m_obstacle = sentence;
    refreshChoices();
}

bool DoseDialog::plansCounts() const
{
    const Study& study = m_context.document.study();
    std::vector<OpenedScanPtr> scans;
    for (const StudyScan& scan : study.scans)
        if (scan.role == ScanRole::Train) {
            scans.push_back(m_context.document.opened(scan.name));
            if (!scans.back())
                return false; // not read yet
        }
    return !scans.empty() && !study.targets.empty() && hasRawCounts(scans, study.targets);
}

std::optional<DosePlanOptions> DoseDialog::options() const
{
    const auto area = sharesFromText(m_area->text());
    const auto counts = sharesFromText(m_counts->text());
    if (!area || (!counts && plansCounts()))
        return std::nullopt;
    DosePlanOptions plan;
    plan.areaShares = *area;
    plan.countShares = counts.value_or(std::vector<double>());
    plan.seeds = m_seeds->value();
    plan.tolerance = m_tolerance->value();
    return plan;
}

void DoseDialog::start()
{
    const auto plan = options();
    if (!plan || !m_start->isEnabled())
        return;
    m_ending.clear();
    m_job->start(m_context.document.study(), m_machine(), *plan);
    m_areaPlot->setFocus(Qt::OtherFocusReason); // where the arrow keys have something to do
}

void DoseDialog::refreshChoices()
{
    const bool running = m_job->isRunning();
    const auto plan = options();
    for (QWidget* field : {static_cast<QWidget*>(m_area), static_cast<QWidget*>(m_counts), static_cast<QWidget*>(m_seeds)})
        field->setEnabled(!running);
    m_countsBox->setVisible(plansCounts());
    QString reason = m_obstacle;
    if (!plan)
        reason = tr("Shares are numbers above 0 and up to 100, e.g. 5, 20, 100.");
    m_start->setEnabled(!running && reason.isEmpty());
    m_start->setToolTip(running ? tr("A plan is being made.") : reason);
    m_stop->setEnabled(m_job->state() == DoseJob::State::Running);
    const int trainings =
        plan ? plan->seeds * int(plan->areaShares.size() + (plansCounts() ? plan->countShares.size() : 0)) : 0;
    m_summary->setText(running              ? QString()
                       : !reason.isEmpty()  ? reason
                                            : tr("%n training(s) with the recipe “%1”", nullptr, trainings)
                                                  .arg(recipeTitle(m_context.document.study().recipe.name)));
    m_summary->setVisible(!running);
    m_areaPlot->setPlaceholder(running ? tr("The first points appear when the first training ends.")
                                       : tr("Start planning: r against the share of the area appears here."));
    refreshStatus();
    refreshKeep();
}

void DoseDialog::refreshKeep()
{
    const RunResultPtr run = m_context.document.currentRun();
    const auto& plan = m_job->plan();
    QString reason;
    if (m_job->isRunning() || !plan || plan->area.empty())
        reason = tr("There is no finished plan yet.");
    else if (m_areaPlot->shares().empty() || m_areaPlot->shares().back() != m_job->options().areaShares.back())
        reason = tr("The plan was stopped before its largest share was trained on, so what is enough is not known.");
    else if (!run)
        reason = tr("There is no run yet whose report it could go into.");
    else if (run->study.recipe.name != plan->recipe)
        reason = tr("The run on Compare was made with another recipe.");
    m_keep->setEnabled(reason.isEmpty());
    m_keep->setToolTip(reason.isEmpty()
                           ? tr("Writes dose.json and dose.csv into the folder of run “%1”, and the plan into its metrics.json and report")
                                 .arg(runTitle(run->folder))
                           : reason);
}

void DoseDialog::keepWithRun()
{
    const RunResultPtr run = m_context.document.currentRun();
    if (!run || !m_job->plan())
        return;
    DosePlan plan = *m_job->plan();
    plan.tolerance = m_tolerance->value(); // as it is read here
    plan.enoughArea = sufficientShare(plan.area, plan.tolerance);
    plan.enoughCounts = sufficientShare(plan.counts, plan.tolerance);
    if (auto written = writeDosePlan(plan, run->folder); !written) {
        m_context.messages.addError(written.error());
        m_ending = errorText(written.error());
        refreshStatus();
        return;
    }
    auto with = std::make_shared<RunResult>(*run);
    with->metrics.dosePlan = std::move(plan);
    m_context.document.replaceRun(run, std::move(with));
    m_ending = tr("The report of run “%1” and its metrics.json hold this plan from now on.").arg(runTitle(run->folder));
    refreshStatus();
}

void DoseDialog::refreshStatus()
{
    const bool running = m_job->isRunning();
    m_bar->setVisible(running);
    if (!running) {
        m_status->setText(m_ending);
        m_status->setVisible(!m_ending.isEmpty());
        return;
    }
    m_status->show();
    const int planned = m_job->trainingsPlanned();
    QStringList parts;
    if (m_job->state() == DoseJob::State::Stopping)
        parts << tr("Stopping…");
    else if (planned > 0)
        parts << tr("Training %1 of %2").arg(std::min(m_job->trainingsDone() + 1, planned)).arg(planned);
    else
        parts << (m_job->stage().isEmpty() ? tr("Waiting to start") : m_job->stage());
    if (const QString left = timeLeftText(m_job->secondsLeft()); !left.isEmpty())
        parts << left;
    m_status->setText(parts.join(QStringLiteral(" · ")));
    m_bar->setRange(0, planned);
    m_bar->setValue(m_job->trainingsDone());
}

void DoseDialog::showPlan()
{
    const auto& plan = m_job->plan();
    m_areaPlot->setCurves(plan ? shareCurves(plan->area) : std::vector<ShareCurve>());
    m_countsPlot->setCurves(plan ? shareCurves(plan->counts) : std::vector<ShareCurve>());
    m_countsPlot->setVisible(plan && !plan->counts.empty());
    showSentences();
    refreshKeep();
}

QString DoseDialog::sentences(const SharePlot& plot, DoseKind kind) const
{
    const auto& plan = m_job->plan();
    const std::vector<LearningCurve>& curves = kind == DoseKind::Area ? plan->area : plan->counts;
    const std::vector<double>& wanted = kind == DoseKind::Area ? m_job->options().areaShares : m_job->options().countShares;
    QStringList lines;
    // Before the largest share was trained on, the best is not known.
    const std::vector<double> known = plot.shares();
    if (!known.empty() && !wanted.empty() && known.back() == wanted.back())
        lines << enoughSentence(curves, kind, m_tolerance->value());
    if (const auto share = plot.shownShare())
        lines << doseSentence(curves, kind, *share);
    lines.removeAll(QString());
    return lines.join(u'\n');
}

void DoseDialog::showSentences()
{
    const auto& plan = m_job->plan();
    for (const auto& [plot, curves] : {std::pair{m_areaPlot, plan ? &plan->area : nullptr},
                                       std::pair{m_countsPlot, plan ? &plan->counts : nullptr}}) {
        const auto enough = curves && !m_job->isRunning() ? sufficientShare(*curves, m_tolerance->value()) : std::nullopt;
        plot->setMarked(enough, enough ? tr("enough: %1").arg(shareText(*enough)) : QString());
    }
    if (!plan || plan->area.empty()) {
        m_text->clear();
        m_about->clear();
        return;
    }
    QStringList lines{sentences(*m_areaPlot, DoseKind::Area), sentences(*m_countsPlot, DoseKind::Counts)};
    lines.removeAll(QString());
    if (!m_areaPlot->shownShare())
        lines << tr("Point at a share, or choose one with the arrow keys, to read its values.");
    m_text->setText(lines.join(u'\n'));
    QStringList about{doseScoredOnText(*plan),
                      tr("100 % of the area: %n pixel(s).", nullptr, int(plan->trainingPixels)),
                      tr("Error bars: standard deviation of %n training(s).", nullptr, m_job->options().seeds)};
    if (m_job->study() != m_context.document.study())
        about.prepend(tr("The study was changed since."));
    m_about->setText(about.join(u' '));
}

void DoseDialog::exportValues()
{
    if (m_job->plan())
        saveTextWithDialog(this, QStringLiteral("dose.csv"), tr("Comma-separated values (*.csv)"),
                           dosePlanToCsv(*m_job->plan()), m_context.messages);
}

} // namespace dispersa
