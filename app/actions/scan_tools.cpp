// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/scan_tools.h"

#include "app/actions/convert_dialog.h"
#include "app/actions/file_info_dialog.h"
#include "app/actions/scan_shape_dialog.h"
#include "app/document/study_document.h"
#include "app/settings/app_settings.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "app/text/error_text.h"
#include "app/text/item_text.h"
#include "core/io/map_naming.h"
#include "core/learn/recipe.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace dispersa {
namespace {

QString text(const std::string& s)
{
    return QString::fromStdString(s);
}

/// Files of a scan, patterns first, each once.
std::vector<std::filesystem::path> filesOf(const StudyScan& scan)
{
    std::vector<std::filesystem::path> files;
    const auto add = [&](const std::filesystem::path& file) {
        if (std::find(files.begin(), files.end(), file) == files.end())
            files.push_back(file);
    };
    if (scan.diffraction)
        add(scan.diffraction->path);
    for (const MapSource& map : scan.maps)
        add(map.path);
    return files;
}

/// The number of frames that an unknown grid is about, as the reader said it.
std::string framesOf(const Error& error)
{
    return error.arguments.empty() ? std::string() : error.arguments.front();
}

} // namespace

ScanTools::ScanTools(PageContext context, QWidget* window) : QObject(window), m_context(context), m_window(window)
{
    addAction(QStringLiteral("scan_shape"), tr("Scan shape and &order…"),
              tr("Say how the frames of the file lie on the scan grid"), Qt::CTRL | Qt::Key_G,
              &ScanTools::askShapeOfCurrent);
    addAction(QStringLiteral("choose_dataset"), tr("Choose &dataset…"),
              tr("Choose another dataset of the file that the patterns come from"), {}, &ScanTools::chooseDataset);
    addAction(QStringLiteral("add_maps"), tr("Add &maps…"), tr("Add element maps or detector images to this scan"), {},
              &ScanTools::addMaps);
    addAction(QStringLiteral("convert_scan"), tr("&Convert to HDF5…"),
              tr("Write this scan as EMD 1.0, which py4DSTEM opens too"), {}, &ScanTools::convert);
    addAction(QStringLiteral("file_information"), tr("&File information…"),
              tr("What the files of this scan hold, and their statistics"), Qt::ALT | Qt::Key_Return,
              &ScanTools::showInformation);
    StudyDocument& document = context.document;
    connect(&document, &StudyDocument::changed, this, &ScanTools::refresh);
    connect(&document, &StudyDocument::currentScanChanged, this, &ScanTools::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &ScanTools::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &ScanTools::askWhenLookedAt);
    refresh();
}

void ScanTools::addAction(const QString& name, const QString& label, const QString& toolTip,
                          const QKeySequence& shortcut, void (ScanTools::*run)())
{
    auto* action = new QAction(label, this);
    action->setObjectName(name);
    action->setToolTip(toolTip);
    action->setStatusTip(toolTip);
    action->setShortcut(shortcut);
    connect(action, &QAction::triggered, this, run);
    m_actions << action;
}

const StudyScan* ScanTools::current() const
{
    return m_context.document.study().scan(m_context.document.currentScan());
}

void ScanTools::refresh()
{
    const StudyScan* scan = current();
    const bool patterns = scan && scan->diffraction;
    const OpenedScanPtr opened = scan ? m_context.document.opened(scan->name) : nullptr;
    for (QAction* action : m_actions) {
        const QString name = action->objectName();
        if (name == QLatin1String("scan_shape") || name == QLatin1String("choose_dataset"))
            action->setEnabled(patterns);
        else if (name == QLatin1String("convert_scan"))
            action->setEnabled(opened && opened->diffraction);
        else
            action->setEnabled(scan != nullptr);
    }
}

void ScanTools::askShapeOfCurrent()
{
    askShape(m_context.document.currentScan());
}

std::vector<std::string> ScanTools::scansWithoutShape() const
{
    std::vector<std::string> names;
    for (const StudyScan& scan : m_context.document.study().scans)
        if (const auto error = m_context.document.openError(scan.name);
            error && error->code == ErrorCode::ScanShapeUnknown)
            names.push_back(scan.name);
    return names;
}

