// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/statistics_dialog.h"

#include "app/text/error_text.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace dispersa {
namespace {

QString number(double value)
{
    if (!std::isfinite(value))
        return StatisticsDialog::tr("no value");
    const bool whole = value == std::floor(value) && std::abs(value) < 9e15;
    return whole ? QLocale().toString(value, 'f', 0) : QLocale().toString(value, 'g', 9);
}

/// "12 (0.5 %)", with small shares not rounded to nothing.
QString countText(std::int64_t count, std::int64_t all)
{
    const QString text = QLocale().toString(qlonglong(count));
    if (count == 0 || all == 0)
        return text;
    return StatisticsDialog::tr("%1 (%2 %)").arg(text).arg(100.0 * double(count) / double(all), 0, 'g', 2);
}

} // namespace

std::vector<StatisticsRow> statisticsRows(const ScanStatistics& statistics, ElementType type)
{
    const auto tr = [](const char* text) { return StatisticsDialog::tr(text); };
    const QString typeName = QString::fromLatin1(elementTypeName(type));
    return {
        {tr("Minimum"), number(statistics.min), tr("Smallest value")},
        {tr("Maximum"), number(statistics.max), tr("Largest value")},
        {tr("Sum"), number(statistics.sum), tr("Sum of all values")},
        {tr("Mean"), number(statistics.mean), tr("Mean of all values that are numbers")},
        {tr("Saturated"), countText(statistics.saturated, statistics.values),
         tr("Values at the largest number that the type can hold")},
        {tr("Negative"), countText(statistics.negative, statistics.values), tr("Values below zero")},
        {tr("NaN or Inf"), countText(statistics.notFinite, statistics.values), tr("Values that are no numbers")},
        {tr("Values"), QLocale().toString(qlonglong(statistics.values)) + QStringLiteral(" × ") + typeName,
         tr("Values read, and their type")},
        {tr("Patterns"), QLocale().toString(qlonglong(statistics.patterns)), tr("Patterns read")},
    };
}

StatisticsDialog::StatisticsDialog(TaskRunner& tasks, ScanPtr scan, const QString& name, QWidget* parent)
    : QDialog(parent), m_scan(std::move(scan)), m_state(new QLabel(this)), m_progress(new QProgressBar(this)),
      m_table(new QTableWidget(0, 2, this)), m_stop(new QPushButton(tr("Stop"), this)),
      m_copy(new QPushButton(tr("Copy"), this)), m_job(tasks, QStringLiteral("scans.statistics"), this)
{
    setObjectName(QStringLiteral("statistics_dialog"));
    setWindowTitle(tr("Statistics of %1").arg(name));
    m_state->setObjectName(QStringLiteral("statistics_state"));
    m_state->setWordWrap(true);
    m_progress->setObjectName(QStringLiteral("statistics_progress"));
    m_progress->setAccessibleName(tr("Part of the scan that was read"));
    m_table->setObjectName(QStringLiteral("statistics_table"));
    m_table->setAccessibleName(tr("Statistics"));
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 8);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_stop->setObjectName(QStringLiteral("statistics_stop"));
    m_copy->setObjectName(QStringLiteral("statistics_copy"));
    m_copy->setToolTip(tr("Copy the table as text"));
    m_copy->setEnabled(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->addButton(m_stop, QDialogButtonBox::ActionRole);
    buttons->addButton(m_copy, QDialogButtonBox::ActionRole);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_state);
    layout->addWidget(m_progress);
    layout->addWidget(m_table, 1);
    layout->addWidget(buttons);
    resize(430, 360);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_stop, &QPushButton::clicked, this, &StatisticsDialog::stop);
    connect(m_copy, &QPushButton::clicked, this, &StatisticsDialog::copy);
    start();
}

void StatisticsDialog::start()
{
    m_state->setText(tr("Reading every value of the scan…"));
    m_job.run<Part>(
        [scan = m_scan](const std::function<void(Part)>& show, std::stop_token stop) -> Result<Part> {
            PassRequest request;
            request.statistics = true;
            auto result = runScanPass(*scan, request, [&show](const Progress& now) { show({now, {}}); }, stop);
            if (!result)
                return fail(std::move(result.error()));
            return Part{{}, std::move(result->statistics)};
        },
        [this](const Part& part) {
            m_progress->setRange(0, 1000);
            m_progress->setValue(int(1000 * part.progress.done / std::max<std::int64_t>(1, part.progress.total)));
        },
        [this](const Result<Part>& part) { showResult(part); });
}

void StatisticsDialog::stop()
{
    m_job.cancel();
    m_stop->setEnabled(false);
    m_state->setText(tr("Stopped before every value was read."));
}

void StatisticsDialog::showResult(const Result<Part>& part)
{
    m_stop->setEnabled(false);
    if (!part) {
        m_state->setText(errorText(part.error()));
        return;
    }
    m_progress->setRange(0, 1000);
    m_progress->setValue(1000);
    m_progress->hide();
    m_stop->hide();
    m_copy->setEnabled(true);
    m_state->setText(QString::fromStdString(m_scan->file().filename().string()) +
                     (m_scan->dataset().empty() ? QString() : u' ' + QString::fromStdString(m_scan->dataset())));
    const auto rows = statisticsRows(*part->statistics, m_scan->elementType());
    m_table->setRowCount(int(rows.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const StatisticsRow& entry = rows[std::size_t(row)];
        int column = 0;
        for (const QString& text : {entry.name, entry.value}) {
            auto* item = new QTableWidgetItem(text);
            item->setToolTip(entry.help);
            m_table->setItem(row, column++, item);
        }
    }
}

void StatisticsDialog::copy() const
{
    QStringList lines;
    for (int row = 0; row < m_table->rowCount(); ++row)
        lines << m_table->item(row, 0)->text() + u'\t' + m_table->item(row, 1)->text();
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace dispersa
