// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/file_info_dialog.h"

#include "app/text/error_text.h"
#include "app/text/item_text.h"
#include "core/workflow/item_preview.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace dispersa {
namespace {

enum Property { Kind, Quantity, Shape, Type, Size, Axes, Calibrated, Minimum, Maximum, Sum, First, Last, PropertyCount };

QString numberText(double value)
{
    return QString::number(value, 'g', 10);
}

QString axisName(const std::string& name)
{
    static const std::map<std::string, QString> names{{"scan_y", FileInfoDialog::tr("Scan rows")},
                                                      {"scan_x", FileInfoDialog::tr("Scan columns")},
                                                      {"det_y", FileInfoDialog::tr("Detector rows")},
                                                      {"det_x", FileInfoDialog::tr("Detector columns")}};
    const auto found = names.find(name);
    return found == names.end() ? QString::fromStdString(name) : found->second;
}

QString axisUnit(const std::string& unit)
{
    return unit == "1/A" ? QStringLiteral("1/Å (1/d)") : QString::fromStdString(unit);
}

QString axesText(const FileItem& item)
{
    QStringList axes;
    for (const ItemAxis& axis : item.axes)
        axes << axisName(axis.name) + (axis.unit.empty() ? QString()
                                                         : QStringLiteral(": %1 %2")
                                                               .arg(axis.scale, 0, 'g', 4)
                                                               .arg(axisUnit(axis.unit)));
    return axes.join(u'\n');
}

} // namespace

