// SPDX-License-Identifier: GPL-3.0-or-later
// What every journey through the real window needs: the window with settings of its own, and a person's hands and eyes.
#pragma once

#include "app/main_window.h"

#include <QObject>
#include <QSize>
#include <QString>
#include <QTemporaryDir>

#include <filesystem>
#include <memory>

namespace dispersa::test {

/// Base of a test class. What is looked for and not there ends the program: nothing after it could be trusted.
class Journey : public QObject {
  protected:
    /// Shows an empty window with the settings of a first start. `name`: of the test, whose settings are its own.
    void openWindow(const QString& name, QSize size);
    /// Opens it and waits until its scans 0033 and 0037 are read.
    void openStudy(const std::filesystem::path& file);
    /// A bare X server has no window manager that gives a window the focus.
    void activate();

    MainWindow& window() { return *m_window; }
    StudyDocument& document() { return m_window->document(); }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }
    template<class Widget>
    Widget* find(const QString& name)
    {
        return found<Widget>(*m_window, name);
    }
    template<class Widget>
    static Widget* found(const QObject& parent, const QString& name)
    {
        auto* widget = parent.findChild<Widget*>(name);
        if (!widget)
            qFatal("there is no %s", qPrintable(name));
        return widget;
    }
    /// With the left button, near the left end: where the box of a check box is.
    void click(const QString& name);
    /// To a page, by its step on the left.
    void go(const QString& step);
    /// Saves what the window, or `of`, shows in the working folder.
    void picture(const QString& name, QWidget* of = nullptr);
    /// Closes the window, for a test that looks at that.
    bool closeWindow() { return m_window->close(); }

  private:
    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace dispersa::test
