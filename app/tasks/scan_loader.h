// SPDX-License-Identifier: GPL-3.0-or-later
// Opens the document's scans as they come and go, one after the other, beside the window.
#pragma once

#include "app/document/study_document.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"

#include <QObject>

#include <map>
#include <string>

namespace dispersa {

class ScanLoader : public QObject {
    Q_OBJECT
  public:
    ScanLoader(StudyDocument& document, TaskRunner& tasks, MessageLog& messages, QObject* parent = nullptr);
    /// Opens every scan again, also those that failed: files may have come back.
    void reopenAll();

  private:
    struct Wanted {
        StudyScan scan;
        Calibration calibration;
        int ticket = 0;
    };
    void refresh(StudyPart part);
    void open(const StudyScan& scan);
    void opened(const std::string& name, int ticket, const Result<OpenedScanPtr>& outcome);

    StudyDocument& m_document;
    TaskRunner& m_tasks;
    MessageLog& m_messages;
    std::map<std::string, Wanted> m_wanted; ///< scans that are being opened, by name
    int m_nextTicket = 1;
};

} // namespace dispersa
