// SPDX-License-Identifier: GPL-3.0-or-later
// Right half of the Train step: the course of a training, its maps, and the runs; see train_page.h.
#include "app/pages/train/train_page.h"

#include "app/document/study_document.h"
#include "app/pages/train/live_maps.h"
#include "app/pages/train/recipe_text.h"
#include "app/pages/train/run_list.h"
#include "app/pages/train/training_job.h"
#include "app/pages/train/training_status.h"
#include "app/pages/titled_group.h"
#include "app/text/error_text.h"
#include "app/text/loss_text.h"
#include "widgets/loss_plot.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <filesystem>
#include <system_error>

namespace dispersa {

QWidget* TrainPage::makeCourse()
{
    m_plot = new LossPlot;
    m_plot->setObjectName("train_loss");
    m_plot->setAccessibleName(tr("Loss per epoch"));
    m_log = new QPushButton(tr("Logarithmic"));
    m_log->setObjectName("train_loss_log");
    m_log->setCheckable(true);
    m_log->setToolTip(tr("Logarithmic loss axis"));
    connect(m_log, &QPushButton::toggled, m_plot, &LossPlot::setLogarithmic);
    connect(m_plot, &LossPlot::logarithmicChanged, m_log, &QPushButton::setChecked);
    m_status = new TrainingStatus(*m_job, this);
    m_maps = new LiveMaps(this);
    m_runs = new RunList({document(), tasks(), messages()}, this);

    auto* top = new QWidget;
    auto* topLayout = new QVBoxLayout(top);
    topLayout->setContentsMargins(6, 6, 6, 0);
    auto* head = new QHBoxLayout;
    head->addWidget(m_status, 1);
    head->addWidget(m_log);
    topLayout->addLayout(head);
    topLayout->addWidget(m_plot, 1);
    auto* mapsBox = new QWidget;
    auto* mapsLayout = new QVBoxLayout(mapsBox);
    mapsLayout->setContentsMargins(6, 0, 6, 0);
    mapsLayout->addWidget(m_maps);
    auto* right = new QSplitter(Qt::Vertical);
    right->setChildrenCollapsible(false);
    right->addWidget(top);
    right->addWidget(mapsBox);
    auto* runsBox = new QWidget;
    auto* runsLayout = new QVBoxLayout(runsBox);
    runsLayout->setContentsMargins(6, 0, 6, 6);
    runsLayout->addWidget(group(tr("Runs"), m_runs));
    right->addWidget(runsBox);
    right->setStretchFactor(0, 3);
    right->setStretchFactor(1, 2);
    right->setStretchFactor(2, 1);
    right->setSizes({300, 220, 130});
    return right;
}

void TrainPage::showCurve()
{
    const auto nameHeldOut = [this](const Study& study) { // without a validation part training stops on the test part
        m_plot->setValidationName(study.split.validationFraction > 0 ? tr("Validation") : tr("Test part"));
    };
    if (m_job->isRunning()) {
        const RecipeChoice& recipe = m_job->study().recipe;
        nameHeldOut(m_job->study());
        m_plot->setLossLabel(lossAxisText(recipe));
        m_plot->setStepLabel(stepAxisText(recipe));
        m_plot->setHistory(m_job->history());
        m_plot->setBestEpoch(usesProfiles(recipe.name) ? 0 : m_job->bestEpoch());
        if (m_job->history().size() == 1)
            refreshButtons(); // from now on Stop keeps something
    } else if (const RunResultPtr run = document().currentRun()) {
        nameHeldOut(run->study);
        m_plot->setLossLabel(lossAxisText(run->study.recipe));
        m_plot->setStepLabel(stepAxisText(run->study.recipe));
        m_plot->setHistory(run->history);
        m_plot->setBestEpoch(run->history.empty() || usesProfiles(run->study.recipe.name) ? 0 : run->bestEpoch);
        if (m_failure.isEmpty()) {
            const bool profiles = usesProfiles(run->study.recipe.name);
            const QString end = run->study.model     ? tr("Predicted with a trained model")
                                : profiles ? tr("Fitted %n regression(s)", nullptr, int(run->history.size()))
                                : run->stoppedByUser ? tr("Stopped by you after epoch %1").arg(run->history.size())
                                : run->stoppedEarly  ? tr("Stopped early after epoch %1").arg(run->history.size())
                                                     : tr("Trained %n epoch(s)", nullptr, int(run->history.size()));
            QStringList parts{end};
            if (membersAskedFor(run->study) > 1 && !profiles && !run->study.model && !run->stoppedByUser)
                parts << tr("mean of %1 members").arg(membersAskedFor(run->study));
            if (run->bestEpoch > 0 && !run->history.empty() && !profiles)
                parts << tr("best: epoch %1").arg(run->bestEpoch);
            parts << durationText(run->seconds);
            if (!run->device.empty())
                parts << QString::fromStdString(run->device);
            m_status->setIdleText(parts.join(QStringLiteral(" · ")));
        }
    } else {
        m_plot->setHistory({});
        m_plot->setBestEpoch(0);
    }
    m_plot->setOverlays(m_runs->overlays());
    const RunResultPtr run = document().currentRun();
    const bool curve = m_job->isRunning() ? !m_job->history().empty() : run && !run->history.empty();
    m_log->setVisible(curve || !m_runs->overlays().empty());
    m_status->refresh();
}

void TrainPage::showMaps()
{
    if (m_job->isRunning()) {
        if (m_job->partial()) {
            m_maps->setPartial(*m_job->partial());
        } else if (m_job->layout()) {
            m_maps->setLayoutOfRun(m_job->layout());
            m_maps->setOutputs(m_job->outputs(),
                               usesProfiles(m_job->study().recipe.name)
                                   ? tr("after %n regression(s)", nullptr, int(m_job->history().size()))
                                   : tr("best epoch %1").arg(m_job->bestEpoch()));
        }
    } else {
        m_maps->setRun(document().currentRun());
    }
}

void TrainPage::showFailure(const Error& error)
{
    m_runs->addInterrupted(m_job->folder());
    m_failure = errorText(error);
    m_status->setIdleText(m_failure);
    showMaps();
}

void TrainPage::showCancelled()
{
    const bool kept = m_runs->addInterrupted(m_job->folder());
    std::error_code unknown;
    showCurve();
    showMaps();
    // Regressions have no epochs to go on from, but what they learned stays.
    m_failure = kept ? tr("Cancelled; the run can be continued from the list below.")
                : std::filesystem::exists(m_job->folder() / "model.safetensors", unknown)
                    ? tr("Cancelled; the trained model is kept in the folder “%1”.")
                          .arg(QString::fromStdString(m_job->folder().filename().string()))
                    : tr("Cancelled; nothing was kept.");
    m_status->setIdleText(m_failure);
}

} // namespace dispersa
