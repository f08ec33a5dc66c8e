// SPDX-License-Identifier: GPL-3.0-or-later
// Regions and their composition; see region_panel.h.
#include "app/pages/inspect/region_panel.h"

#include <QColorDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {

namespace {

/// Fractions with as many decimals each, so that a column can be compared at a glance.
QString number(const std::optional<double>& value)
{
    if (!value)
        return QStringLiteral("–");
    const double size = std::abs(*value);
    return QString::number(*value, 'f', size >= 1000 ? 0 : size >= 10 ? 1 : 3);
}

QTableWidget* makeTable(const QStringList& headers, const char* name, QWidget* parent)
{
    auto* table = new QTableWidget(0, int(headers.size()), parent);
    table->setObjectName(name);
    table->setHorizontalHeaderLabels(headers);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 8);
    return table;
}

} // namespace

RegionPanel::RegionPanel(RegionList& regions, QWidget* parent)
    : QWidget(parent), m_regions(regions),
      m_list(makeTable({QString(), tr("Region"), tr("Pixels")}, "inspect_regions", this)), m_title(new QLabel(this)),
      m_statistics(makeTable({tr("Map"), tr("Real"), tr("Pred."), tr("MAE")}, "inspect_statistics", this)),
      m_remove(new QPushButton(tr("Remove"), this))
{
    m_list->setAccessibleName(tr("Regions"));
    m_list->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    m_statistics->setAccessibleName(tr("Means over the chosen region"));
    m_statistics->horizontalHeader()->setMinimumSectionSize(24); // a narrow panel shows all four
    m_statistics->horizontalHeaderItem(2)->setToolTip(tr("Predicted"));
    m_statistics->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_statistics->setSelectionMode(QAbstractItemView::NoSelection);
    m_statistics->setAlternatingRowColors(true);
    m_remove->setObjectName("inspect_remove_region");
    m_remove->setToolTip(tr("Remove the chosen region (Delete)"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_remove);
    buttons->addStretch();
    m_title->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_list, 2);
    layout->addLayout(buttons);
    layout->addWidget(m_title);
    layout->addWidget(m_statistics, 3);

    connect(m_list, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = m_list->selectionModel()->selectedRows();
        if (!rows.isEmpty())
            m_regions.setCurrent(rows.first().row());
    });
    connect(m_list, &QTableWidget::itemChanged, this, [this](QTableWidgetItem* item) {
        if (item->column() == 1)
            m_regions.setName(item->row(), item->text());
    });
    connect(m_list, &QTableWidget::cellDoubleClicked, this, [this](int row, int column) {
        if (column == 0)
            chooseColor(row);
    });
    connect(m_remove, &QPushButton::clicked, this, [this] { m_regions.remove(m_regions.current()); });
    auto* shortcut = new QShortcut(QKeySequence::Delete, m_list);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, m_remove, &QPushButton::click);
    connect(&m_regions, &RegionList::changed, this, &RegionPanel::fillRegions);
    connect(&m_regions, &RegionList::currentChanged, this, &RegionPanel::fillRegions);
    connect(&m_regions, &RegionList::shapeChanged, this, [this] {
        refreshCounts();
        fillStatistics();
    });
    fillRegions();
}

void RegionPanel::setScan(const InspectedScan& scan)
{
    m_scan = scan;
    fillRegions();
}

std::vector<ScanPoint> RegionPanel::pixelsOf(const InspectedRegion& region) const
{
    return shapePixels(translated(region.shape, -m_scan.crop.y, -m_scan.crop.x), m_scan.crop.height, m_scan.crop.width);
}

void RegionPanel::fillRegions()
{
    {
        const QSignalBlocker blocker(m_list);
        m_list->setRowCount(int(m_regions.regions().size()));
        int row = 0;
        for (const InspectedRegion& region : m_regions.regions()) {
            auto* color = new QTableWidgetItem;
            color->setBackground(region.color);
            color->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
            color->setToolTip(tr("Double click to choose another colour"));
            m_list->setItem(row, 0, color);
            m_list->setItem(row, 1, new QTableWidgetItem(region.name));
            auto* count = new QTableWidgetItem;
            count->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
            count->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_list->setItem(row, 2, count);
            ++row;
        }
        if (m_regions.current() >= 0)
            m_list->selectRow(m_regions.current());
    }
    m_list->setColumnWidth(0, 24);
    m_remove->setEnabled(m_regions.current() >= 0);
    refreshCounts();
    fillStatistics();
}

void RegionPanel::refreshCounts()
{
    const QSignalBlocker blocker(m_list);
    int row = 0;
    for (const InspectedRegion& region : m_regions.regions()) {
        if (QTableWidgetItem* item = m_list->item(row, 2))
            item->setText(QString::number(pixelsOf(region).size()));
        ++row;
    }
}

void RegionPanel::fillStatistics()
{
    const InspectedRegion* region = m_regions.currentRegion();
    const std::vector<RegionMaps> maps = m_scan.regionMaps();
    if (!region) {
        m_title->setText(maps.empty() ? QString() : tr("Means over the whole crop (atomic fraction)"));
    } else {
        m_title->setText(tr("Means over %1 (atomic fraction)").arg(region->name));
    }
    const std::vector<ScanPoint> pixels =
        region ? pixelsOf(*region)
               : shapePixels(rectangleShape({0, 0}, {double(m_scan.crop.height - 1), double(m_scan.crop.width - 1)}),
                             m_scan.crop.height, m_scan.crop.width);
    const RegionStatistics statistics = regionStatistics(pixels, maps);
    m_statistics->setRowCount(int(statistics.quantities.size()));
    int row = 0;
    for (const QuantityStatistics& quantity : statistics.quantities) {
        const QStringList texts = {QString::fromStdString(quantity.quantity), number(quantity.meanReal),
                                   number(quantity.meanPredicted), number(quantity.mae)};
        for (int column = 0; column < texts.size(); ++column) {
            auto* item = new QTableWidgetItem(texts[column]);
            if (column > 0)
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            item->setToolTip(tr("%n pixel(s)", nullptr, int(quantity.n)));
            m_statistics->setItem(row, column, item);
        }
        ++row;
    }
}

void RegionPanel::chooseColor(int index)
{
    const QColor color = QColorDialog::getColor(m_regions.regions().at(std::size_t(index)).color, this);
    if (color.isValid())
        m_regions.setColor(index, color);
}

} // namespace dispersa
