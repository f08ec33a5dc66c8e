// SPDX-License-Identifier: GPL-3.0-or-later
// What the Scan menu does with the files of one scan: shape and order, dataset, maps, conversion, information.
#pragma once

#include "app/actions/dataset_dialog.h"
#include "app/pages/page.h"
#include "core/data/study.h"

#include <QAction>
#include <QObject>

#include <string>
#include <vector>

namespace dispersa {

class ScanTools : public QObject {
    Q_OBJECT
  public:
    /// `window` is the parent of dialogs and of this object.
    ScanTools(PageContext context, QWidget* window);

    /// The actions, on the document's current scan. They know when they are enabled.
    const QList<QAction*>& actions() const { return m_actions; }
    /// Asks for the grid of a scan and edits the study; false: the person gave none.
    bool askShape(const std::string& scan);
    /// Scans that were just added and whose grid nothing tells: once they were looked at, asks for one after the other
    /// until the person declines. Those with as many frames can be answered together.
    void askShapes(const std::vector<std::string>& scans);
    /// Scans that could not be opened because nothing tells their grid.
    std::vector<std::string> scansWithoutShape() const;
    /// What a person chose of a file that holds several things; nullopt: nothing.
    std::optional<DatasetChoice> askDataset(const FileInfo& file, DatasetDialog::Wanted wanted,
                                            const std::string& current);

  private:
    void addAction(const QString& name, const QString& text, const QString& toolTip, const QKeySequence& shortcut,
                   void (ScanTools::*run)());
    void refresh();
    void askShapeOfCurrent();
    void askWhenLookedAt();
    void chooseDataset();
    void addMaps();
    void convert();
    void showInformation();
    std::optional<MapSource> mapSourceOf(const std::filesystem::path& path);
    const StudyScan* current() const;

    PageContext m_context;
    QWidget* m_window;
    QList<QAction*> m_actions;
    std::vector<std::string> m_toAsk; ///< scans whose grid will be asked for when all of them were looked at
};

} // namespace dispersa
