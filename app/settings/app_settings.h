// SPDX-License-Identifier: GPL-3.0-or-later
// What the application remembers between sessions: preferences and recent studies apart from how the window stood.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace dispersa {

/// Preferences. A value: load, change, save.
struct AppSettings {
    QStringList recentStudies = {}; ///< absolute paths, newest first
    QString lastFolder = {};        ///< where file dialogs start; empty: the home folder

    static AppSettings load();
    void save() const;
    /// Puts `path` first; keeps at most ten.
    void addRecentStudy(const QString& path);
    void removeRecentStudy(const QString& path);
};

/// How the window stood when it was closed.
struct WindowSession {
    QByteArray geometry = {};
    bool messagesShown = false;

    static WindowSession load();
    void save() const;
};

} // namespace dispersa
