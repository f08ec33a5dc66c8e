// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/study_document.h"

#include "core/io/study_file.h"

#include <QFileInfo>
#include <QUndoCommand>

#include <algorithm>
#include <set>
#include <utility>

namespace dispersa {

/// One edit: the study before and after. Edits of one part with the same merge id become one step.
class StudyDocument::EditCommand : public QUndoCommand {
  public:
    EditCommand(StudyDocument& document, const QString& text, StudyPart part, int mergeId, Study before, Study after)
        : QUndoCommand(text), m_document(document), m_part(part), m_mergeId(mergeId), m_before(std::move(before)),
          m_after(std::move(after))
    {
    }
    void undo() override { m_document.apply(m_before, m_part); }
    void redo() override { m_document.apply(m_after, m_part); }
    int id() const override { return m_mergeId > 0 ? 1 : -1; }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto* next = static_cast<const EditCommand*>(other);
        if (next->m_part != m_part || next->m_mergeId != m_mergeId)
            return false;
        m_after = next->m_after;
        setObsolete(m_after == m_before);
        return true;
    }

  private:
    StudyDocument& m_document;
    StudyPart m_part;
    int m_mergeId;
    Study m_before;
    Study m_after;
};

namespace {

/// True if both name the same files, so that what was opened for one holds for the other.
bool sameFiles(const StudyScan& a, const StudyScan& b)
{
    return a.diffraction == b.diffraction && a.maps == b.maps && a.mapFromScan == b.mapFromScan;
}

std::string uniqueName(const Study& study, const std::string& wanted)
{
    std::string name = wanted;
    for (int number = 2; study.scan(name); ++number)
        name = wanted + " (" + std::to_string(number) + ")";
    return name;
}

/// Adds a scan; one that is there already only gains the maps it lacks.
void addScan(Study& study, const StudyScan& scan)
{
    for (StudyScan& there : study.scans) {
        if (there.name != scan.name || !there.diffraction || !scan.diffraction ||
            there.diffraction->path != scan.diffraction->path ||
            there.diffraction->dataset != scan.diffraction->dataset)
            continue;
        for (const MapSource& map : scan.maps)
            if (std::find(there.maps.begin(), there.maps.end(), map) == there.maps.end())
                there.maps.push_back(map);
        return;
    }
    StudyScan added = scan;
    added.name = uniqueName(study, scan.name);
    study.scans.push_back(std::move(added));
}

/// The parts of a study that decide what a run computes: ignored scans, calibration and unknown keys do not.
Study whatCounts(Study study)
{
    std::erase_if(study.scans, [](const StudyScan& scan) { return scan.role == ScanRole::Ignore; });
    for (StudyScan& scan : study.scans) {
        scan.unknown.clear();
        if (scan.diffraction) {
            scan.diffraction->path = scan.diffraction->path.lexically_normal();
            scan.diffraction->unknown.clear();
        }
        for (MapSource& map : scan.maps) {
            map.path = map.path.lexically_normal();
            map.unknown.clear();
        }
    }
    study.calibration = {};
    study.unknown.clear();
    study.split.unknown.clear();
    study.recipe.unknown.clear();
    study.correction.unknown.clear();
    study.account.unknown.clear();
    if (study.model)
        study.model = study.model->lexically_normal();
    return study;
}

} // namespace

StudyDocument::StudyDocument(QObject* parent) : QObject(parent)
{
    connect(&m_undo, &QUndoStack::cleanChanged, this, &StudyDocument::fileChanged);
}

StudyDocument::~StudyDocument()
{
    m_undo.disconnect(this);
}

QString StudyDocument::displayName() const
{
    return m_filePath.isEmpty() ? tr("Untitled study") : QFileInfo(m_filePath).completeBaseName();
}

void StudyDocument::reset(Study study, QString filePath)
{
    m_undo.clear();
    m_study = std::move(study);
    m_filePath = std::move(filePath);
    if (m_filePath.isEmpty() && !m_study.scans.empty())
        m_undo.resetClean();
    m_opened.clear();
    m_openErrors.clear();
    m_runs.clear();
    m_currentRun.reset();
    m_currentScan = m_study.scans.empty() ? std::string() : m_study.scans.front().name;
    Q_EMIT changed(StudyPart::Everything);
    Q_EMIT currentScanChanged();
    Q_EMIT runsChanged();
    Q_EMIT currentRunChanged();
    Q_EMIT fileChanged();
}

