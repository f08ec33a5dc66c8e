// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tasks/scan_loader.h"

namespace dispersa {

ScanLoader::ScanLoader(StudyDocument& document, TaskRunner& tasks, MessageLog& messages, QObject* parent)
    : QObject(parent), m_document(document), m_tasks(tasks), m_messages(messages)
{
    connect(&document, &StudyDocument::changed, this, &ScanLoader::refresh);
}

void ScanLoader::reopenAll()
{
    for (const StudyScan& scan : m_document.study().scans)
        open(scan);
}

void ScanLoader::refresh(StudyPart part)
{
    if (part == StudyPart::Calibration) // opened scans carry it
        return reopenAll();
    if (part != StudyPart::Everything && part != StudyPart::Scans)
        return;
    std::erase_if(m_wanted, [this](const auto& entry) { return !m_document.study().scan(entry.first); });
    for (const StudyScan& scan : m_document.study().scans) {
        const auto wanted = m_wanted.find(scan.name);
        const bool coming = wanted != m_wanted.end() && wanted->second.scan.diffraction == scan.diffraction &&
                            wanted->second.scan.maps == scan.maps &&
                            wanted->second.scan.mapFromScan == scan.mapFromScan;
        if (!coming && !m_document.opened(scan.name) && !m_document.openError(scan.name))
            open(scan);
    }
}

void ScanLoader::open(const StudyScan& scan)
{
    const int ticket = m_nextTicket++;
    const Calibration calibration = m_document.study().calibration;
    m_wanted[scan.name] = {scan, calibration, ticket};
    m_tasks.start<OpenedScanPtr>(
        TaskLane::Io, tr("Opening %1").arg(QString::fromStdString(scan.name)), this,
        [scan, calibration](const ProgressSink&, std::stop_token stop) -> Result<OpenedScanPtr> {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "Opening was stopped.");
            return openScan(scan, calibration);
        },
        [this, name = scan.name, ticket](Result<OpenedScanPtr> outcome) { opened(name, ticket, outcome); });
}

void ScanLoader::opened(const std::string& name, int ticket, const Result<OpenedScanPtr>& outcome)
{
    const auto wanted = m_wanted.find(name);
    if (wanted == m_wanted.end() || wanted->second.ticket != ticket)
        return; // the study names other files by now
    m_wanted.erase(wanted);
    // What an earlier opening found is said again if it still holds.
    const QString topic = QStringLiteral("opening ") + QString::fromStdString(name);
    m_messages.withdraw(topic);
    if (!outcome) {
        m_document.setOpenError(name, outcome.error());
        m_messages.addError(outcome.error(), QString::fromStdString(name), topic);
        return;
    }
    const OpenedScanPtr& scan = *outcome;
    for (Warning warning : scan->warnings) {
        if (warning.scan.empty())
            warning.scan = name;
        m_messages.addWarning(warning, topic);
    }
    if (scan->obstacle)
        m_messages.addError(*scan->obstacle, QString::fromStdString(name), topic);
    m_document.setOpened(name, scan);
}

} // namespace dispersa
