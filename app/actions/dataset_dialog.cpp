// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/dataset_dialog.h"

#include "app/text/error_text.h"
#include "app/text/item_text.h"
#include "widgets/map_view.h"
#include "widgets/pattern_view.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>

namespace dispersa {
namespace {

enum Column { Id, Kind, Shape, Type, Size, ColumnCount };

constexpr int noUnit = -1; ///< infer it from the values

} // namespace

DatasetDialog::DatasetDialog(const FileInfo& file, Wanted wanted, const std::string& current, TaskRunner& tasks,
                             QWidget* parent)
    : QDialog(parent), m_file(file), m_wanted(wanted), m_previewJob(tasks, QStringLiteral("dataset.preview"), this),
      m_table(new QTableWidget(this)), m_pattern(new PatternView(this)), m_map(new MapView(this)),
      m_asPatterns(new QRadioButton(tr("&Diffraction patterns"), this)), m_asMap(new QRadioButton(tr("&Map of"), this)),
      m_quantity(new QComboBox(this)), m_unit(new QComboBox(this)), m_hint(new QLabel(this))
{
    setObjectName(QStringLiteral("dataset_dialog"));
    setWindowTitle(tr("What to use of %1").arg(QString::fromStdString(file.path.filename().string())));
    buildTable();
    m_pattern->setObjectName(QStringLiteral("dataset_pattern"));
    m_pattern->setAccessibleName(tr("Pattern from the middle of the chosen dataset"));
    m_pattern->setScaling(DisplayScaling::Log);
    m_pattern->setColorMap(ColorMap::Inferno);
    m_map->setObjectName(QStringLiteral("dataset_map"));
    m_map->setAccessibleName(tr("The chosen dataset as a map"));
    m_hint->setObjectName(QStringLiteral("dataset_hint"));
    m_hint->setWordWrap(true);

    auto* pictures = new QStackedWidget(this);
    pictures->addWidget(m_pattern);
    pictures->addWidget(m_map);
    pictures->setObjectName(QStringLiteral("dataset_pictures"));
    auto* right = new QVBoxLayout;
    right->addWidget(pictures, 1);
    right->addWidget(buildUse());
    auto* columns = new QHBoxLayout;
    columns->addWidget(m_table, 3);
    columns->addLayout(right, 2);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Use it"));
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(columns, 1);
    layout->addWidget(m_hint);
    layout->addWidget(buttons);
    resize(960, 560);

    connect(m_table, &QTableWidget::itemSelectionChanged, this, &DatasetDialog::chooseItem);
    connect(m_table, &QTableWidget::itemActivated, this, [this] {
        if (m_ok->isEnabled())
            accept();
    });
    connect(m_quantity, &QComboBox::editTextChanged, this, &DatasetDialog::refresh);
    connect(m_asMap, &QRadioButton::toggled, this, &DatasetDialog::refresh);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    int first = -1;
    for (int row = 0; row < m_table->rowCount(); ++row)
        if (m_table->item(row, Id)->flags().testFlag(Qt::ItemIsEnabled) &&
            (first < 0 || m_file.items[std::size_t(row)].id == current))
            first = row;
    if (first >= 0)
        m_table->selectRow(first);
    refresh();
    m_table->setFocus();
}

DatasetDialog::~DatasetDialog()
{
    m_previewJob.cancel();
}

void DatasetDialog::buildTable()
{
    m_table->setObjectName(QStringLiteral("dataset_table"));
    m_table->setAccessibleName(tr("What the file holds"));
    m_table->setColumnCount(ColumnCount);
    m_table->setHorizontalHeaderLabels({tr("Dataset"), tr("Kind"), tr("Shape"), tr("Type"), tr("Size")});
    m_table->setRowCount(int(m_file.items.size()));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 10);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(Id, QHeaderView::Stretch);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const FileItem& item = m_file.items[std::size_t(row)];
        const QString quantity = item.quantity ? QStringLiteral(" (%1)").arg(QString::fromStdString(*item.quantity)) : QString();
        const QStringList texts{item.id.empty() ? tr("the only one") : QString::fromStdString(item.id),
                                kindText(item.kind) + quantity, shapeText(item.shape),
                                QString::fromLatin1(elementTypeName(item.type)), bytesText(itemBytes(item))};
        const bool usable = (m_wanted != Wanted::Maps && holdsPatterns(item)) ||
                            (m_wanted != Wanted::Patterns && holdsMap(item));
        for (int column = 0; column < ColumnCount; ++column) {
            auto* cell = new QTableWidgetItem(texts[column]);
            cell->setToolTip(texts[column]);
            if (!usable)
                cell->setFlags(Qt::NoItemFlags);
            m_table->setItem(row, column, cell);
        }
    }
}

