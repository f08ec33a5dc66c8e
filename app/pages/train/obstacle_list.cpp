// SPDX-License-Identifier: GPL-3.0-or-later
// Obstacles of a run; see obstacle_list.h.
#include "app/pages/train/obstacle_list.h"

#include "app/document/study_document.h"
#include "app/tasks/task_runner.h"
#include "app/text/error_text.h"
#include "core/workflow/map_alignment.h"
#include "core/workflow/run_study.h"

#include <QLabel>
#include <QVBoxLayout>

namespace dispersa {

namespace {

QString stepTitle(Step step)
{
    switch (step) {
    case Step::Scans:
        return ObstacleList::tr("Go to Scans");
    case Step::Prepare:
        return ObstacleList::tr("Go to Prepare");
    default:
        return {};
    }
}

} // namespace

Step stepThatMends(const Error& error)
{
    if (isMendedByAlignment(error))
        return Step::Prepare;
    switch (error.code) {
    case ErrorCode::PatternTooSmall:
        return Step::Prepare;
    case ErrorCode::UnknownRecipe:
    case ErrorCode::ModelInvalid:
    case ErrorCode::DeviceUnavailable:
        return Step::Train;
    case ErrorCode::StudyInvalid: {
        const std::string key = error.arguments.empty() ? std::string() : error.arguments.front();
        for (const char* prepare : {"crop", "map_filter", "diffraction"})
            if (key.find(prepare) != std::string::npos)
                return Step::Prepare;
        return key.starts_with("scans") ? Step::Scans : Step::Train;
    }
    default:
        return Step::Scans;
    }
}

ObstacleList::ObstacleList(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_layout(new QVBoxLayout(this))
{
    setObjectName("train_obstacles");
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_delay.setSingleShot(true);
    m_delay.setInterval(250); // edits come in bursts
    connect(&m_delay, &QTimer::timeout, this, &ObstacleList::ask);
    connect(&m_context.document, &StudyDocument::changed, this, &ObstacleList::invalidate);
    connect(&m_context.document, &StudyDocument::scanOpened, this, &ObstacleList::invalidate);
    invalidate();
}

QString ObstacleList::firstText() const
{
    return m_obstacles.empty() ? QString() : errorText(m_obstacles.front());
}

void ObstacleList::invalidate()
{
    m_known = false;
    if (m_context.document.isEmpty())
        show({Error{ErrorCode::NothingToTrain, "The study has no scan yet. Open scans first."}});
    else
        m_delay.start();
}

void ObstacleList::ask()
{
    if (m_context.document.isEmpty())
        return;
    m_context.tasks.start<std::vector<Error>>(
        TaskLane::Interactive, tr("Check the study"), this,
        [study = m_context.document.study()](const ProgressSink&, std::stop_token) -> Result<std::vector<Error>> {
            return obstaclesOf(study);
        },
        [this](Result<std::vector<Error>> obstacles) {
            if (m_delay.isActive()) // the study changed meanwhile
                return;
            show(obstacles ? std::move(*obstacles) : std::vector<Error>{obstacles.error()});
        },
        QStringLiteral("train/obstacles"));
}

void ObstacleList::show(std::vector<Error> obstacles)
{
    m_obstacles = std::move(obstacles);
    m_known = true;
    for (QLabel* label : m_labels) {
        label->hide();
        label->deleteLater(); // a link of it may be what brought us here
    }
    m_labels.clear();
    constexpr std::size_t shown = 4;
    for (std::size_t i = 0; i < std::min(shown, m_obstacles.size()); ++i) {
        const Step step = stepThatMends(m_obstacles[i]);
        const bool aligns = isMendedByAlignment(m_obstacles[i]);
        // An empty study has its own sentence: errorText's would speak of roles.
        const QString sentence =
            m_context.document.isEmpty() ? tr("The study has no scan yet.") : errorText(m_obstacles[i]);
        QString html = QStringLiteral("⚠ ") + sentence.toHtmlEscaped();
        if (!stepTitle(step).isEmpty())
            html += QStringLiteral(" <a href=\"go\">%1</a>").arg(aligns ? tr("Align the maps") : stepTitle(step));
        // The step works on the current scan: that which the obstacle is about.
        const std::string scan = aligns ? m_obstacles[i].arguments[2] : std::string();
        auto* label = new QLabel(html, this);
        label->setWordWrap(true);
        label->setToolTip(QString::fromStdString(m_obstacles[i].detail));
        connect(label, &QLabel::linkActivated, this, [this, step, scan] {
            if (!scan.empty())
                m_context.document.setCurrentScan(scan);
            Q_EMIT stepRequested(step);
        });
        m_layout->addWidget(label);
        m_labels.push_back(label);
    }
    if (m_obstacles.size() > shown) {
        auto* more = new QLabel(tr("and %n more", nullptr, int(m_obstacles.size() - shown)), this);
        m_layout->addWidget(more);
        m_labels.push_back(more);
    }
    Q_EMIT checked();
}

} // namespace dispersa
