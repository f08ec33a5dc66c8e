// SPDX-License-Identifier: GPL-3.0-or-later
// What the File menu does: new, open, add, save, example. Reading happens in tasks; questions are asked on `window`.
#pragma once

#include "app/pages/page.h"
#include "core/io/format.h"
#include "core/workflow/open_scan.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <filesystem>

namespace dispersa {

struct ExampleOptions;
class ScanTools;

class StudyFiles : public QObject {
    Q_OBJECT
  public:
    /// `window` is the parent of dialogs and of this object.
    StudyFiles(PageContext context, QWidget* window);

    /// What is done to the files of one scan.
    ScanTools& scanTools() { return *m_scanTools; }

    /// Opens whatever these are: one study, folders, scan and map files. What a drop or the command line brings.
    void openPaths(const QStringList& paths);
    /// Opens a study; asks about unsaved changes first. False if it was refused or could not be read.
    bool openStudyFile(const QString& path);
    /// True if the document may be replaced: nothing to save, saved now, or the user does not want it.
    bool confirmReplace();
    /// Writes the example into `folder` as a task and opens it; an example that is there already is opened as it is.
    void writeExample(const QString& folder, const ExampleOptions& options);

  public Q_SLOTS:
    void newStudy();
    void openStudy();
    void openScans();
    void openFolder();
    bool save();
    bool saveAs();
    void tryExample();

  Q_SIGNALS:
    void studyOpened(); ///< another document is shown now
    void recentStudiesChanged();

  private:
    void addFolder(const QString& folder);
    void addFiles(const QStringList& files);
    /// What a set of files comes to, and those of them that hold several things or do not say what they hold.
    struct Found {
        Result<NewStudy> study;
        std::vector<FileInfo> unclear = {};
    };
    static Found lookAt(const std::vector<std::filesystem::path>& paths);
    void foundFiles(Found found);
    void found(Result<NewStudy> outcome);
    void askForShapes(const std::vector<DiffractionSource>& sources);
    void useChoice(const FileInfo& file, Result<NewStudy>& study);
    bool saveTo(const QString& path);
    void remember(const QString& path);

    PageContext m_context;
    QWidget* m_window;
    ScanTools* m_scanTools;
};

} // namespace dispersa
