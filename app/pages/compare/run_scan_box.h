// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses one of a run's scans; all such boxes and the rest of the window show the same scan.
#pragma once

#include "app/document/study_document.h"

#include <QComboBox>

namespace dispersa {

class RunScanBox : public QComboBox {
    Q_OBJECT
  public:
    RunScanBox(StudyDocument& document, QWidget* parent);

    /// Entries besides the scans, before them: key and text. Choosing one does not touch the document. `preferred`: the
    /// first of them is shown until the user chooses.
    void setExtraEntries(const std::vector<std::pair<QString, QString>>& entries, bool preferred = false);
    void setRun(RunResultPtr run);
    /// Key of the extra entry chosen; empty when a scan is.
    QString extra() const;
    /// The chosen scan of the run; null if an extra entry is chosen or there is none.
    const ScanResult* scan() const;

  Q_SIGNALS:
    void chosen();

  private:
    void fill();
    void follow();

    StudyDocument& m_document;
    RunResultPtr m_run;
    std::vector<std::pair<QString, QString>> m_extra;
    bool m_extraPreferred = false;
    QString m_chosen; ///< key of what the user chose; empty: nothing yet
};

} // namespace dispersa
