// SPDX-License-Identifier: GPL-3.0-or-later
// The window: steps on the left, the page in the middle, tasks and messages below. Puts the parts together, no more.
#pragma once

#include "app/document/study_document.h"
#include "app/pages/page.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"

#include <QMainWindow>
#include <QStringList>

#include <array>

class QLabel;
class QStackedWidget;

namespace dispersa {

class MessagePanel;
class ScanLoader;
class SideBar;
class StudyFiles;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Opens studies, folders, scans and maps.
    void openPaths(const QStringList& paths);
    void showStep(Step step);
    Step currentStep() const;
    Page& page(Step step) const { return *m_pages[std::size_t(step)]; }

    StudyDocument& document() { return m_document; }
    TaskRunner& tasks() { return m_tasks; }
    MessageLog& messages() { return m_messages; }
    StudyFiles& files() { return *m_files; }

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void addPage(Step step, Page* page);
    QWidget* buildCentre();
    void buildStatusBar();
    void refreshTitle();
    void refreshStatus();
    void showFile(const QString& file);
    bool confirmStop();

    // The order matters: pages go first (see the destructor), then the runner joins its threads, then the rest.
    MessageLog m_messages;
    StudyDocument m_document;
    TaskRunner m_tasks;
    StudyFiles* m_files = nullptr;
    ScanLoader* m_loader = nullptr;
    SideBar* m_sideBar = nullptr;
    QStackedWidget* m_stack = nullptr;
    std::array<Page*, 5> m_pages{};
    MessagePanel* m_messagePanel = nullptr;
    QLabel* m_readout = nullptr;
    QLabel* m_device = nullptr;
    bool m_closing = false;
};

} // namespace dispersa
