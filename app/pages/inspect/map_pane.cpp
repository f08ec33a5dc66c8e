// SPDX-License-Identifier: GPL-3.0-or-later
// Map with regions; see map_pane.h.
#include "app/pages/inspect/map_pane.h"

#include "app/pages/compare/data_export.h"
#include "widgets/map_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace dispersa {

MapPane::MapPane(PageContext context, RegionList& regions, QWidget* parent)
    : QWidget(parent), m_context(context), m_regions(regions), m_quantity(new QComboBox(this)),
      m_stage(new QComboBox(this)), m_view(new MapView(this))
{
    m_quantity->setObjectName("inspect_quantity");
    m_quantity->setAccessibleName(tr("Map shown"));
    m_quantity->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_stage->setObjectName("inspect_stage");
    m_stage->setAccessibleName(tr("Kind of map"));
    m_stage->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_view->setObjectName("inspect_map");
    m_view->setAccessibleName(tr("Map with regions"));
    m_view->setPlaceholder(tr("No map of this scan yet."));
    m_view->setColorBarVisible(true);
    auto* head = new QHBoxLayout;
    head->addWidget(m_quantity);
    head->addWidget(m_stage);
    head->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(head);
    layout->addWidget(makeTools());
    layout->addWidget(m_view, 1);

    connect(m_quantity, &QComboBox::currentIndexChanged, this, [this] {
        fillStages();
        showMap();
    });
    connect(m_stage, &QComboBox::currentIndexChanged, this, &MapPane::showMap);
    connect(m_view, &ImageView::shapeDrawn, this, [this](const Shape& shape) { m_regions.add(toScan(shape)); });
    const auto move = [this](int index, const Shape& shape) {
        if (index < 0 || std::size_t(index) >= m_regions.regions().size())
            return;
        m_busy = true; // the view has the shape already
        m_regions.setCurrent(index);
        m_regions.setShape(index, toScan(shape));
        m_busy = false;
    };
    connect(m_view, &ImageView::shapeChanged, this, move);
    connect(m_view, &ImageView::shapeEdited, this, move);
    connect(m_view, &ImageView::shapeSelected, this, [this](int index) { m_regions.setCurrent(index); });
    connect(m_view, &ImageView::cursorMoved, this, &MapPane::showCursor);
    connect(m_view, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
    connect(m_view, &ImageView::dataExportRequested, this, [this] {
        if (m_shown)
            saveMapWithDialog(this, *m_shown, {m_scan.crop.y, m_scan.crop.x}, m_context.messages);
    });
    connect(&m_regions, &RegionList::changed, this, &MapPane::showRegions);
    connect(&m_regions, &RegionList::shapeChanged, this, &MapPane::showRegions);
    connect(&m_regions, &RegionList::currentChanged, this, &MapPane::showRegions);
}

QWidget* MapPane::makeTools()
{
    auto* tools = new QWidget(this);
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    struct Tool {
        ShapeKind kind;
        QString text;
        const char* name;
        QString help;
    };
    const std::array list = {
        Tool{ShapeKind::Point, tr("Point"), "inspect_tool_point", tr("Click a pixel of the map")},
        Tool{ShapeKind::Circle, tr("Circle"), "inspect_tool_circle", tr("Drag from the centre outwards")},
        Tool{ShapeKind::Rectangle, tr("Rectangle"), "inspect_tool_rectangle", tr("Drag from corner to corner")},
        Tool{ShapeKind::Polygon, tr("Polygon"), "inspect_tool_polygon",
             tr("Click the corners; double click or Enter closes it")}};
    for (const Tool& tool : list) {
        auto* button = new QToolButton(tools);
        button->setObjectName(tool.name);
        button->setText(tool.text);
        button->setToolTip(tool.help);
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this, kind = tool.kind] {
            m_view->startDrawing(kind, m_regions.nextColor());
            m_view->setFocus();
        });
    }
    m_disagreement = new QToolButton(tools);
    m_disagreement->setObjectName("inspect_disagreement");
    m_disagreement->setText(tr("Find disagreement"));
    m_disagreement->setToolTip(tr("Circle the place where prediction and measurement differ most"));
    connect(m_disagreement, &QToolButton::clicked, this, &MapPane::disagreementWanted);
    row->addSpacing(6);
    row->addWidget(m_disagreement);
    row->addStretch();
    return tools;
}

