// SPDX-License-Identifier: GPL-3.0-or-later
// Choice of a run's scan; see run_scan_box.h.
#include "app/pages/compare/run_scan_box.h"

#include <QSignalBlocker>

namespace dispersa {

namespace {
constexpr int isScan = Qt::UserRole + 1;
}

RunScanBox::RunScanBox(StudyDocument& document, QWidget* parent) : QComboBox(parent), m_document(document)
{
    setAccessibleName(tr("Scan"));
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(this, &QComboBox::activated, this, [this] {
        m_chosen = currentData().toString();
        if (const ScanResult* result = scan(); result && m_document.study().scan(result->name))
            m_document.setCurrentScan(result->name);
        Q_EMIT chosen();
    });
    connect(&m_document, &StudyDocument::currentScanChanged, this, &RunScanBox::follow);
}

void RunScanBox::setExtraEntries(const std::vector<std::pair<QString, QString>>& entries, bool preferred)
{
    m_extra = entries;
    m_extraPreferred = preferred && !entries.empty();
    fill();
}

void RunScanBox::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    fill();
}

void RunScanBox::fill()
{
    const QSignalBlocker blocker(this);
    clear();
    for (const auto& [key, text] : m_extra)
        addItem(text, key);
    if (!m_run)
        return;
    if (!m_extra.empty())
        insertSeparator(count());
    int predicted = -1;
    for (const ScanResult& result : m_run->scans) {
        const ScanScores* scores = m_run->scores(result.name);
        const QString name = QString::fromStdString(result.name);
        addItem(scores && scores->inSample ? tr("%1 (in sample)").arg(name) : name, name);
        setItemData(count() - 1, true, isScan);
        if (predicted < 0 && result.role == ScanRole::Predict)
            predicted = count() - 1;
    }
    // What the user chose, else the scan the window shows if it was predicted, else the first that was: scores of the
    // training scan say little.
    int index = m_chosen.isEmpty() ? -1 : findData(m_chosen);
    if (index < 0 && m_extraPreferred)
        index = 0;
    if (index < 0) {
        const ScanResult* current = m_run->scan(m_document.currentScan());
        if (current && current->role == ScanRole::Predict)
            index = findData(QString::fromStdString(current->name));
    }
    if (index < 0)
        index = predicted;
    if (index < 0 && !m_run->scans.empty())
        index = findData(QString::fromStdString(m_run->scans.front().name));
    setCurrentIndex(std::max(0, index));
}

void RunScanBox::follow()
{
    const int index = findData(QString::fromStdString(m_document.currentScan()));
    if (index < 0 || index == currentIndex() || !extra().isEmpty())
        return;
    m_chosen = currentText().isEmpty() ? QString() : itemData(index).toString();
    setCurrentIndex(index);
    Q_EMIT chosen();
}

QString RunScanBox::extra() const
{
    return currentData(isScan).toBool() ? QString() : currentData().toString();
}

const ScanResult* RunScanBox::scan() const
{
    return m_run && currentData(isScan).toBool() ? m_run->scan(currentData().toString().toStdString()) : nullptr;
}

} // namespace dispersa
