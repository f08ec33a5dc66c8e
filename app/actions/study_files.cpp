// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/study_files.h"

#include "app/actions/example_dialog.h"
#include "app/document/study_document.h"
#include "app/settings/app_settings.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "app/text/error_text.h"
#include "core/io/format.h"
#include "core/io/study_file.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>

namespace dispersa {
namespace {

const QString studySuffix = QStringLiteral("dispersa");

std::filesystem::path toPath(const QString& path)
{
    return std::filesystem::path(path.toStdU16String());
}

QString startFolder()
{
    const QString last = AppSettings::load().lastFolder;
    return last.isEmpty() ? QDir::homePath() : last;
}

void rememberFolder(const QString& folder)
{
    AppSettings settings = AppSettings::load();
    settings.lastFolder = folder;
    settings.save();
}

/// "Scans and maps (*.h5 *.mrc ...)", then every format by itself, from the registry.
QString scanFilter()
{
    QStringList all;
    QStringList single;
    for (const Format* format : formats()) {
        QStringList patterns;
        for (const std::string& extension : format->traits().extensions)
            patterns << QStringLiteral("*.") + QString::fromStdString(extension);
        all << patterns;
        single << QString::fromStdString(format->traits().title) + QStringLiteral(" (") + patterns.join(u' ') + u')';
    }
    all.removeDuplicates();
    QStringList filters{StudyFiles::tr("Scans and maps (%1)").arg(all.join(u' '))};
    filters << single << StudyFiles::tr("All files (*)");
    return filters.join(QStringLiteral(";;"));
}

/// The study of these files; when nothing can be made of them, what is wrong with the first that cannot be read.
Result<NewStudy> studyOf(const std::vector<std::filesystem::path>& paths)
{
    auto study = studyFromFiles(paths, {});
    if (study || study.error().code != ErrorCode::DatasetMissing)
        return study;
    for (const auto& path : paths)
        if (const auto info = inspectFile(path); !info)
            return fail(info.error());
    return study;
}

} // namespace

StudyFiles::StudyFiles(PageContext context, QWidget* window) : QObject(window), m_context(context), m_window(window) {}

void StudyFiles::openPaths(const QStringList& paths)
{
    QStringList files;
    for (const QString& path : paths) {
        const QFileInfo info(path);
        if (info.suffix().compare(studySuffix, Qt::CaseInsensitive) == 0 && info.isFile()) {
            openStudyFile(info.absoluteFilePath());
            return;
        }
        if (info.isDir())
            addFolder(info.absoluteFilePath());
        else
            files << info.absoluteFilePath();
    }
    if (!files.isEmpty())
        addFiles(files);
}

bool StudyFiles::openStudyFile(const QString& path)
{
    if (!confirmReplace())
        return false;
    Result<Study> study = readStudy(toPath(path));
    if (!study) {
        m_context.messages.addError(study.error());
        QMessageBox::warning(m_window, tr("Open study"), errorText(study.error()));
        AppSettings settings = AppSettings::load();
        settings.removeRecentStudy(path);
        settings.save();
        Q_EMIT recentStudiesChanged();
        return false;
    }
    m_context.document.reset(std::move(*study), path);
    remember(path);
    Q_EMIT studyOpened();
    return true;
}

bool StudyFiles::confirmReplace()
{
    if (!m_context.document.isModified())
        return true;
    QMessageBox question(QMessageBox::Question, tr("Unsaved changes"),
                         tr("“%1” has changes that were not saved.").arg(m_context.document.displayName()),
                         QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, m_window);
    question.setObjectName(QStringLiteral("unsaved_changes"));
    question.setInformativeText(tr("Save them before going on?"));
    question.setDefaultButton(QMessageBox::Save);
    const int answer = question.exec();
    if (answer == QMessageBox::Save)
        return save();
    return answer == QMessageBox::Discard;
}

void StudyFiles::newStudy()
{
    if (!confirmReplace())
        return;
    m_context.document.reset({}, {});
    Q_EMIT studyOpened();
}

void StudyFiles::openStudy()
{
    const QString path = QFileDialog::getOpenFileName(m_window, tr("Open study"), startFolder(),
                                                      tr("Studies (*.dispersa);;All files (*)"));
    if (path.isEmpty())
        return;
    rememberFolder(QFileInfo(path).absolutePath());
    openStudyFile(path);
}

void StudyFiles::openScans()
{
    const QStringList files =
        QFileDialog::getOpenFileNames(m_window, tr("Open scans and their maps"), startFolder(), scanFilter());
    if (files.isEmpty())
        return;
    rememberFolder(QFileInfo(files.front()).absolutePath());
    addFiles(files);
}

void StudyFiles::openFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(m_window, tr("Open the scans of a folder"), startFolder());
    if (folder.isEmpty())
        return;
    rememberFolder(folder);
    addFolder(folder);
}

