// SPDX-License-Identifier: GPL-3.0-or-later
// Names of run folders; see run_folder.h.
#include "app/pages/train/run_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>

namespace dispersa {

namespace {
// No colon: Windows and many USB sticks refuse it.
const QString nameFormat = QStringLiteral("yyyy-MM-dd HH.mm.ss");
} // namespace

QString runsFolder(const QString& studyFile)
{
    if (studyFile.isEmpty())
        return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/runs");
    const QFileInfo file(studyFile);
    return file.absoluteDir().filePath(file.completeBaseName() + QStringLiteral(" runs"));
}

std::filesystem::path newRunFolder(const QString& studyFile, const QDateTime& now)
{
    const QString name = QDir(runsFolder(studyFile)).filePath(now.toString(nameFormat));
    QString free = name;
    for (int i = 2; QFileInfo::exists(free); ++i)
        free = name + QStringLiteral(" %1").arg(i);
    return std::filesystem::path(free.toStdString());
}

QString runTitle(const std::filesystem::path& folder)
{
    const QString name = QString::fromStdString(folder.filename().string());
    const QDateTime time = QDateTime::fromString(name.left(19), nameFormat);
    if (!time.isValid())
        return name;
    return QLocale().toString(time, QStringLiteral("d MMM HH:mm:ss")) + name.mid(19);
}

} // namespace dispersa
