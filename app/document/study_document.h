// SPDX-License-Identifier: GPL-3.0-or-later
// The open document: a study, its undo stack, its opened scans and its runs. One signal says what changed.
#pragma once

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/workflow/open_scan.h"
#include "core/workflow/run_result.h"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <functional>
#include <map>
#include <vector>

namespace dispersa {

/// What a change() is about; pages refresh what depends on it.
enum class StudyPart {
    Everything,
    Scans,
    Roles,
    Crop,
    MapFilter,
    Diffraction,
    Targets,
    Split,
    Recipe,
    Model,
    Correction,
    Account,
    Calibration
};

class StudyDocument : public QObject {
    Q_OBJECT
  public:
    explicit StudyDocument(QObject* parent = nullptr);
    ~StudyDocument() override;

    const Study& study() const { return m_study; }
    bool isEmpty() const { return m_study.scans.empty(); }
    /// File of the study; empty if it was never saved.
    const QString& filePath() const { return m_filePath; }
    QString displayName() const; ///< file name or "Untitled study"
    bool isModified() const { return !m_undo.isClean(); }
    QUndoStack& undoStack() { return m_undo; }

    /// Replaces the document, clears undo and runs; opens nothing by itself. `filePath` empty: unsaved.
    void reset(Study study, QString filePath);
    /// Writes the study (and remembers the path). Error: WriteFailed.
    Result<void> save(const QString& filePath);

    // Edits. Each is one undo step; repeated edits of one part merge while `mergeId` stays the same (>0); an edit that
    // changes nothing is dropped.
    void addScans(const std::vector<StudyScan>& scans);
    void removeScans(const std::vector<std::string>& names);
    void setRoles(const std::vector<std::string>& names, ScanRole role);
    void setCrop(std::optional<Region> crop, int mergeId = 0);
    void setMapFilter(const MapFilterOptions& options, int mergeId = 0);
    void setDiffraction(const std::optional<DiffractionOptions>& options, int mergeId = 0);
    void setTargets(const std::vector<std::string>& targets);
    void setSplit(const SplitOptions& options, int mergeId = 0);
    void setRecipe(const RecipeChoice& recipe, int mergeId = 0);
    void setModel(const std::optional<std::filesystem::path>& model);
    void setCorrection(const CorrectionOptions& correction);
    void setAccount(const AccountOptions& account, int mergeId = 0);
    void setCalibration(const Calibration& calibration, int mergeId = 0);
    /// Any other edit: `text` names it in the Edit menu.
    void edit(const QString& text, StudyPart part, const std::function<void(Study&)>& change, int mergeId = 0);

    // Opened scans: filled in by the scan loader (app/tasks) as files open; null until then.
    OpenedScanPtr opened(const std::string& scan) const;
    std::optional<Error> openError(const std::string& scan) const;
    void setOpened(const std::string& scan, OpenedScanPtr opened);
    void setOpenError(const std::string& scan, const Error& error);
    /// First opened training scan, else first opened scan; null if none.
    OpenedScanPtr firstOpened() const;
    /// Pattern size of firstOpened() as the detector gives it; 0 x 0 if unknown.
    PatternShape detectorShape() const;

    // The scan that pages show.
    const std::string& currentScan() const { return m_currentScan; }
    void setCurrentScan(const std::string& name);

    // Runs of this study, oldest first.
    const std::vector<RunResultPtr>& runs() const { return m_runs; }
    RunResultPtr currentRun() const { return m_currentRun; }
    void addRun(RunResultPtr run); ///< and makes it the current one
    void setCurrentRun(RunResultPtr run);
    /// The same run with something added to it, in its place.
    void replaceRun(const RunResultPtr& run, RunResultPtr with);
    void removeRun(const RunResultPtr& run); ///< from the list; deletes nothing on disk
    /// True if the study differs from what `run` was made from in a way that changes its results.
    bool isOutOfDate(const RunResult& run) const;

  Q_SIGNALS:
    void changed(dispersa::StudyPart part);
    void fileChanged(); ///< path or modified state
    void scanOpened(const QString& name);
    void currentScanChanged();
    void runsChanged();
    void currentRunChanged();

  private:
    class EditCommand;
    void apply(const Study& study, StudyPart part);

    Study m_study;
    QString m_filePath;
    QUndoStack m_undo;
    std::map<std::string, OpenedScanPtr> m_opened;
    std::map<std::string, Error> m_openErrors;
    std::string m_currentScan;
    std::vector<RunResultPtr> m_runs;
    RunResultPtr m_currentRun;
};

} // namespace dispersa