Result<void> StudyDocument::save(const QString& filePath)
{
    if (auto written = writeStudy(m_study, std::filesystem::path(filePath.toStdU16String())); !written)
        return written;
    m_filePath = filePath;
    m_undo.setClean();
    Q_EMIT fileChanged();
    return {};
}

void StudyDocument::edit(const QString& text, StudyPart part, const std::function<void(Study&)>& change, int mergeId)
{
    Study after = m_study;
    change(after);
    if (after == m_study)
        return;
    m_undo.push(new EditCommand(*this, text, part, mergeId, m_study, std::move(after)));
}

void StudyDocument::apply(const Study& study, StudyPart part)
{
    const Study before = std::exchange(m_study, study);
    for (const StudyScan& old : before.scans) {
        const StudyScan* now = m_study.scan(old.name);
        if (now && sameFiles(*now, old))
            continue;
        m_opened.erase(old.name);
        m_openErrors.erase(old.name);
    }
    const bool lostCurrent = !m_study.scan(m_currentScan);
    const std::string current = m_study.scans.empty() ? std::string() : m_study.scans.front().name;
    const bool moved = lostCurrent && m_currentScan != current;
    if (moved)
        m_currentScan = current;
    Q_EMIT changed(part);
    if (moved)
        Q_EMIT currentScanChanged();
}

void StudyDocument::addScans(const std::vector<StudyScan>& scans)
{
    edit(tr("Add %n scan(s)", nullptr, int(scans.size())), StudyPart::Scans, [&](Study& study) {
        for (const StudyScan& scan : scans)
            addScan(study, scan);
    });
}

void StudyDocument::removeScans(const std::vector<std::string>& names)
{
    const std::set<std::string> gone(names.begin(), names.end());
    edit(tr("Remove %n scan(s)", nullptr, int(gone.size())), StudyPart::Scans, [&](Study& study) {
        std::erase_if(study.scans, [&](const StudyScan& scan) { return gone.contains(scan.name); });
        if (gone.contains(study.correction.fitOn))
            study.correction.fitOn = CorrectionOptions().fitOn;
        std::erase_if(study.account.calibrateOn, [&](const std::string& name) { return gone.contains(name); });
    });
}

void StudyDocument::setRoles(const std::vector<std::string>& names, ScanRole role)
{
    edit(tr("Set role"), StudyPart::Roles, [&](Study& study) {
        for (StudyScan& scan : study.scans)
            if (std::find(names.begin(), names.end(), scan.name) != names.end())
                scan.role = role;
        // Intervals are fitted on scans that are only predicted: with another role a scan is none of them.
        std::erase_if(study.account.calibrateOn, [&](const std::string& name) {
            const StudyScan* scan = study.scan(name);
            return scan && scan->role != ScanRole::Predict;
        });
    });
}

void StudyDocument::setCrop(std::optional<Region> crop, int mergeId)
{
    edit(
        tr("Crop"), StudyPart::Crop, [&](Study& study) { study.crop = crop; }, mergeId);
}

void StudyDocument::setMapFilter(const MapFilterOptions& options, int mergeId)
{
    edit(
        tr("Map filter"), StudyPart::MapFilter, [&](Study& study) { study.mapFilter = options; }, mergeId);
}

void StudyDocument::setDiffraction(const std::optional<DiffractionOptions>& options, int mergeId)
{
    edit(
        tr("Pattern preparation"), StudyPart::Diffraction, [&](Study& study) { study.diffraction = options; }, mergeId);
}

void StudyDocument::setTargets(const std::vector<std::string>& targets)
{
    edit(tr("Targets"), StudyPart::Targets, [&](Study& study) { study.targets = targets; });
}

void StudyDocument::setSplit(const SplitOptions& options, int mergeId)
{
    edit(
        tr("Split"), StudyPart::Split, [&](Study& study) { study.split = options; }, mergeId);
}

