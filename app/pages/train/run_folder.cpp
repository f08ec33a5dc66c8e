// SPDX-License-Identifier: GPL-3.0-or-later
// Names of run folders; see run_folder.h.
#include "app/pages/train/run_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>

#include <algorithm>

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

QString runsDialogFolder(const QString& studyFile)
{
    // A file dialog takes a folder that does not exist for the name of a file.
    QString folder = runsFolder(studyFile);
    while (!QFileInfo(folder).isDir() && !QFileInfo(folder).isRoot())
        folder = QFileInfo(folder).absolutePath();
    return folder;
}

std::filesystem::path newRunFolder(const QString& studyFile, const QDateTime& now)
{
    const QString name = QDir(runsFolder(studyFile)).filePath(now.toString(nameFormat));
    QString free = name;
    for (int i = 2; QFileInfo::exists(free); ++i)
        free = name + QStringLiteral(" %1").arg(i);
    return std::filesystem::path(free.toStdString());
}

std::vector<std::filesystem::path> finishedRuns(const QString& studyFile)
{
    if (studyFile.isEmpty())
        return {};
    const QDir own = QFileInfo(studyFile).absoluteDir();
    QStringList candidates = {own.absolutePath()};
    for (const QDir& parent : {own, QDir(runsFolder(studyFile))})
        for (const QString& name : parent.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            candidates.append(parent.filePath(name));
    std::vector<std::pair<QDateTime, QString>> found;
    for (const QString& folder : std::as_const(candidates))
        if (const QFileInfo finished(QDir(folder).filePath(QStringLiteral("run.json"))); finished.exists())
            found.emplace_back(finished.lastModified(), folder);
    std::sort(found.begin(), found.end());
    constexpr std::size_t most = 20;
    std::vector<std::filesystem::path> runs;
    for (std::size_t i = found.size() > most ? found.size() - most : 0; i < found.size(); ++i)
        runs.emplace_back(found[i].second.toStdString());
    return runs;
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