void StudyFiles::addFolder(const QString& folder)
{
    m_context.tasks.start<NewStudy>(
        TaskLane::Io, tr("Looking for scans in %1").arg(QDir(folder).dirName()), this,
        [path = toPath(folder)](const ProgressSink&, std::stop_token) { return studyFromFolder(path, {}); },
        [this](Result<NewStudy> outcome) { found(std::move(outcome)); });
}

void StudyFiles::addFiles(const QStringList& files)
{
    std::vector<std::filesystem::path> paths;
    for (const QString& file : files)
        paths.push_back(toPath(file));
    m_context.tasks.start<NewStudy>(
        TaskLane::Io, tr("Looking at %n file(s)", nullptr, int(files.size())), this,
        [paths = std::move(paths)](const ProgressSink&, std::stop_token) { return studyOf(paths); },
        [this](Result<NewStudy> outcome) { found(std::move(outcome)); });
}

void StudyFiles::found(Result<NewStudy> outcome)
{
    if (!outcome) {
        m_context.messages.addError(outcome.error());
        if (outcome.error().code != ErrorCode::Cancelled)
            QMessageBox::warning(m_window, tr("Open scans"), errorText(outcome.error()));
        return;
    }
    for (const Warning& warning : outcome->warnings)
        m_context.messages.addWarning(warning);
    StudyDocument& document = m_context.document;
    if (document.isEmpty() && document.filePath().isEmpty()) {
        document.reset(std::move(outcome->study), {});
        Q_EMIT studyOpened();
        return;
    }
    // The study has a training scan already: what comes later is predicted until the user says otherwise.
    if (!document.isEmpty())
        for (StudyScan& scan : outcome->study.scans)
            scan.role = ScanRole::Predict;
    document.addScans(outcome->study.scans);
}

bool StudyFiles::save()
{
    const QString& path = m_context.document.filePath();
    return path.isEmpty() ? saveAs() : saveTo(path);
}

bool StudyFiles::saveAs()
{
    const QString& there = m_context.document.filePath();
    const QString proposed = there.isEmpty() ? QDir(startFolder()).filePath(tr("study") + u'.' + studySuffix) : there;
    QString path =
        QFileDialog::getSaveFileName(m_window, tr("Save study"), proposed, tr("Studies (*.dispersa);;All files (*)"));
    if (path.isEmpty())
        return false;
    if (QFileInfo(path).suffix().isEmpty())
        path += u'.' + studySuffix;
    rememberFolder(QFileInfo(path).absolutePath());
    return saveTo(path);
}

bool StudyFiles::saveTo(const QString& path)
{
    if (const auto saved = m_context.document.save(path); !saved) {
        m_context.messages.addError(saved.error());
        QMessageBox::warning(m_window, tr("Save study"), errorText(saved.error()));
        return false;
    }
    remember(path);
    return true;
}

void StudyFiles::remember(const QString& path)
{
    AppSettings settings = AppSettings::load();
    settings.addRecentStudy(path);
    settings.save();
    Q_EMIT recentStudiesChanged();
}

void StudyFiles::tryExample()
{
    ExampleDialog dialog(startFolder(), m_window);
    if (dialog.exec() != QDialog::Accepted)
        return;
    rememberFolder(QFileInfo(dialog.folder()).absolutePath());
    writeExample(dialog.folder(), dialog.options());
}

void StudyFiles::writeExample(const QString& folder, const ExampleOptions& options)
{
    const QString there = QDir(folder).filePath(QStringLiteral("example.dispersa"));
    if (QFileInfo::exists(there)) {
        openStudyFile(there);
        return;
    }
    m_context.tasks.start<std::filesystem::path>(
        TaskLane::Io, tr("Writing the example study"), this,
        [path = toPath(folder), options](const ProgressSink& sink, std::stop_token stop) {
            return writeExampleStudy(path, options, sink, stop);
        },
        [this](Result<std::filesystem::path> study) {
            if (study)
                openStudyFile(QString::fromStdU16String(study->u16string()));
            else
                m_context.messages.addError(study.error());
        });
}

} // namespace dispersa
