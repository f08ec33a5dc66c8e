// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_window.h"

#include "app/actions/scan_tools.h"
#include "app/actions/study_files.h"
#include "app/pages/compare/compare_page.h"
#include "app/pages/inspect/inspect_page.h"
#include "app/pages/prepare_page.h"
#include "app/pages/scans_page.h"
#include "app/pages/train/train_page.h"
#include "app/settings/app_settings.h"
#include "app/tasks/scan_loader.h"
#include "app/text/plurals.h"
#include "app/window/main_menu.h"
#include "app/window/message_panel.h"
#include "app/window/side_bar.h"
#include "app/window/tasks_strip.h"
#include "core/learn/trainer.h"
#include "core/workflow/map_alignment.h"

#include <QCloseEvent>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QStatusBar>
#include <QUrl>
#include <QVBoxLayout>

/// Resources of a static library are only there once somebody asks for them; outside every namespace, as Qt wants it.
static void loadIcons()
{
    Q_INIT_RESOURCE(dispersa);
}

namespace dispersa {
namespace {

QStringList localPaths(const QMimeData* data)
{
    QStringList paths;
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls)
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

} // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent)
{
    loadIcons();
    installPlurals();
    setObjectName(QStringLiteral("main_window"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/dispersa.svg")));
    setAcceptDrops(true);
    setMinimumSize(1000, 640);
    const PageContext context{m_document, m_tasks, m_messages};
    m_files = new StudyFiles(context, this);
    m_loader = new ScanLoader(m_document, m_tasks, m_messages, this);
    setCentralWidget(buildCentre());
    addPage(Step::Scans, new ScansPage(context, *m_files, m_stack));
    addPage(Step::Prepare, new PreparePage(context, m_stack));
    addPage(Step::Train, new TrainPage(context, m_stack));
    addPage(Step::Compare, new ComparePage(context, m_stack));
    addPage(Step::Inspect, new InspectPage(context, m_stack));
    buildStatusBar();
    buildMenus(*this, {m_document, *m_files, [this](Step step) -> Page& { return page(step); },
                       [this](Step step) { showStep(step); }, [this] { m_loader->reopenAll(); },
                       [this](bool open) { m_messagePanel->setOpen(open); }});

    connect(m_sideBar, &SideBar::stepChosen, this, &MainWindow::showStep);
    connect(m_files, &StudyFiles::studyOpened, this, [this] { showStep(Step::Scans); });
    connect(&m_document, &StudyDocument::fileChanged, this, &MainWindow::refreshTitle);
    connect(m_messagePanel, &MessagePanel::scanChosen, this, [this](const QString& scan) {
        m_document.setCurrentScan(scan.toStdString());
        const OpenedScanPtr opened = m_document.opened(scan.toStdString());
        const bool aligns = opened && opened->obstacle && isMendedByAlignment(*opened->obstacle);
        showStep(aligns ? Step::Prepare : Step::Scans);
    });
    connect(m_messagePanel, &MessagePanel::scanShapeChosen, this,
            [this](const QString& scan) { m_files->scanTools().askShape(scan.toStdString()); });
    connect(m_messagePanel, &MessagePanel::fileChosen, this, &MainWindow::showFile);
    connect(&m_tasks, &TaskRunner::idle, this, [this] {
        if (m_closing)
            close();
    });

    const WindowSession session = WindowSession::load();
    if (!restoreGeometry(session.geometry))
        resize(1280, 800);
    m_messagePanel->setOpen(session.messagesShown);
    showStep(Step::Scans);
    refreshTitle();
    refreshStatus();
}

MainWindow::~MainWindow()
{
    m_tasks.disconnect(this);
    m_document.disconnect(this);
    delete takeCentralWidget(); // pages hold references to the members, which are gone before a base class cleans up
    delete m_loader;
    delete menuWidget();
}

QWidget* MainWindow::buildCentre()
{
    auto* centre = new QWidget(this);
    m_sideBar = new SideBar(centre);
    m_stack = new QStackedWidget(centre);
    m_stack->setObjectName(QStringLiteral("pages"));
    auto* strip = new TasksStrip(m_tasks, centre);
    m_messagePanel = new MessagePanel(m_messages, centre);
    strip->addCornerWidget(m_messagePanel->button());
    auto* upper = new QHBoxLayout;
    upper->setSpacing(0);
    upper->addWidget(m_sideBar);
    upper->addWidget(m_stack, 1);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(upper, 1);
    layout->addWidget(strip);
    layout->addWidget(m_messagePanel);
    return centre;
}

void MainWindow::addPage(Step step, Page* page)
{
    m_pages[std::size_t(step)] = page;
    m_stack->addWidget(page);
    connect(page, &Page::statusChanged, this, &MainWindow::refreshStatus);
    connect(page, &Page::stepRequested, this, &MainWindow::showStep);
    connect(page, &Page::readout, this, [this](const QString& text) { m_readout->setText(text); });
}

void MainWindow::buildStatusBar()
{
    m_readout = new QLabel(this);
    m_readout->setObjectName(QStringLiteral("readout"));
    m_readout->setTextFormat(Qt::PlainText);
    m_device = new QLabel(this);
    m_device->setObjectName(QStringLiteral("device"));
    m_device->setToolTip(tr("What training would use now"));
    statusBar()->addWidget(m_readout, 1);
    statusBar()->addPermanentWidget(m_device);
    // Asking for a GPU can take a second: not while the window opens.
    m_tasks.start<std::string>(
        TaskLane::Interactive, tr("Looking for a GPU"), this,
        [](const ProgressSink&, std::stop_token) -> Result<std::string> {
            return deviceDescription(DeviceChoice::Auto, 0);
        },
        [this](Result<std::string> device) {
            if (device)
                m_device->setText(QString::fromStdString(*device));
        });
}

void MainWindow::openPaths(const QStringList& paths)
{
    m_files->openPaths(paths);
}

void MainWindow::showStep(Step step)
{
    m_stack->setCurrentWidget(m_pages[std::size_t(step)]);
    m_sideBar->setCurrent(step);
    m_readout->clear();
}

Step MainWindow::currentStep() const
{
    return Step(m_stack->currentIndex());
}

void MainWindow::refreshTitle()
{
    setWindowTitle(tr("%1[*] – Dispersa").arg(m_document.displayName()));
    setWindowFilePath(m_document.filePath());
    setWindowModified(m_document.isModified());
}

void MainWindow::refreshStatus()
{
    for (const Step step : allSteps)
        if (const Page* shown = m_pages[std::size_t(step)])
            m_sideBar->setStatus(step, shown->status());
}

void MainWindow::showFile(const QString& file)
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
}

bool MainWindow::confirmStop()
{
    if (m_tasks.tasks().empty())
        return true;
    QMessageBox question(QMessageBox::Question, tr("Tasks are running"),
                         tr("%n task(s) are still running.", nullptr, int(m_tasks.tasks().size())),
                         QMessageBox::NoButton, this);
    question.setObjectName(QStringLiteral("tasks_running"));
    QPushButton* stop = question.addButton(tr("Stop and quit"), QMessageBox::AcceptRole);
    question.setDefaultButton(question.addButton(tr("Keep running"), QMessageBox::RejectRole));
    question.exec();
    return static_cast<QAbstractButton*>(stop) == question.clickedButton();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_closing && !m_tasks.isIdle()) {
        event->ignore();
        return;
    }
    if (!m_closing && (!confirmStop() || !m_files->confirmReplace())) {
        event->ignore();
        return;
    }
    WindowSession{saveGeometry(), m_messagePanel->isOpen()}.save();
    if (!m_tasks.isIdle()) {
        // idle() closes the window once every task has seen the request.
        m_closing = true;
        m_tasks.requestStopAll();
        centralWidget()->setEnabled(false);
        menuBar()->setEnabled(false);
        m_readout->setText(tr("Stopping…"));
        event->ignore();
        return;
    }
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!localPaths(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QStringList paths = localPaths(event->mimeData());
    event->acceptProposedAction();
    // After the drag has ended: a question must not keep the other program waiting.
    QMetaObject::invokeMethod(
        this, [this, paths] { openPaths(paths); }, Qt::QueuedConnection);
}

} // namespace dispersa