QWidget* DatasetDialog::buildUse()
{
    m_asPatterns->setObjectName(QStringLiteral("dataset_as_patterns"));
    m_asMap->setObjectName(QStringLiteral("dataset_as_map"));
    m_quantity->setObjectName(QStringLiteral("dataset_quantity"));
    m_quantity->setAccessibleName(tr("What the map shows"));
    m_quantity->setToolTip(tr("An element symbol, or the name of a detector image"));
    m_quantity->setEditable(true);
    m_quantity->addItems({QStringLiteral("HAADF"), QStringLiteral("BF"), QStringLiteral("O"), QStringLiteral("Si"),
                          QStringLiteral("Ge"), QStringLiteral("Sb"), QStringLiteral("Te")});
    m_quantity->setCurrentText({});
    m_unit->setObjectName(QStringLiteral("dataset_unit"));
    m_unit->setAccessibleName(tr("Unit of the map"));
    m_unit->addItem(tr("Find out from the values"), noUnit);
    for (const MapUnit unit :
         {MapUnit::Fraction, MapUnit::Percent, MapUnit::WeightPercent, MapUnit::Counts, MapUnit::Arbitrary})
        m_unit->addItem(mapUnitText(unit), int(unit));
    auto* box = new QGroupBox(tr("Use it as"), this);
    auto* form = new QFormLayout(box);
    form->addRow(m_asPatterns);
    form->addRow(m_asMap, m_quantity);
    form->addRow(tr("&Unit"), m_unit);
    return box;
}

const FileItem* DatasetDialog::chosen() const
{
    const int row = m_table->currentRow();
    const bool there = row >= 0 && !m_table->selectedItems().isEmpty();
    return there ? &m_file.items[std::size_t(row)] : nullptr;
}

void DatasetDialog::chooseItem()
{
    const FileItem* item = chosen();
    if (item) {
        const bool patterns = holdsPatterns(*item);
        (patterns ? m_asPatterns : m_asMap)->setChecked(true);
        if (!patterns) {
            m_quantity->setCurrentText(QString::fromStdString(item->quantity.value_or("")));
            m_unit->setCurrentIndex(item->unit ? m_unit->findData(int(*item->unit)) : 0);
        }
        findChild<QStackedWidget*>(QStringLiteral("dataset_pictures"))
            ->setCurrentWidget(patterns ? static_cast<QWidget*>(m_pattern) : m_map);
        for (ImageView* view : {static_cast<ImageView*>(m_pattern), static_cast<ImageView*>(m_map)}) {
            view->clearImage();
            view->setPlaceholder(tr("Reading…"));
        }
        m_previewJob.run<ItemPreview>(
            [path = m_file.path, item = *item](const ProgressSink&, std::stop_token) { return itemPreview(path, item); },
            [this](Result<ItemPreview> preview) { showPreview(preview); });
    }
    refresh();
}

void DatasetDialog::showPreview(const Result<ItemPreview>& preview)
{
    if (!preview) {
        m_pattern->setPlaceholder(errorText(preview.error()));
        m_map->setPlaceholder(errorText(preview.error()));
        return;
    }
    if (preview->isPattern)
        m_pattern->setPattern({preview->height, preview->width}, preview->values);
    else
        m_map->setImage(std::make_shared<const std::vector<float>>(preview->values), preview->height, preview->width);
}

void DatasetDialog::refresh()
{
    const FileItem* item = chosen();
    const bool patterns = item && holdsPatterns(*item);
    const bool map = item && holdsMap(*item);
    m_asPatterns->setEnabled(patterns);
    m_asMap->setEnabled(map);
    m_quantity->setEnabled(map);
    m_unit->setEnabled(map);
    const bool named = !m_quantity->currentText().trimmed().isEmpty();
    m_ok->setEnabled(patterns || (map && named));
    if (!item)
        m_hint->setText(tr("Choose a dataset with three or four dimensions as patterns, or with two as a map."));
    else if (map && !named)
        m_hint->setText(tr("Say what the map shows: an element symbol such as Ge, or HAADF."));
    else if (patterns && item->shape.size() == 3)
        m_hint->setText(tr("A stack of %1 patterns: its scan shape is asked for next.").arg(item->shape.front()));
    else if (patterns)
        m_hint->setText(tr("A scan of %1 × %2 positions; %3.")
                            .arg(item->shape[0])
                            .arg(item->shape[1])
                            .arg(calibrationText(item->calibration)));
    else
        m_hint->setText(tr("A map of %1 pixels.").arg(shapeText(item->shape)));
}

DatasetChoice DatasetDialog::choice() const
{
    DatasetChoice result;
    if (const FileItem* item = chosen())
        result.item = *item;
    result.asMap = holdsMap(result.item);
    if (result.asMap) {
        result.quantity = m_quantity->currentText().trimmed().toStdString();
        if (const int unit = m_unit->currentData().toInt(); unit != noUnit)
            result.unit = MapUnit(unit);
    }
    return result;
}

} // namespace dispersa