void StudyDocument::setRecipe(const RecipeChoice& recipe, int mergeId)
{
    edit(
        tr("Recipe"), StudyPart::Recipe, [&](Study& study) { study.recipe = recipe; }, mergeId);
}

void StudyDocument::setModel(const std::optional<std::filesystem::path>& model)
{
    edit(tr("Trained model"), StudyPart::Model, [&](Study& study) { study.model = model; });
}

void StudyDocument::setAccount(const AccountOptions& account, int mergeId)
{
    edit(
        tr("Account of a run"), StudyPart::Account, [&](Study& study) { study.account = account; }, mergeId);
}

void StudyDocument::setCorrection(const CorrectionOptions& correction)
{
    edit(tr("Correction"), StudyPart::Correction, [&](Study& study) { study.correction = correction; });
}

void StudyDocument::setCalibration(const Calibration& calibration, int mergeId)
{
    edit(
        tr("Calibration"), StudyPart::Calibration, [&](Study& study) { study.calibration = calibration; }, mergeId);
}

OpenedScanPtr StudyDocument::opened(const std::string& scan) const
{
    const auto found = m_opened.find(scan);
    return found == m_opened.end() ? nullptr : found->second;
}

std::optional<Error> StudyDocument::openError(const std::string& scan) const
{
    const auto found = m_openErrors.find(scan);
    return found == m_openErrors.end() ? std::nullopt : std::optional(found->second);
}

void StudyDocument::setOpened(const std::string& scan, OpenedScanPtr opened)
{
    if (!m_study.scan(scan))
        return;
    m_openErrors.erase(scan);
    m_opened[scan] = std::move(opened);
    Q_EMIT scanOpened(QString::fromStdString(scan));
}

void StudyDocument::setOpenError(const std::string& scan, const Error& error)
{
    if (!m_study.scan(scan))
        return;
    m_opened.erase(scan);
    m_openErrors[scan] = error;
    Q_EMIT scanOpened(QString::fromStdString(scan));
}

PatternShape StudyDocument::detectorShape() const
{
    const OpenedScanPtr opened = firstOpened();
    return opened && opened->diffraction ? opened->diffraction->patternShape() : PatternShape{};
}

OpenedScanPtr StudyDocument::firstOpened() const
{
    OpenedScanPtr any;
    for (const StudyScan& scan : m_study.scans) {
        const OpenedScanPtr found = opened(scan.name);
        if (found && scan.role == ScanRole::Train)
            return found;
        if (found && !any)
            any = found;
    }
    return any;
}

void StudyDocument::setCurrentScan(const std::string& name)
{
    if (name == m_currentScan || !m_study.scan(name))
        return;
    m_currentScan = name;
    Q_EMIT currentScanChanged();
}

void StudyDocument::addRun(RunResultPtr run)
{
    std::erase_if(m_runs, [&](const RunResultPtr& there) { return there->folder == run->folder; });
    m_runs.push_back(run);
    m_currentRun = std::move(run);
    Q_EMIT runsChanged();
    Q_EMIT currentRunChanged();
}

void StudyDocument::setCurrentRun(RunResultPtr run)
{
    if (run == m_currentRun)
        return;
    m_currentRun = std::move(run);
    Q_EMIT currentRunChanged();
}

void StudyDocument::replaceRun(const RunResultPtr& run, RunResultPtr with)
{
    const auto place = std::find(m_runs.begin(), m_runs.end(), run);
    if (place == m_runs.end())
        return;
    const bool isCurrent = run == m_currentRun;
    *place = with;
    if (isCurrent)
        m_currentRun = std::move(with);
    Q_EMIT runsChanged();
    if (isCurrent)
        Q_EMIT currentRunChanged();
}

void StudyDocument::removeRun(const RunResultPtr& run)
{
    const bool wasCurrent = run == m_currentRun;
    if (std::erase(m_runs, run) == 0)
        return;
    if (wasCurrent)
        m_currentRun = m_runs.empty() ? nullptr : m_runs.back();
    Q_EMIT runsChanged();
    if (wasCurrent)
        Q_EMIT currentRunChanged();
}

bool StudyDocument::isOutOfDate(const RunResult& run) const
{
    return !(whatCounts(run.study) == whatCounts(m_study));
}

} // namespace dispersa
