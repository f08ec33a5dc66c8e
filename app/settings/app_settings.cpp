// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings/app_settings.h"

#include <QFileInfo>
#include <QSettings>

namespace dispersa {
namespace {

const QString recentKey = QStringLiteral("recentStudies");
const QString folderKey = QStringLiteral("lastFolder");
const QString geometryKey = QStringLiteral("window/geometry");
const QString messagesKey = QStringLiteral("window/messagesShown");
constexpr int recentLimit = 10;

} // namespace

AppSettings AppSettings::load()
{
    const QSettings stored;
    return {stored.value(recentKey).toStringList(), stored.value(folderKey).toString()};
}

void AppSettings::save() const
{
    QSettings stored;
    stored.setValue(recentKey, recentStudies);
    stored.setValue(folderKey, lastFolder);
}

void AppSettings::addRecentStudy(const QString& path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    recentStudies.removeAll(absolute);
    recentStudies.prepend(absolute);
    while (recentStudies.size() > recentLimit)
        recentStudies.removeLast();
}

void AppSettings::removeRecentStudy(const QString& path)
{
    recentStudies.removeAll(QFileInfo(path).absoluteFilePath());
}

WindowSession WindowSession::load()
{
    const QSettings stored;
    return {stored.value(geometryKey).toByteArray(), stored.value(messagesKey, false).toBool()};
}

void WindowSession::save() const
{
    QSettings stored;
    stored.setValue(geometryKey, geometry);
    stored.setValue(messagesKey, messagesShown);
}

} // namespace dispersa
