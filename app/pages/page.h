// SPDX-License-Identifier: GPL-3.0-or-later
// What every step of the window has in common: what it works on, its state, and how it asks to go elsewhere.
#pragma once

#include <QString>
#include <QWidget>

namespace dispersa {

class StudyDocument;
class TaskRunner;
class MessageLog;

/// The application's parts a page works with. They outlive the pages.
struct PageContext {
    StudyDocument& document;
    TaskRunner& tasks;
    MessageLog& messages;
};

enum class Step { Scans, Prepare, Train, Compare, Inspect };

enum class StepState { Empty, Ready, Running, OutOfDate, Done };

/// State of a step as the side bar shows it: a word, a short text ("6 read", "34 %") and why it cannot be used, if so.
struct StepStatus {
    StepState state = StepState::Empty;
    QString text;
    QString obstacle; ///< whole sentence; empty if usable
};

class Page : public QWidget {
    Q_OBJECT
  public:
    Page(PageContext context, QWidget* parent) : QWidget(parent), m_context(context) {}
    virtual StepStatus status() const = 0;

  Q_SIGNALS:
    void statusChanged();
    void stepRequested(dispersa::Step step);  ///< a link to the step that mends something
    void readout(const QString& text);        ///< cursor's value for the status bar

  protected:
    StudyDocument& document() const { return m_context.document; }
    TaskRunner& tasks() const { return m_context.tasks; }
    MessageLog& messages() const { return m_context.messages; }

  private:
    PageContext m_context;
};

} // namespace dispersa