FileInfoDialog::FileInfoDialog(const std::vector<std::filesystem::path>& files, TaskRunner& tasks, QWidget* parent)
    : QDialog(parent), m_files(files), m_inspectJob(tasks, QStringLiteral("info.inspect"), this),
      m_statisticsJob(tasks, QStringLiteral("info.statistics"), this), m_fileBox(new QComboBox(this)),
      m_about(new QLabel(this)), m_table(new QTableWidget(this)), m_warnings(new QLabel(this)),
      m_progress(new QProgressBar(this)), m_statistics(new QPushButton(this))
{
    setObjectName(QStringLiteral("file_info_dialog"));
    setWindowTitle(tr("File information"));
    m_fileBox->setObjectName(QStringLiteral("info_file"));
    m_fileBox->setAccessibleName(tr("File"));
    for (const auto& file : m_files)
        m_fileBox->addItem(QString::fromStdU16String(file.filename().u16string()));
    m_about->setObjectName(QStringLiteral("info_about"));
    m_about->setWordWrap(true);
    m_about->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_table->setObjectName(QStringLiteral("info_table"));
    m_table->setAccessibleName(tr("What the file holds"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setRowCount(PropertyCount);
    m_table->setVerticalHeaderLabels({tr("Kind"), tr("Shows"), tr("Shape"), tr("Type"), tr("Size"), tr("Axes"),
                                      tr("Calibration"), tr("Minimum"), tr("Maximum"), tr("Sum"), tr("First values"),
                                      tr("Last value")});
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_warnings->setObjectName(QStringLiteral("info_warnings"));
    m_warnings->setWordWrap(true);
    m_progress->setObjectName(QStringLiteral("info_progress"));
    m_progress->setAccessibleName(tr("Reading the values"));
    m_progress->setRange(0, 1000);
    m_statistics->setObjectName(QStringLiteral("info_statistics"));

    auto* head = new QHBoxLayout;
    auto* fileLabel = new QLabel(tr("&File"), this);
    fileLabel->setBuddy(m_fileBox);
    head->addWidget(fileLabel);
    head->addWidget(m_fileBox, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(m_statistics);
    bottom->addWidget(m_progress, 1);
    bottom->addStretch();
    bottom->addWidget(buttons);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(head);
    layout->addWidget(m_about);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_warnings);
    layout->addLayout(bottom);
    resize(760, 540);

    connect(m_fileBox, &QComboBox::currentIndexChanged, this, &FileInfoDialog::showFile);
    connect(m_statistics, &QPushButton::clicked, this, &FileInfoDialog::toggleStatistics);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_progressTimer.setInterval(50);
    connect(&m_progressTimer, &QTimer::timeout, this, [this] { m_progress->setValue(*m_permille); });
    showFile();
}

FileInfoDialog::~FileInfoDialog()
{
    m_inspectJob.cancel();
    m_statisticsJob.cancel();
}

void FileInfoDialog::showFile()
{
    m_statisticsJob.cancel();
    setRunning(false);
    m_statistics->setEnabled(false);
    m_info = {};
    m_table->setColumnCount(0);
    m_warnings->clear();
    const int index = m_fileBox->currentIndex();
    if (index < 0)
        return;
    m_about->setText(tr("Reading…"));
    m_inspectJob.run<FileInfo>(
        [path = m_files[std::size_t(index)]](const ProgressSink&, std::stop_token) { return inspectFile(path); },
        [this](Result<FileInfo> info) { fill(info); });
}

void FileInfoDialog::fill(const Result<FileInfo>& info)
{
    if (!info) {
        m_about->setText(errorText(info.error()));
        return;
    }
    m_info = *info;
    std::error_code code;
    const auto bytes = std::filesystem::file_size(m_info.path, code);
    const auto format = std::find_if(formats().begin(), formats().end(),
                                     [this](const Format* f) { return f->traits().name == m_info.format; });
    const QString title = QString::fromStdString(format == formats().end() ? m_info.format : (*format)->traits().title);
    m_about->setText(tr("%1, %2\n%3").arg(title, bytesText(code ? 0 : bytes),
                                          QDir::toNativeSeparators(QString::fromStdU16String(m_info.path.u16string()))));
    m_table->setColumnCount(int(m_info.items.size()));
    for (int column = 0; column < m_table->columnCount(); ++column) {
        const FileItem& item = m_info.items[std::size_t(column)];
        m_table->setHorizontalHeaderItem(
            column, new QTableWidgetItem(item.id.empty() ? tr("Value") : QString::fromStdString(item.id)));
        QString quantity = item.quantity ? QString::fromStdString(*item.quantity) : QString();
        if (item.unit)
            quantity += QStringLiteral(" (%1)").arg(mapUnitText(*item.unit));
        const QStringList texts{kindText(item.kind),
                                quantity.isEmpty() ? QStringLiteral("–") : quantity.trimmed(),
                                shapeText(item.shape),
                                QString::fromLatin1(elementTypeName(item.type)),
                                bytesText(itemBytes(item)),
                                axesText(item), calibrationText(item.calibration)};
        for (int row = 0; row < PropertyCount; ++row)
            m_table->setItem(row, column, new QTableWidgetItem(row < texts.size() ? texts[row] : QString()));
    }
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    if (m_table->columnCount() > 0)
        header->setSectionResizeMode(m_table->columnCount() - 1, QHeaderView::Stretch);
    showStatisticsRows(false);
    m_table->resizeRowsToContents();
    QStringList warnings;
    for (const Warning& warning : m_info.warnings)
        warnings << warningText(warning);
    m_warnings->setText(warnings.join(u'\n'));
    m_warnings->setVisible(!warnings.isEmpty());
    m_statistics->setEnabled(!m_info.items.empty());
}

/// What reading every value tells has no rows before somebody asked for it.
void FileInfoDialog::showStatisticsRows(bool on)
{
    for (int row = Minimum; row < PropertyCount; ++row)
        m_table->setRowHidden(row, !on);
}

void FileInfoDialog::setRunning(bool running)
{
    m_running = running;
    m_statistics->setText(running ? tr("&Stop") : tr("&Statistics"));
    m_statistics->setToolTip(running ? tr("Stop reading") : tr("Read every value: minimum, maximum, sum"));
    m_progress->setVisible(running);
    if (running)
        m_progressTimer.start();
    else
        m_progressTimer.stop();
}

void FileInfoDialog::toggleStatistics()
{
    if (m_running) {
        m_statisticsJob.cancel();
        setRunning(false);
        return;
    }
    setRunning(true);
    showStatisticsRows(true);
    nextStatistics(0);
}

/// One item after the other, so that each shows as soon as it is known.
void FileInfoDialog::nextStatistics(std::size_t index)
{
    if (index >= m_info.items.size()) {
        setRunning(false);
        return;
    }
    *m_permille = 0;
    const QString name = QString::fromStdString(m_info.items[index].id);
    m_progress->setFormat(name.isEmpty() ? tr("%p %") : tr("%1: %p %").arg(name));
    m_statisticsJob.run<ItemStatistics>(
        [path = m_info.path, id = m_info.items[index].id, permille = m_permille](
            const ProgressSink&, std::stop_token stop) -> Result<ItemStatistics> {
            const auto sink = [&permille](const Progress& progress) {
                *permille = int(1000.0 * double(progress.done) / double(std::max<std::int64_t>(1, progress.total)));
            };
            return itemStatistics(path, id, sink, stop);
        },
        [this, index](Result<ItemStatistics> statistics) {
            if (!statistics) {
                setRunning(false);
                m_warnings->setText(errorText(statistics.error()));
                m_warnings->show();
                return;
            }
            showStatistics(index, *statistics);
            nextStatistics(index + 1);
        });
}

void FileInfoDialog::showStatistics(std::size_t index, const ItemStatistics& statistics)
{
    const auto set = [&](Property property, const QString& text) {
        m_table->item(property, int(index))->setText(text);
    };
    QStringList first;
    for (const double value : statistics.first)
        first << numberText(value);
    set(Minimum, numberText(statistics.min));
    set(Maximum, numberText(statistics.max));
    set(Sum, QString::number(statistics.sum, 'g', 17));
    set(First, first.join(QStringLiteral(", ")));
    set(Last, numberText(statistics.last));
    m_table->resizeRowsToContents();
}

} // namespace dispersa
