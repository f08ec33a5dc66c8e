// SPDX-License-Identifier: GPL-3.0-or-later
// Names of run folders; see run_folder.h.
#include "app/pages/train/run_folder.h"

#include "core/workflow/run_result.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>

#include <algorithm>

namespace dispersa {

namespace {
// No colon: Windows and many USB sticks refuse it.
const QString nameFormat = QStringLiteral("yyyy-MM-dd HH.mm.ss");
const QString finishedMark = QStringLiteral("run.json");

/// Where runs of a study may lie.
QStringList runCandidates(const QString& studyFile)
{
    if (studyFile.isEmpty())
        return {};
    const QDir own = QFileInfo(studyFile).absoluteDir();
    QStringList candidates = {own.absolutePath()};
    for (const QDir& parent : {own, QDir(runsFolder(studyFile))})
        for (const QString& name : parent.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            candidates.append(parent.filePath(name));
    return candidates;
}

/// The 20 newest, oldest first.
std::vector<std::filesystem::path> newest(std::vector<std::pair<QDateTime, QString>> found)
{
    std::sort(found.begin(), found.end());
    constexpr std::size_t most = 20;
    std::vector<std::filesystem::path> runs;
    for (std::size_t i = found.size() > most ? found.size() - most : 0; i < found.size(); ++i)
        runs.emplace_back(found[i].second.toStdString());
    return runs;
}
} // namespace

QString runsFolder(const QString& studyFile)
{
    if (studyFile.isEmpty())
        return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/runs");
    const QFileInfo file(studyFile);
    return file.absoluteDir().filePath(file.completeBaseName() + QStringLiteral(" runs"));
}

std::filesystem::path scratchFolder(const QString& studyFile)
{
    const QFileInfo folder(studyFile.isEmpty() ? QString() : QFileInfo(studyFile).absolutePath());
    return folder.isDir() && folder.isWritable() ? std::filesystem::path(folder.filePath().toStdString())
                                                 : std::filesystem::path();
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
    std::vector<std::pair<QDateTime, QString>> found;
    for (const QString& folder : runCandidates(studyFile))
        if (const QFileInfo finished(QDir(folder).filePath(finishedMark)); finished.exists())
            found.emplace_back(finished.lastModified(), folder);
    return newest(std::move(found));
}

std::vector<std::filesystem::path> interruptedRuns(const QString& studyFile)
{
    std::vector<std::pair<QDateTime, QString>> found;
    for (const QString& folder : runCandidates(studyFile)) {
        const QFileInfo checkpoint(QString::fromStdString(checkpointFile(folder.toStdString()).string()));
        if (checkpoint.exists() && !QFileInfo::exists(QDir(folder).filePath(finishedMark)))
            found.emplace_back(checkpoint.lastModified(), folder);
    }
    return newest(std::move(found));
}

QString runTitle(const std::filesystem::path& folder)
{
    const QString name = QString::fromStdString(folder.filename().string());
    const QDateTime time = QDateTime::fromString(name.left(19), nameFormat);
    if (!time.isValid())
        return name;
    return QLocale().toString(time, QStringLiteral("d MMM HH:mm:ss")) + name.mid(19);
}

QString modelTitle(const std::filesystem::path& model)
{
    const auto folder = model.parent_path();
    // Beside the run's other files, or among its checkpoints.
    for (const auto& run : {folder, folder.parent_path()})
        if (std::filesystem::exists(run / "run.log") && (model == run / "model.safetensors" || model == checkpointFile(run)))
            return QCoreApplication::translate("RunFolder", "run %1").arg(runTitle(run));
    return QString::fromStdString(model.filename().string());
}

} // namespace dispersa
