// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/study_files.h"

#include "app/actions/example_dialog.h"
#include "app/actions/scan_tools.h"
#include "app/document/study_document.h"
#include "app/settings/app_settings.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "app/text/error_text.h"
#include "app/text/item_text.h"
#include "core/io/format.h"
#include "core/io/study_file.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>

#include <algorithm>

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

/// A flat stack whose grid neither the file nor a map tells.
bool isStackWithoutShape(const DiffractionSource& source)
{
    if (source.scanShape)
        return false;
    const auto info = inspectFile(source.path);
    if (!info)
        return false;
    const auto& items = info->items;
    const auto item = std::find_if(items.begin(), items.end(), [&](const FileItem& each) {
        return source.dataset.empty() ? holdsPatterns(each) : each.id == source.dataset;
    });
    return item != items.end() && item->kind == ItemKind::Stack;
}

bool comesFrom(const StudyScan& scan, const std::filesystem::path& path)
{
    return scan.diffraction && scan.diffraction->path == path;
}

} // namespace

StudyFiles::StudyFiles(PageContext context, QWidget* window)
    : QObject(window), m_context(context), m_window(window), m_scanTools(new ScanTools(context, window))
{
}

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
    files.removeDuplicates();
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
        QFileDialog::getOpenFileNames(m_window, tr("Open scans and their maps"), startFolder(),
                                      fileDialogFilter(tr("Scans and maps"), [](const FormatTraits& traits) {
                                          return traits.readsDiffraction || traits.readsMaps || traits.readsSpectra;
                                      }));
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
    m_context.tasks.start<Found>(
        TaskLane::Io, tr("Looking at %n file(s)", nullptr, int(files.size())), this,
        [paths = std::move(paths)](const ProgressSink&, std::stop_token) -> Result<Found> { return lookAt(paths); },
        [this](Result<Found> outcome) {
            if (outcome)
                foundFiles(std::move(*outcome));
            else
                found(fail(outcome.error()));
        });
}

StudyFiles::Found StudyFiles::lookAt(const std::vector<std::filesystem::path>& paths)
{
    Found result{studyOf(paths)};
    for (const auto& path : paths)
        if (auto info = inspectFile(path); info && needsChoice(*info))
            result.unclear.push_back(std::move(*info));
    return result;
}

void StudyFiles::foundFiles(Found outcome)
{
    for (const FileInfo& file : outcome.unclear)
        useChoice(file, outcome.study);
    const bool nothing = !outcome.study && outcome.study.error().code == ErrorCode::DatasetMissing;
    if (nothing && !outcome.unclear.empty())
        return; // the user chose a map, or nothing
    found(std::move(outcome.study));
}

/// Puts what the user chooses of `file` in the place of what was found in it.
void StudyFiles::useChoice(const FileInfo& file, Result<NewStudy>& study)
{
    const StudyScan* current = m_context.document.study().scan(m_context.document.currentScan());
    const auto choice = m_scanTools->askDataset(
        file, current ? DatasetDialog::Wanted::Anything : DatasetDialog::Wanted::Patterns, {});
    if (!choice) {
        if (study)
            std::erase_if(study->study.scans, [&](const StudyScan& scan) { return comesFrom(scan, file.path); });
        if (study && study->study.scans.empty())
            study = fail(ErrorCode::DatasetMissing, "Nothing was chosen.");
        return;
    }
    if (choice->asMap) {
        MapSource map{choice->quantity, file.path, choice->item.id, choice->unit, {}};
        m_context.document.edit(tr("Add maps"), StudyPart::Scans, [&](Study& edited) {
            for (StudyScan& scan : edited.scans)
                if (scan.name == m_context.document.currentScan())
                    scan.maps.push_back(map);
        });
        return;
    }
    if (!study)
        study = NewStudy{};
    auto& scans = study->study.scans;
    // One scan of this file stays, with its maps; the others were its other datasets.
    const auto first =
        std::find_if(scans.begin(), scans.end(), [&](const StudyScan& scan) { return comesFrom(scan, file.path); });
    StudyScan chosen;
    if (first != scans.end())
        chosen = *first;
    else
        chosen.name = file.path.stem().string();
    chosen.diffraction = DiffractionSource{file.path, choice->item.id, {}, {}, {}};
    std::erase_if(scans, [&](const StudyScan& scan) { return comesFrom(scan, file.path); });
    scans.push_back(std::move(chosen));
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
        if (warning.code != "scan_shape_unknown") // asked for below
            m_context.messages.addWarning(warning);
    std::vector<DiffractionSource> sources; // flat stacks without a grid; their scans may get other names
    for (const StudyScan& scan : outcome->study.scans)
        if (scan.diffraction && isStackWithoutShape(*scan.diffraction))
            sources.push_back(*scan.diffraction);
    StudyDocument& document = m_context.document;
    if (document.isEmpty() && document.filePath().isEmpty()) {
        document.reset(std::move(outcome->study), {});
        Q_EMIT studyOpened();
        askForShapes(sources);
        return;
    }
    // The study has a training scan already: what comes later is predicted until the user says otherwise.
    if (!document.isEmpty())
        for (StudyScan& scan : outcome->study.scans)
            scan.role = scan.role == ScanRole::Ignore ? ScanRole::Ignore : ScanRole::Predict;
    document.addScans(outcome->study.scans);
    askForShapes(sources);
}

void StudyFiles::askForShapes(const std::vector<DiffractionSource>& sources)
{
    std::vector<std::string> names;
    for (const StudyScan& scan : m_context.document.study().scans)
        if (scan.diffraction && std::find(sources.begin(), sources.end(), *scan.diffraction) != sources.end())
            names.push_back(scan.name);
    m_scanTools->askShapes(names);
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
