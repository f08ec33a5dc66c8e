// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/train/dose_dialog.h"

#include "app/document/study_document.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/train/recipe_text.h"
#include "app/text/error_text.h"
#include "app/text/readout_text.h"
#include "widgets/share_plot.h"

#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {
namespace {

/// A field with its name above and a sentence that helps below.
template<class Field>
Field* addField(QVBoxLayout& column, const QString& name, const QString& help, Field* field, const char* objectName)
{
    field->setObjectName(QLatin1String(objectName));
    auto* label = new QLabel(name);
    label->setBuddy(field);
    field->setAccessibleName(QString(name).remove(u'&'));
    field->setAccessibleDescription(help);
    field->setToolTip(help);
    auto* sentence = new QLabel(help);
    sentence->setWordWrap(true);
    sentence->setForegroundRole(QPalette::PlaceholderText);
    column.addWidget(label);
    column.addWidget(field);
    column.addWidget(sentence);
    column.addSpacing(8);
    return field;
}

std::vector<ShareCurve> curvesOf(const std::vector<LearningCurve>& curves)
{
    std::vector<ShareCurve> result;
    for (const LearningCurve& curve : curves) {
        ShareCurve shown{QString::fromStdString(curve.target), {}};
        for (const CurvePoint& point : curve.points)
            shown.points.push_back({point.share, point.mean, point.sd.value_or(0)});
        result.push_back(std::move(shown));
    }
    return result;
}

QLabel* readableLabel(const char* name)
{
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

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
    connect(&m_context.document, &StudyDocument::scanOpened, this, &DoseDialog::refreshChoices);
    refreshChoices();
    showPlan();
}

DoseDialog::~DoseDialog() = default;

QWidget* DoseDialog::makeChoices()
{
    const DosePlanOptions usual;
    auto* left = new QWidget(this);
    left->setFixedWidth(290);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    auto* intro = new QLabel(tr("How little X-ray mapping is enough? The recipe is trained on ever larger parts of the element "
                                "maps and scored on pixels it has not seen."));
    intro->setWordWrap(true);
    column->addWidget(intro);
    column->addSpacing(8);
    m_area = addField(*column, tr("Shares of the EDS &area (%)"),
                      tr("Each is a part of the training pixels, in squares at random places."),
                      new QLineEdit(sharesText(usual.areaShares)), "dose_area_shares");
    m_countsBox = new QWidget;
    auto* countsColumn = new QVBoxLayout(m_countsBox);
    countsColumn->setContentsMargins(0, 0, 0, 0);
    m_counts = addField(*countsColumn, tr("Shares of the X-ray &counts (%)"),
                        tr("Each is as if the whole area had been mapped for that part of the time."),
                        new QLineEdit(sharesText(usual.countShares)), "dose_count_shares");
    column->addWidget(m_countsBox);
    m_seeds = addField(*column, tr("&Trainings per share"),
                       tr("Each on other parts of the area; their spread is the error bar."), new QSpinBox, "dose_seeds");
    m_seeds->setRange(1, 20);
    m_seeds->setValue(usual.seeds);
    m_tolerance = addField(*column, tr("T&olerance in r"),
                           tr("How much less r than the best is still good enough. Can be changed afterwards."),
                           new QDoubleSpinBox, "dose_tolerance");
    m_tolerance->setRange(0, 1);
    m_tolerance->setSingleStep(0.01);
    m_tolerance->setDecimals(3);
    m_tolerance->setValue(usual.tolerance);
    column->addStretch();
    m_summary = readableLabel("dose_summary");
    column->addWidget(m_summary);
    m_start = new QPushButton(tr("&Start planning"));
    m_start->setObjectName(QStringLiteral("dose_start"));
    m_start->setDefault(true);
    m_stop = new QPushButton(tr("Sto&p"));
    m_stop->setObjectName(QStringLiteral("dose_stop"));
    m_stop->setAutoDefault(false);
    m_stop->setToolTip(tr("Keeps what the trainings so far gave"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_start, 1);
    row->addWidget(m_stop);
    column->addLayout(row);
    m_bar = new QProgressBar;
    m_bar->setObjectName(QStringLiteral("dose_progress"));
    m_bar->setAccessibleName(tr("Progress of the dose plan"));
    m_bar->setTextVisible(false);
    column->addWidget(m_bar);
    m_status = readableLabel("dose_status");
    column->addWidget(m_status);

    connect(m_area, &QLineEdit::textChanged, this, &DoseDialog::refreshChoices);
    connect(m_counts, &QLineEdit::textChanged, this, &DoseDialog::refreshChoices);
    connect(m_seeds, &QSpinBox::valueChanged, this, &DoseDialog::refreshChoices);
    connect(m_tolerance, &QDoubleSpinBox::valueChanged, this, &DoseDialog::showSentences);
    connect(m_start, &QPushButton::clicked, this, &DoseDialog::start);
    connect(m_stop, &QPushButton::clicked, m_job, &DoseJob::stop);
    return left;
}

QWidget* DoseDialog::makeResults()
{
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    const auto makePlot = [this](const char* name, const QString& title, const QString& label) {
        auto* plot = new SharePlot;
        plot->setObjectName(QLatin1String(name));
        plot->setAccessibleName(title);
        plot->setToolTip({});
        plot->setLabels(label, tr("Pearson r"));
        connect(plot, &SharePlot::shownShareChanged, this, &DoseDialog::showSentences);
        connect(plot, &PlotView::dataExportRequested, this, &DoseDialog::exportValues);
        return plot;
    };
    m_areaPlot = makePlot("dose_area_plot", tr("Pearson r over the share of the EDS area"), tr("Share of EDS area (%)"));
    m_countsPlot =
        makePlot("dose_counts_plot", tr("Pearson r over the share of the X-ray counts"), tr("Share of X-ray counts (%)"));
    column->addWidget(m_areaPlot, 1);
    column->addWidget(m_countsPlot, 1);
    m_text = readableLabel("dose_text");
    m_text->setMinimumHeight(4 * fontMetrics().height());
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column->addWidget(m_text);
    m_about = readableLabel("dose_about");
    m_about->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_about);
    return right;
}

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
    m_areaPlot->setCurves(plan ? curvesOf(plan->area) : std::vector<ShareCurve>());
    m_countsPlot->setCurves(plan ? curvesOf(plan->counts) : std::vector<ShareCurve>());
    m_countsPlot->setVisible(plan && !plan->counts.empty());
    showSentences();
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
    QStringList about{plan->scoredOn == "scans" ? tr("Scored on scans that nothing was trained on.")
                                                : tr("Scored on the test part of the split."),
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
