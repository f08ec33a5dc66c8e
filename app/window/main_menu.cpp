// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_menu.h"

#include "app/actions/file_actions.h"
#include "app/document/study_document.h"
#include "app/window/help_dialogs.h"
#include "app/window/side_bar.h"

#include <QMenuBar>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(MainMenu)
};

QAction* named(QAction* action, const char* name)
{
    action->setObjectName(QString::fromLatin1(name));
    return action;
}

void buildFileMenu(QMainWindow& window, const MenuTargets& targets)
{
    StudyFiles& files = targets.files;
    QMenu* menu = window.menuBar()->addMenu(Text::tr("&File"));
    named(menu->addAction(Text::tr("&New study"), QKeySequence::New, &files, &StudyFiles::newStudy), "new_study");
    named(menu->addAction(Text::tr("&Open study…"), QKeySequence::Open, &files, &StudyFiles::openStudy), "open_study");
    menu->addMenu(new RecentStudiesMenu(files, menu));
    menu->addSeparator();
    named(menu->addAction(Text::tr("Open s&cans…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), &files,
                          &StudyFiles::openScans),
          "open_scans");
    named(
        menu->addAction(Text::tr("Open &folder…"), QKeySequence(Qt::CTRL | Qt::Key_D), &files, &StudyFiles::openFolder),
        "open_folder");
    named(menu->addAction(Text::tr("Try the &example…"), &files, &StudyFiles::tryExample), "try_example");
    menu->addSeparator();
    menu->addAction(new SaveAction(targets.document, files, menu));
    named(menu->addAction(Text::tr("Save &as…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), &files,
                          &StudyFiles::saveAs),
          "save_study_as");
    menu->addSeparator();
    named(menu->addAction(Text::tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), &window, &QWidget::close), "quit");
}

void buildEditMenu(QMainWindow& window, const MenuTargets& targets)
{
    QMenu* menu = window.menuBar()->addMenu(Text::tr("&Edit"));
    QAction* undo = targets.document.undoStack().createUndoAction(menu, Text::tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    menu->addAction(named(undo, "undo"));
    QAction* redo = targets.document.undoStack().createRedoAction(menu, Text::tr("&Redo"));
    redo->setShortcut(QKeySequence::Redo);
    menu->addAction(named(redo, "redo"));
}

void buildViewMenu(QMainWindow& window, const MenuTargets& targets)
{
    QMenu* menu = window.menuBar()->addMenu(Text::tr("&View"));
    for (const Step step : allSteps) {
        QAction* action = menu->addAction(Text::tr("&%1 %2").arg(int(step) + 1).arg(stepTitle(step)), &window,
                                          [show = targets.showStep, step] { show(step); });
        action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + int(step))));
        action->setObjectName(QStringLiteral("view_") + stepName(step));
    }
    menu->addSeparator();
    named(menu->addAction(Text::tr("&Messages"), &window, [show = targets.showMessages] { show(true); }),
          "view_messages");
    QAction* fullScreen = menu->addAction(Text::tr("&Full screen"), &window, [&window](bool on) {
        window.setWindowState(window.windowState().setFlag(Qt::WindowFullScreen, on));
    });
    fullScreen->setCheckable(true);
    fullScreen->setShortcut(QKeySequence::FullScreen);
}

/// The page's own actions under its name, and the way to it.
QMenu* buildStepMenu(QMainWindow& window, const MenuTargets& targets, Step step, const QString& title)
{
    QMenu* menu = window.menuBar()->addMenu(title);
    menu->setToolTipsVisible(true); // they say why an entry cannot be chosen
    menu->addAction(Text::tr("&Go to step %1").arg(stepTitle(step)), &window,
                    [show = targets.showStep, step] { show(step); });
    const QList<QAction*> actions = targets.page(step).actions();
    if (!actions.isEmpty())
        menu->addSeparator();
    menu->addActions(actions);
    return menu;
}

} // namespace

void buildMenus(QMainWindow& window, const MenuTargets& targets)
{
    buildFileMenu(window, targets);
    buildEditMenu(window, targets);
    buildViewMenu(window, targets);
    QMenu* scan = buildStepMenu(window, targets, Step::Scans, Text::tr("&Scan"));
    scan->addSeparator();
    named(scan->addAction(Text::tr("&Read all files again"), &window, targets.reopenScans), "reopen_scans");
    buildStepMenu(window, targets, Step::Train, Text::tr("&Train"));
    buildStepMenu(window, targets, Step::Compare, Text::tr("&Compare"));
    QMenu* help = window.menuBar()->addMenu(Text::tr("&Help"));
    named(help->addAction(Text::tr("&Keyboard shortcuts"), QKeySequence::HelpContents, &window,
                          [&window] { showShortcuts(&window); }),
          "show_shortcuts");
    named(help->addAction(Text::tr("&File formats"), &window, [&window] { showFormats(&window); }), "show_formats");
    named(help->addAction(Text::tr("&About Dispersa"), &window, [&window] { showAbout(&window); }), "show_about");
}

} // namespace dispersa