Shape MapPane::toView(const Shape& shape) const
{
    return translated(shape, -m_scan.crop.y, -m_scan.crop.x);
}
Shape MapPane::toScan(const Shape& shape) const
{
    return translated(shape, m_scan.crop.y, m_scan.crop.x);
}

void MapPane::setScan(const InspectedScan& scan)
{
    const std::string before = m_quantity->currentData().toString().toStdString();
    m_scan = scan;
    {
        const QSignalBlocker blocker(m_quantity);
        m_quantity->clear();
        std::string wanted;
        for (const std::string& quantity : scan.quantities()) {
            m_quantity->addItem(QString::fromStdString(quantity), QString::fromStdString(quantity));
            if (quantity == before)
                wanted = before;
        }
        // Predicted HAADF first, else the first predicted map, else the first there is.
        if (wanted.empty())
            for (const std::string& quantity : scan.quantities())
                if (wanted.empty() && scan.map(quantity, MapStage::Predicted))
                    wanted = quantity;
        m_quantity->setCurrentIndex(wanted.empty() ? 0 : m_quantity->findData(QString::fromStdString(wanted)));
    }
    m_disagreement->setEnabled(scan.result != nullptr);
    fillStages();
    showMap();
    showRegions();
}

void MapPane::showQuantity(const std::string& quantity)
{
    m_quantity->setCurrentIndex(m_quantity->findData(QString::fromStdString(quantity)));
    showMap();
}

void MapPane::fillStages()
{
    const QSignalBlocker blocker(m_stage);
    const QVariant before = m_stage->currentData();
    m_stage->clear();
    for (const MapStage stage : m_scan.stages(m_quantity->currentData().toString().toStdString()))
        m_stage->addItem(stageName(stage), int(stage));
    m_stage->setCurrentIndex(std::max(0, m_stage->findData(before)));
    m_stage->setEnabled(m_stage->count() > 1);
}

void MapPane::showMap()
{
    const std::string quantity = m_quantity->currentData().toString().toStdString();
    const MapStage stage = MapStage(m_stage->currentData().toInt());
    m_shown = m_stage->count() ? m_scan.map(quantity, stage) : nullptr;
    if (!m_shown) {
        m_view->clearImage();
        return;
    }
    m_view->setMap(m_shown);
    m_view->setTitle(QStringLiteral("%1, %2, %3")
                         .arg(QString::fromStdString(m_scan.name), QString::fromStdString(quantity), stageName(stage)));
    const bool difference = stage == MapStage::Difference;
    m_view->setColorMap(difference ? ColorMap::BlueWhiteRed : defaultColorMap(*m_shown));
    m_view->setZeroCentred(difference);
}

void MapPane::showRegions()
{
    if (m_busy)
        return;
    std::vector<OverlayShape> shapes;
    for (const InspectedRegion& region : m_regions.regions())
        shapes.push_back({toView(region.shape), region.color, region.name});
    m_view->setShapes(std::move(shapes));
    m_view->setSelectedShape(m_regions.current());
}

void MapPane::showCursor(int y, int x, double value)
{
    const int scanY = y + m_scan.crop.y;
    const int scanX = x + m_scan.crop.x;
    QString text = tr("%1: y %2  x %3").arg(QString::fromStdString(m_scan.name)).arg(scanY).arg(scanX);
    if (m_shown && m_shown->scanStep_nm)
        text += tr("  (%1 nm, %2 nm)")
                    .arg(scanY * *m_shown->scanStep_nm, 0, 'f', 1)
                    .arg(scanX * *m_shown->scanStep_nm, 0, 'f', 1);
    if (m_shown)
        text += QStringLiteral("  %1 %2").arg(QString::fromStdString(m_shown->quantity)).arg(value, 0, 'g', 4);
    Q_EMIT readout(text);
}

} // namespace dispersa