bool ScanTools::askShape(const std::string& name)
{
    StudyDocument& document = m_context.document;
    const StudyScan* scan = document.study().scan(name);
    if (!scan || !scan->diffraction)
        return false;
    document.setCurrentScan(name);
    std::vector<std::string> alike;
    const std::vector<std::string> waiting = scansWithoutShape();
    if (const auto error = document.openError(name); error && error->code == ErrorCode::ScanShapeUnknown)
        for (const std::string& other : waiting)
            if (other != name && framesOf(*document.openError(other)) == framesOf(*error))
                alike.push_back(other);
    ScanShapeDialog dialog(*scan, int(alike.size()), m_context.tasks, m_window);
    if (dialog.exec() != QDialog::Accepted)
        return false;
    const DiffractionSource source = dialog.source();
    std::vector<std::string> names{name};
    if (dialog.forAllAlike())
        names.insert(names.end(), alike.begin(), alike.end());
    document.edit(tr("Scan shape and order"), StudyPart::Scans, [&](Study& study) {
        for (StudyScan& each : study.scans)
            if (each.diffraction && std::find(names.begin(), names.end(), each.name) != names.end()) {
                each.diffraction->scanShape = source.scanShape;
                each.diffraction->order = source.order;
                each.diffraction->isSigned = source.isSigned;
                // It was set aside only because nobody knew its grid.
                if (each.role == ScanRole::Ignore &&
                    std::find(waiting.begin(), waiting.end(), each.name) != waiting.end())
                    each.role = ScanRole::Predict;
            }
    });
    return true;
}

void ScanTools::askShapes(const std::vector<std::string>& scans)
{
    m_toAsk.insert(m_toAsk.end(), scans.begin(), scans.end());
    askWhenLookedAt();
}

void ScanTools::askWhenLookedAt()
{
    const StudyDocument& document = m_context.document;
    const auto isOnItsWay = [&](const std::string& name) {
        return document.study().scan(name) && !document.opened(name) && !document.openError(name);
    };
    if (m_toAsk.empty() || std::any_of(m_toAsk.begin(), m_toAsk.end(), isOnItsWay))
        return;
    // Not within the document's signal: the dialog changes the document.
    QTimer::singleShot(0, this, [this, names = std::exchange(m_toAsk, {})] {
        for (const std::string& name : names) {
            const std::vector<std::string> waiting = scansWithoutShape();
            if (std::find(waiting.begin(), waiting.end(), name) != waiting.end() && !askShape(name))
                return; // their messages stay, and a double click on one asks again
        }
    });
}

std::optional<DatasetChoice> ScanTools::askDataset(const FileInfo& file, DatasetDialog::Wanted wanted,
                                                   const std::string& chosen)
{
    DatasetDialog dialog(file, wanted, chosen, m_context.tasks, m_window);
    if (dialog.exec() != QDialog::Accepted)
        return std::nullopt;
    return dialog.choice();
}

void ScanTools::chooseDataset()
{
    const StudyScan* scan = current();
    if (!scan || !scan->diffraction)
        return;
    const std::string name = scan->name;
    const auto info = inspectFile(scan->diffraction->path);
    if (!info) {
        m_context.messages.addError(info.error(), text(name));
        QMessageBox::warning(m_window, tr("Choose dataset"), errorText(info.error()));
        return;
    }
    const auto choice = askDataset(*info, DatasetDialog::Wanted::Patterns, scan->diffraction->dataset);
    if (!choice)
        return;
    m_context.document.edit(tr("Choose dataset"), StudyPart::Scans, [&](Study& study) {
        for (StudyScan& each : study.scans)
            if (each.name == name && each.diffraction && each.diffraction->dataset != choice->item.id) {
                each.diffraction->dataset = choice->item.id;
                each.diffraction->scanShape.reset(); // they belonged to the other one
                each.diffraction->order = {};
            }
    });
    if (choice->item.kind == ItemKind::Stack && !m_context.document.study().scan(name)->diffraction->scanShape)
        askShape(name);
}

