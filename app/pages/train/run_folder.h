// SPDX-License-Identifier: GPL-3.0-or-later
// Where a new run is written: beside the study file, or with the application's data when it was never saved.
#pragma once

#include <QDateTime>
#include <QString>

#include <filesystem>
#include <vector>

namespace dispersa {

/// "<folder>/<study> runs/<date time>", or the application's data folder for an unsaved study. Does not create it; a
/// number is added when that name is taken.
std::filesystem::path newRunFolder(const QString& studyFile, const QDateTime& now);

/// The folder that holds a study's runs (parent of the above).
QString runsFolder(const QString& studyFile);

/// Where temporary files of a study go: its own folder, where there is room for its scans; empty (the system's) for an
/// unsaved study.
std::filesystem::path scratchFolder(const QString& studyFile);

/// Where a dialog that looks for runs starts: runsFolder() once it exists, else the nearest folder above that does.
QString runsDialogFolder(const QString& studyFile);

/// Finished runs that lie with a study, oldest first, at most 20: in runsFolder(), in sub-folders of its own folder, and that
/// folder itself when the study is the copy a run keeps. Empty for an unsaved study.
std::vector<std::filesystem::path> finishedRuns(const QString& studyFile);
/// Trainings in the same places that left a checkpoint and never finished.
std::vector<std::filesystem::path> interruptedRuns(const QString& studyFile);

/// "21 Nov 14:03:07" from a run's folder, or the folder's name when it is not one of ours.
QString runTitle(const std::filesystem::path& folder);

/// A model by the run that trained it ("run 21 Nov 14:03:07"), or by its file's name when no run did.
QString modelTitle(const std::filesystem::path& model);

} // namespace dispersa