/// The map of a file: named by the file, by its only item, or by the user.
std::optional<MapSource> ScanTools::mapSourceOf(const std::filesystem::path& path)
{
    const auto info = inspectFile(path);
    if (!info) {
        m_context.messages.addError(info.error());
        return std::nullopt;
    }
    std::vector<const FileItem*> maps;
    for (const FileItem& item : info->items)
        if (holdsMap(item))
            maps.push_back(&item);
    const auto naming = mapNaming(path);
    MapSource source;
    source.path = path;
    if (maps.size() == 1 && (maps.front()->quantity || naming)) {
        source.quantity = maps.front()->quantity.value_or(naming ? naming->quantity : std::string());
        source.dataset = maps.front()->id;
        return source;
    }
    const auto choice = askDataset(*info, DatasetDialog::Wanted::Maps, {});
    if (!choice)
        return std::nullopt;
    source.quantity = choice->quantity;
    source.dataset = choice->item.id;
    source.unit = choice->unit;
    return source;
}

void ScanTools::addMaps()
{
    const StudyScan* scan = current();
    if (!scan)
        return;
    const std::string name = scan->name;
    const QStringList files = QFileDialog::getOpenFileNames(
        m_window, tr("Add maps to %1").arg(text(name)), AppSettings::load().lastFolder,
        fileDialogFilter(tr("Maps"), [](const FormatTraits& traits) { return traits.readsMaps; }));
    std::vector<MapSource> maps;
    for (const QString& file : files)
        if (auto source = mapSourceOf(std::filesystem::path(file.toStdU16String())))
            maps.push_back(std::move(*source));
    m_context.document.edit(tr("Add maps"), StudyPart::Scans, [&](Study& study) {
        for (StudyScan& each : study.scans) {
            if (each.name != name)
                continue;
            for (const MapSource& map : maps) {
                const auto same = std::find_if(each.maps.begin(), each.maps.end(),
                                               [&](const MapSource& m) { return m.quantity == map.quantity; });
                if (same == each.maps.end())
                    each.maps.push_back(map);
                else
                    *same = map; // a scan has one map of a quantity; undo brings the other back
            }
        }
    });
}

void ScanTools::convert()
{
    const StudyScan* scan = current();
    const OpenedScanPtr opened = scan ? m_context.document.opened(scan->name) : nullptr;
    if (!opened || !opened->diffraction)
        return;
    const Study& study = m_context.document.study();
    const DiffractionOptions preparation = diffractionInUse(study, opened->diffraction->patternShape());
    const Region cut = study.cropOf(*scan, opened->shape());
    const bool cropped = cut != wholeRegion(opened->shape()) && cut.fitsInto(opened->shape());
    const QString folder = QFileInfo(QString::fromStdU16String(opened->diffraction->file().u16string())).absolutePath();
    ConvertDialog dialog(opened, preparation, cropped ? std::optional(cut) : std::nullopt, folder, m_window);
    if (dialog.exec() != QDialog::Accepted)
        return;
    const QString target = dialog.target();
    m_context.tasks.start<bool>(
        TaskLane::Compute, tr("Converting %1").arg(text(scan->name)), this,
        [source = opened->diffraction, path = std::filesystem::path(target.toStdU16String()),
         options = dialog.options()](const ProgressSink& sink, std::stop_token stop) -> Result<bool> {
            if (auto done = convertScan(source, path, options, sink, stop); !done)
                return fail(done.error());
            return true;
        },
        [this, target, name = text(scan->name)](Result<bool> done) {
            if (done)
                m_context.messages.add({MessageKind::Note,
                                        tr("%1 was converted to %2.").arg(name, QDir::toNativeSeparators(target)),
                                        {},
                                        {},
                                        target,
                                        {}});
            else
                m_context.messages.addError(done.error(), name);
        });
}

void ScanTools::showInformation()
{
    if (const StudyScan* scan = current()) {
        FileInfoDialog dialog(filesOf(*scan), m_context.tasks, m_window);
        dialog.exec();
    }
}

} // namespace dispersa
